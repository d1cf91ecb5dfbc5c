import type { MiddlewareHandler } from 'hono'
import type { Env } from '../cloud.ts'
import { badRequest, Refusal } from '../refusal.ts'

/** 3.71 = OpenStack 2024.1 to 2025.1. */
export const NEWEST_VOLUME = 71

/** The minor number of 3.N that a request asks for; 0 where it asks for none. @throws Refusal 400 or 406. */
export const volumeMicroversion: MiddlewareHandler<Env> = async (c, next) => {
  const part = c.req
    .header('OpenStack-API-Version')
    ?.split(',')
    .map((text) => text.trim())
    .find((text) => text.startsWith('volume '))
  const text = part?.slice('volume '.length).trim() ?? '3.0'
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(text) ?? (text === 'latest' ? ['', '3', `${NEWEST_VOLUME}`] : [])
  if (major === undefined || minor === undefined)
    throw badRequest(`API Version String ${text} is of invalid format. Must be of format MajorNum.MinorNum.`)
  if (major !== '3' || Number(minor) > NEWEST_VOLUME)
    throw new Refusal(
      406,
      `Version ${text} is not supported by the API. Minimum is 3.0 and maximum is 3.${NEWEST_VOLUME}.`,
    )
  c.set('microversion', Number(minor))
  await next()
  c.res.headers.set('OpenStack-API-Version', `volume 3.${minor}`)
  c.res.headers.set('Vary', 'OpenStack-API-Version')
}
