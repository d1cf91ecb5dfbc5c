import { z } from 'zod'

/** What a cloud says about a server that a hypervisor of its should be running: `<folder>/<uuid>.json`. */
export const ServerSchema = z.object({
  id: z.string().regex(/^[0-9a-f-]{36}$/i),
  name: z.string().min(1),
  power: z.enum(['on', 'off']),
  image: z.object({ id: z.string(), name: z.string() }).nullish(),
  flavor: z.object({
    name: z.string(),
    vcpus: z.int().positive(),
    ramMb: z.int().positive(),
    diskGb: z.int().nonnegative(),
    ephemeralGb: z.int().nonnegative(),
  }),
  address: z.string().nullish(),
  /** Base64, as Nova stores it. */
  userData: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).default({}),
  keyName: z.string().nullish(),
  publicKey: z.string().nullish(),
  cloud: z.string().default('cloud'),
})

export type Server = z.infer<typeof ServerSchema>
export type Flavor = Server['flavor']

/** A server file's contents; undefined where they can't be made out, with the reason to `complain`. */
export function parseServer(text: string, complain: (reason: string) => void): Server | undefined {
  try {
    return ServerSchema.parse(JSON.parse(text))
  } catch (error) {
    complain(error instanceof z.ZodError ? z.prettifyError(error) : String(error))
    return undefined
  }
}

/** A server's name as its host name: what Nova makes of it. */
export function hostNameOf(name: string): string {
  const cleaned = name
    .toLowerCase()
    .replaceAll(/[ _]/g, '-')
    .replaceAll(/[^a-z0-9.-]/g, '')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
  return cleaned.slice(0, 63) || 'guest'
}
