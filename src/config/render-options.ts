import { renderOptions, type RenderRequest } from '#domain/submit/render-options.ts'
import type { RenderOptions } from '#domain/submit/render.ts'
import { proxyPreCommand } from './own-files.ts'
import type { Config } from './schema.ts'

interface Wish extends Pick<RenderRequest, 'text' | 'id' | 'choices' | 'copies' | 'user'> {
  keepaliveMinutes: number | undefined
  /** Path of the user's proxy certificate. */
  proxy: string | undefined
}

/** How a submission's file is rendered at this site. */
export const siteRenderOptions = (config: Config, { keepaliveMinutes, proxy, ...wish }: Wish): RenderOptions =>
  renderOptions({
    ...wish,
    trustDomain: config.condor.trustDomain,
    keepalive: {
      value: keepaliveMinutes ?? config.keepalive.default / 60_000,
      cap: config.keepalive.cap / 60_000,
    },
    refuseRequirements: config.policy.refuseRequirements,
    ...(proxy === undefined ? {} : { proxy: { path: proxy, preCommand: proxyPreCommand } }),
  })
