import { isOpen, type Booting, type OpenOption } from './booting.ts'
import type { Shares } from './fairness.ts'
import type { GroupState } from './group-state.ts'
import type { Option } from './options.ts'
import type { FleetPlan, Verdict } from './types.ts'
import { blockText, bootsText, enoughText, verdictOf, type Block } from './verdicts.ts'
import { plural } from './words.ts'

export interface ExplainInput {
  booting: Booting
  boots: FleetPlan['boots']
  shares: Shares
  /** Whether the room on a cloud was enough for a group before this pass booted anything. */
  hadRoom: (state: GroupState, option: OpenOption) => boolean
  now: number
}

/** The verdict on one group and cloud, after all boots are decided. */
export function explain(state: GroupState, option: Option, input: ExplainInput): Verdict {
  const { group, unmet: waiting } = state
  const { cloud, refusal } = option
  const verdict = (kind: Verdict['verdict'], reason: string, count = 0): Verdict => ({
    group: group.id,
    cloud: cloud.name,
    verdict: kind,
    reason,
    count,
    jobs: group.count,
    waiting,
  })
  if (refusal !== undefined) return verdict(refusal.verdict, refusal.reason)
  if (!isOpen(option)) throw new RangeError(`neither open nor refused: ${group.id} on ${cloud.name}`)
  const block = waiting > 0 ? input.booting.blockOf(state, option) : undefined
  const where = { cloud: cloud.name, owner: group.owner, vmType: group.vmType, now: input.now }
  const count = state.boots.get(cloud.name) ?? 0
  if (count > 0) {
    const probe = input.boots.some((boot) => boot.group === group.id && boot.cloud === cloud.name && boot.probe)
    const rest = block === undefined ? '' : `; ${plural(waiting, 'job')} must wait: ${blockText(block, where)}`
    return verdict('boots', `${bootsText(count, option.boot, probe)}${rest}`, count)
  }
  if (block === undefined) return verdict('enough', enoughText(state))
  const winners = wentToOthers(state, option, block, input)
  if (winners === undefined) return verdict(verdictOf[block.kind], blockText(block, where))
  const share = `${group.owner} has ${plural(input.shares.cores(group.owner), 'core')}`
  return verdict('fair-share', `the room went to ${winners}, while ${share}: ${blockText(block, where)}`)
}

/** Who got the room that the group could have used when the pass began; undefined if there was none. */
function wentToOthers(state: GroupState, option: OpenOption, block: Block, input: ExplainInput): string | undefined {
  if (block.kind !== 'quota' && block.kind !== 'cap') return undefined
  if (!input.hadRoom(state, option)) return undefined
  const others = [...input.booting.ownersOn(option.cloud.name)].filter((owner) => owner !== state.group.owner)
  if (others.length === 0) return undefined
  const named = others.slice(0, 3).map((owner) => `${owner} (now ${plural(input.shares.cores(owner), 'core')})`)
  return [...named, ...(others.length > 3 ? [`${others.length - 3} more`] : [])].join(', ')
}
