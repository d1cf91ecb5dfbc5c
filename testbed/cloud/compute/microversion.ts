import type { MiddlewareHandler } from 'hono'
import type { Env } from '../cloud.ts'
import { badRequest, Refusal } from '../refusal.ts'

/** 2.100 = OpenStack 2025.1. */
export const NEWEST = 100

/** The minor number of 2.N that a request asks for; 1 where it asks for none. @throws Refusal 400 or 406. */
export function microversionOf(header: string | undefined, legacy: string | undefined): number {
  const part = header
    ?.split(',')
    .map((text) => text.trim())
    .find((text) => text.startsWith('compute '))
  const text = part?.slice('compute '.length).trim() ?? legacy
  if (text === undefined) return 1
  if (text === 'latest') return NEWEST
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(text) ?? []
  if (major === undefined || minor === undefined)
    throw badRequest(`API Version String ${text} is of invalid format. Must be of format MajorNum.MinorNum.`)
  if (major !== '2' || Number(minor) < 1 || Number(minor) > NEWEST)
    throw new Refusal(406, `Version ${text} is not supported by the API. Minimum is 2.1 and maximum is 2.${NEWEST}.`)
  return Number(minor)
}

export const microversion: MiddlewareHandler<Env> = async (c, next) => {
  const minor = microversionOf(c.req.header('OpenStack-API-Version'), c.req.header('X-OpenStack-Nova-API-Version'))
  c.set('microversion', minor)
  await next()
  c.res.headers.set('OpenStack-API-Version', `compute 2.${minor}`)
  c.res.headers.set('X-OpenStack-Nova-API-Version', `2.${minor}`)
  c.res.headers.set('Vary', 'OpenStack-API-Version, X-OpenStack-Nova-API-Version')
}
