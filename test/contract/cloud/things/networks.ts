import { z } from 'zod'
import type { Person, Stage } from '../stage.ts'

const Networks = z.object({ networks: z.array(z.object({ id: z.string(), name: z.string() })) })

/** The id of a network of the seed. */
export async function networkId(stage: Stage, name: string, who: Person): Promise<string> {
  const ask = { service: 'network', method: 'GET', path: `/networks?name=${name}` } as const
  const { networks } = await stage.must(who, ask, Networks)
  const [found] = networks
  if (found === undefined) throw new Error(`${stage.world.name} shows ${who} no network ${name}`)
  return found.id
}
