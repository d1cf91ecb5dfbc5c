import { expect, it } from 'vitest'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import type { RequestEntry } from '#testbed/front/request-log.ts'
import { faultKinds } from '../../chaos/faults/all.ts'
import { Random } from '../../chaos/random.ts'
import { until } from '../../e2e/crash-site.ts'
import { startAuditedSite } from './audited-site.ts'

/** Faults of the storms, in this order, each until it has struck as often as that. */
const FAULTS: [kind: string, struck: (entry: RequestEntry) => boolean, times: number][] = [
  ['answers are lost', ({ fault }) => fault === 'act-then-drop', 2],
  ['cloud answers 500', ({ fault }) => fault === 'status 500', 4],
  ['cloud acts later', ({ fault }) => fault === 'late', 1],
  ['cloud answers 503', ({ fault }) => fault === 'status 503', 4],
  ['deletes stick', ({ fault }) => fault === 'stuck-deleting', 1],
  ['cloud answers 429', ({ fault }) => fault === 'status 429', 4],
  ['tokens revoked', ({ status, service }) => status === 401 && service === 'compute', 1],
  ['cloud hangs', ({ fault }) => fault === 'hang', 2],
  ['lists halved', ({ fault }) => fault === 'half-list', 1],
]

it.skipIf(!mayMakeBridges())(
  'faults between us and real services leave nothing wrong in the books',
  async () => {
    await using site = await startAuditedSite('faults')
    const { own, cloud, journal, planted } = site
    const world = { own, clouds: Object.values(own.site.clouds), planted, host: undefined }
    const entered: Promise<void>[] = []
    for (const [n, [kind, struck, times]] of FAULTS.entries()) {
      const fault = faultKinds.find((one) => one.kind === kind)
      const last = (await cloud.requests()).at(-1)?.n ?? 0
      const injected = await fault?.inject(world, new Random(n))
      if (injected === undefined) throw new Error(`nobody knows how to make ${kind}`)
      journal.write({ what: 'fault', kind, n, target: injected.target })
      entered.push(site.submit(`fault-${n}.sub`, 2, 2))
      await until(
        kind,
        () => cloud.requests(last),
        (all) => all.filter(struck).length >= times,
        90_000,
      )
      await injected.heal?.()
      journal.write({ what: 'heal', kind, n, target: injected.target })
    }
    await Promise.all(entered)
    expect(await site.breaches()).toEqual([])
  },
  900_000,
)
