import { z } from 'zod'
import type { Answer, Service } from './world.ts'

/** Nova's and Cinder's names of faults by status; any other is a `computeFault`. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'badRequest',
  403: 'forbidden',
  404: 'itemNotFound',
  409: 'conflictingRequest',
  413: 'overLimit',
}

const keystoneFault = z.strictObject({
  error: z.strictObject({ code: z.int(), title: z.string(), message: z.string() }),
})

const neutronFault = z.strictObject({
  NeutronError: z.strictObject({ type: z.string(), message: z.string(), detail: z.string() }),
})

const novaFault = (status: number) =>
  z.strictObject({
    [NAMES[status] ?? 'computeFault']: z.strictObject({ code: z.literal(status), message: z.string() }),
  })

/** Glance's, when JSON is asked for. */
const glanceFault = z.strictObject({ message: z.string(), code: z.string(), title: z.string() })

/** The usual form of a service's refusal. That of a token is Keystone's everywhere but in Glance, which decides itself. */
export function faultShape(service: Service, status: number): z.ZodType {
  if (service === 'identity' || (status === 401 && service !== 'image')) return keystoneFault
  if (service === 'network') return neutronFault
  return service === 'image' ? glanceFault : novaFault(status)
}

/** The words of a refusal in any of the forms; undefined if there are none. */
export function wordsOf({ json, text }: Answer): string | undefined {
  if (json === undefined) return text === '' ? undefined : text
  const found = messageIn(json)
  // Glance's have breaks of a page in them
  return found?.replace(/(<br \/>|\s)+/g, ' ').trim()
}

function messageIn(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  if ('message' in json && typeof json.message === 'string') return json.message
  return Object.values(json)
    .map(messageIn)
    .find((found) => found !== undefined)
}
