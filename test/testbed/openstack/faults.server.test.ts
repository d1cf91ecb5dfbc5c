import { expect, it } from 'vitest'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import type { RequestEntry } from '#testbed/front/request-log.ts'
import { faultKinds } from '../../chaos/faults/all.ts'
import { Random } from '../../chaos/random.ts'
import { until } from '../../e2e/crash-site.ts'
import { type AuditedSite, startAuditedSite } from './audited-site.ts'

/** With it the first create and the first delete are struck by what strikes one in two. */
const SEED = 15

type Struck = (entry: RequestEntry) => boolean

/** Faults of the storms, in this order, each until it has struck as often as that. */
const FAULTS: [kind: string, struck: Struck, times: number][] = [
  ['answers are lost', ({ fault }) => fault === 'act-then-drop', 1],
  ['cloud answers 500', ({ fault }) => fault === 'status 500', 4],
  ['cloud acts later', ({ fault }) => fault === 'late', 1],
  ['cloud answers 503', ({ fault }) => fault === 'status 503', 4],
  ['deletes stick', ({ fault }) => fault === 'stuck-deleting', 1],
  ['cloud answers 429', ({ fault }) => fault === 'status 429', 4],
  ['cloud hangs', ({ fault }) => fault === 'hang', 2],
  ['lists halved', ({ fault }) => fault === 'half-list', 1],
]

it.skipIf(!mayMakeBridges())(
  'faults between us and real services leave nothing wrong in the books',
  async () => {
    await using site = await startAuditedSite('faults')
    const entered: Promise<void>[] = []
    // refused only once the services have forgotten them: meanwhile all else goes wrong
    const refused = strike(site, ['tokens revoked', ({ status }) => status === 401, 1])
    for (const fault of FAULTS) {
      entered.push(site.submit(`fault-${entered.length}.sub`, 2, 2))
      await strike(site, fault)
    }
    await Promise.all([...entered, refused])
    expect(await site.breaches()).toEqual([])
  },
  900_000,
)

async function strike(
  { own, cloud, planted, journal }: AuditedSite,
  [kind, struck, times]: (typeof FAULTS)[number],
): Promise<void> {
  const n = faultKinds.findIndex((one) => one.kind === kind)
  const last = (await cloud.requests()).at(-1)?.n ?? 0
  const world = { own, clouds: Object.values(own.site.clouds), planted, host: undefined }
  const injected = await faultKinds[n]?.inject(world, new Random(SEED))
  if (injected === undefined) throw new Error(`nobody knows how to make ${kind}`)
  const { target, heal } = injected
  journal.write({ what: 'fault', kind, n, target })
  await until(
    kind,
    async () => (await cloud.requests(last)).filter(struck).length,
    (count) => count >= times,
    300_000,
  )
  await heal?.()
  journal.write({ what: 'heal', kind, n, target })
}
