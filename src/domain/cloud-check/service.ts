import { failed, passed, skipped, warned, type Check } from '../check.ts'
import { unseen, type Look } from './look.ts'

/** `elsewhere`: it is asked at an address of its own, whatever the catalog says. */
export type Need = 'needed' | 'unused' | 'elsewhere'

/** Whether a service has an address in the region, on the interface that the entry of clouds.yaml asks for. */
export function judgeEndpoint(service: string, look: Look<{ url: string }>, need: Need): Check {
  const name = `${service} endpoint`
  if ('seen' in look) return passed(name, look.seen.url)
  if (look.code !== 'EndpointNotFound') return unseen(name, look)
  if (need === 'unused') return skipped(name, 'not where clouds.yaml looks for it; nothing here needs it')
  if (need === 'elsewhere') {
    return warned(
      name,
      `${look.why}; auth_url is asked instead`,
      'Ask the cloud’s operators to list it: other clients look there.',
    )
  }
  return failed(
    name,
    look.why,
    `Correct region_name or interface of the entry in clouds.yaml, or give the address there: ${service.replaceAll('-', '_')}_endpoint_override.`,
  )
}

interface VersionNeed {
  since: string
  /** What is not there before. */
  lack: string
  /** Whether VMs can do without. */
  vital: boolean
}

/** What is asked of Nova that not every version has. */
export const computeNeeds = ({ volumeType }: { volumeType: boolean }): VersionNeed[] => [
  ...(volumeType ? [{ since: '2.67', lack: 'boot volumes of the configured type', vital: true }] : []),
  { since: '2.69', lack: 'servers in a part of the cloud that is down, which lists then leave out', vital: false },
]

/** Whether the version that is spoken with a service has all that is asked of it. */
export function judgeMicroversion(service: string, look: Look<string>, needs: readonly VersionNeed[]): Check {
  const name = `${service} version`
  if (!('seen' in look)) {
    if (look.code !== 'MicroversionUnsupported') return unseen(name, look)
    return failed(name, look.why, 'This cloud is too old for canfar-batch, or for what clouds.yaml asks for.')
  }
  const missing = needs.filter(({ since }) => older(look.seen, since))
  if (missing.length === 0) return passed(name, look.seen)
  const detail = `${look.seen} has no ${missing.map(({ lack, since }) => `${lack} (${since})`).join('; no ')}`
  return missing.some(({ vital }) => vital)
    ? failed(
        name,
        detail,
        'Take bootVolume.type out of the configuration, or raise the version that clouds.yaml asks for.',
      )
    : warned(name, detail, 'Nothing, if the cloud is so old; else raise the version that clouds.yaml asks for.')
}

/** These are pairs of numbers, not decimals: 2.9 is older than 2.69. */
function older(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = than.split('.').map(Number)
  return major === otherMajor ? minor < otherMinor : major < otherMajor
}
