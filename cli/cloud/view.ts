import type { CloudDetails, CloudRow } from '#api/types.ts'
import { endsSoon } from '#domain/cloud-check/credential.ts'
import { blocks, details, titled } from '../render/details.ts'
import type { Column } from '../render/table.ts'
import { ago, relative } from '../render/time.ts'
import { breakerTable } from '../render/verdicts.ts'
import type { View } from '../render/view.ts'

const ofLimit = (used: number, limit: number, unit = ''): string =>
  `${used}/${limit < 0 ? 'unlimited' : limit}${unit === '' ? '' : ` ${unit}`}`

const stateOf = ({ enabled, reachable }: CloudRow): string => {
  if (!enabled) return 'disabled'
  return reachable === false ? 'unreachable' : 'enabled'
}

export const cloudColumns: readonly Column<CloudRow>[] = [
  { title: 'CLOUD', value: ({ name }) => name },
  { title: 'STATE', value: stateOf, state: true },
  { title: 'VMS', value: ({ vms }) => String(vms), align: 'right' },
  { title: 'BOOTING', value: ({ booting }) => String(booting), align: 'right' },
  { title: 'CORES', value: ({ cores }) => ofLimit(cores.used, cores.limit), align: 'right' },
  { title: 'PRIORITY', value: ({ priority }) => String(priority), align: 'right' },
  { title: 'SEEN', value: ({ lastSeen }, { now }) => relative(lastSeen, now), align: 'right' },
  { title: 'SINCE', value: ({ since }, { now }) => relative(since, now), only: 'filled', align: 'right' },
  { title: 'BY', value: ({ by }) => by ?? '', only: 'filled' },
  { title: 'REASON', value: ({ reason }) => reason ?? '', only: 'filled', shrink: true },
]

/** What `enable` and `disable` end with, and the head of `show`. */
export const cloudText = (cloud: CloudRow, view: View): string =>
  details(
    [
      ['cloud', cloud.name],
      ['state', stateOf(cloud)],
      ['reason', cloud.reason],
      ['by', cloud.by],
      ['since', ago(cloud.since, view.now)],
      ['reachable', cloud.reachable === 'unknown' ? 'not looked at yet' : cloud.reachable ? 'yes' : 'no'],
      ['last seen', ago(cloud.lastSeen, view.now)],
      ['VMs', `${cloud.vms}, ${cloud.booting} booting`],
      ['cores', ofLimit(cloud.cores.used, cloud.cores.limit)],
      ['priority', String(cloud.priority)],
    ],
    view,
  )

const endOf = ({ credentialEnds: ends }: CloudDetails, { now }: View): string => {
  if (ends === undefined) return ''
  return endsSoon(Date.parse(ends), now) ? `${ends}: soon; docs/rotate-credentials.md` : ends
}

const lastRotation = ({ rotation }: CloudDetails, { now }: View): string =>
  rotation?.last === undefined ? 'none by canfar-batch' : `${rotation.last}, ${ago(rotation.last, now)}`

const nextRotation = ({ rotation, name }: CloudDetails, { now }: View): string => {
  if (rotation?.state !== undefined) return `now: ${rotation.state}`
  if (rotation?.next === undefined) return `when somebody asks: canfar-batch cloud rotate ${name}`
  return Date.parse(rotation.next) <= now ? 'with the next housekeeping' : rotation.next
}

export const cloudDetailsText = (cloud: CloudDetails, view: View): string => {
  const { ram, instances } = cloud
  return blocks(
    cloudText(cloud, view),
    details(
      [
        ['Keystone', cloud.authUrl],
        ['project', cloud.projectName === undefined ? cloud.project : `${cloud.projectName} (${cloud.project})`],
        ['region', cloud.region],
        ['network', cloud.network],
        ['zone', cloud.availabilityZone],
        ['RAM', ram === undefined ? '' : ofLimit(ram.usedMb, ram.limitMb, 'MB')],
        ['instances', instances === undefined ? '' : ofLimit(instances.used, instances.limit)],
        ['credential ends', endOf(cloud, view)],
        ['last rotation', lastRotation(cloud, view)],
        ['next rotation', nextRotation(cloud, view)],
        ['rotation', cloud.rotation?.problem === undefined ? '' : `failed: ${cloud.rotation.problem}`],
        ['last error', cloud.lastError],
      ],
      view,
    ),
    titled('Not tried for now', breakerTable(cloud.breakers, view), view),
  )
}
