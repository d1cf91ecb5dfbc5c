import type { RuleInput } from '#testbed/front/rule.ts'
import type { SiteCloud } from '#testbed/site/site-cloud.ts'
import type { Random } from '../random.ts'
import type { FaultKind, Injected, World } from './kind.ts'

/** Clouds that answer badly, or not at all. */

type Rule = Omit<RuleInput, 'seed'>

const creates = { service: 'compute', method: 'POST', pathRegex: String.raw`^/compute/v2\.1/servers$` } as const
const deletes = { service: 'compute', method: 'DELETE' } as const
const lists = { service: 'compute', method: 'GET', pathRegex: String.raw`^/compute/v2\.1/servers(/detail)?\?` } as const

/** Rules of one cloud for as long as the fault lasts. */
function ruled(
  kind: string,
  lasts: FaultKind['lasts'],
  rules: (random: Random) => Rule[],
  more: Partial<FaultKind> & {
    begin?: (cloud: SiteCloud) => Promise<unknown>
    end?: (cloud: SiteCloud) => Promise<unknown>
  } = {},
): FaultKind {
  const { begin, end, ...rest } = more
  return {
    kind,
    weight: 1,
    lasts,
    ...rest,
    inject: async (world: World, random: Random): Promise<Injected> => {
      const cloud = random.pick(world.clouds)
      const wanted = rules(random)
      const made: { id: string }[] = []
      for (const rule of wanted) made.push(await cloud.admin.addFault({ ...rule, seed: random.int(0, 1e9) }))
      await begin?.(cloud)
      return {
        target: `cloud/${cloud.name}`,
        note: JSON.stringify(wanted.map(({ effect, chance, times }) => ({ effect, chance, times }))),
        heal: async () => {
          for (const { id } of made) await cloud.admin.removeFault(id)
          await end?.(cloud)
        },
      }
    },
  }
}

const always = { times: null } as const

/** Frees whatever the simulator keeps in the middle of something. */
async function releaseAll({ admin }: SiteCloud): Promise<void> {
  for (const { id, stuck, deletedAt } of await admin.servers()) if (stuck && deletedAt === null) await admin.release(id)
}

export const answerFaults: readonly FaultKind[] = [
  ruled('cloud slow', [5, 20], (random) => [
    { ...always, chance: 0.7, effect: { kind: 'delay', ms: random.int(500, 4000) } },
  ]),
  ruled('cloud hangs', [5, 25], () => [{ ...always, effect: { kind: 'hang' } }]),
  ruled('cloud answers 429', [5, 20], (random) => [
    { ...always, chance: 0.6, effect: { kind: 'status', status: 429, retryAfter: random.int(1, 3) } },
  ]),
  ruled('cloud answers 500', [5, 20], () => [{ ...always, chance: 0.6, effect: { kind: 'status', status: 500 } }]),
  ruled('cloud answers 503', [5, 30], () => [{ ...always, effect: { kind: 'status', status: 503 } }]),
  ruled('cloud drops connections', [5, 20], () => [{ ...always, chance: 0.6, effect: { kind: 'drop' } }]),
  ruled(
    'answers are lost',
    [10, 30],
    () => [
      { ...always, match: creates, chance: 0.5, effect: { kind: 'act-then-drop' } },
      { ...always, match: deletes, chance: 0.5, effect: { kind: 'act-then-drop' } },
    ],
    { weight: 2 },
  ),
  ruled('answers hang', [10, 20], () => [
    { ...always, match: creates, chance: 0.5, effect: { kind: 'act-then-hang' } },
    { ...always, match: deletes, chance: 0.5, effect: { kind: 'act-then-hang' } },
  ]),
  ruled(
    'cloud acts later',
    [10, 30],
    (random) => [
      { ...always, match: creates, chance: 0.5, effect: { kind: 'drop-then-act-late', ms: random.int(500, 9000) } },
      { ...always, match: deletes, chance: 0.5, effect: { kind: 'drop-then-act-late', ms: random.int(500, 9000) } },
    ],
    { weight: 2 },
  ),
  // later than anybody waits for it: only who compares the books in the end finds such a server
  ruled(
    'cloud acts much later',
    [20, 20],
    (random) => [
      {
        times: random.int(1, 2),
        match: creates,
        effect: { kind: 'drop-then-act-late', ms: random.int(20_000, 35_000) },
      },
    ],
    { echo: 40 },
  ),
  ruled(
    'Keystone down',
    [15, 60],
    () => [{ ...always, match: { service: 'identity' }, effect: { kind: 'status', status: 503 } }],
    { begin: ({ admin }) => admin.revokeTokens() },
  ),
  ruled('tokens revoked', [0, 0], () => [], { begin: ({ admin }) => admin.revokeTokens() }),
  ruled(
    'lists halved',
    [5, 10],
    (random) => [{ times: random.int(1, 4), match: lists, effect: { kind: 'half-list', keep: random.int(0, 3) } }],
    { weight: 2 },
  ),
  ruled(
    'builds fail',
    [10, 20],
    (random) => [{ times: random.int(1, 3), match: creates, effect: { kind: 'build-error', text: 'Injected fault' } }],
    { explains: ['CloudError'] },
  ),
  ruled('no host', [10, 20], (random) => [
    { times: random.int(1, 3), match: creates, effect: { kind: 'no-capacity' } },
  ]),
  ruled('builds stick', [10, 20], (random) => [
    { times: random.int(1, 2), match: creates, effect: { kind: 'stuck-building' } },
  ]),
  ruled(
    'deletes stick',
    [10, 30],
    (random) => [{ times: random.int(1, 2), match: deletes, effect: { kind: 'stuck-deleting' } }],
    { end: releaseAll },
  ),
  ruled('ports kept', [10, 20], (random) => [
    { times: random.int(1, 3), match: deletes, effect: { kind: 'keep-ports' } },
  ]),
  ruled('soft deletion on', [10, 30], () => [], {
    group: 'timings',
    begin: ({ admin }) => admin.setTimings({ reclaimMs: 120_000 }),
    end: ({ admin }) => admin.setTimings({ reclaimMs: 0 }),
  }),
]
