import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { Problem } from '#domain/problem.ts'
import type { Api } from '../api.ts'
import type { Layout } from '../layout.ts'

const Services = z.object({
  services: z.array(z.object({ binary: z.string(), state: z.string(), updated_at: z.string().nullable() })),
})

const PARTS = ['nova-conductor', 'nova-scheduler', 'nova-compute']

/**
 * Waits until every region's Nova says that all of its parts are up.
 * @param since UTC as Nova prints it, `2026-01-31T12:00:00`: what a part said before does not count
 */
export async function novaUp(api: Api, layout: Layout, since: string, timeoutMs = 120_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (const { name } of layout.regions) {
    const url = `${api.url('compute', name)}/os-services`
    for (;;) {
      const { services } = await api.get(url, Services)
      const up = services.filter(({ state, updated_at: at }) => state === 'up' && (at ?? '') >= since)
      const missing = PARTS.filter((part) => !up.some(({ binary }) => binary === part))
      if (missing.length === 0) break
      if (Date.now() > deadline) {
        throw new Problem({
          code: 'NovaNotUp',
          kind: 'failure',
          message: `Nova of ${name} has no ${missing.join(', ')} after ${timeoutMs / 1000} s`,
          next: `See its log`,
        })
      }
      await sleep(200)
    }
  }
}

/** This moment as Nova prints it. */
export const novaNow = (): string => new Date().toISOString().slice(0, 19)
