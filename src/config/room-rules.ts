import type { FleetCloud } from '#domain/fleet/types.ts'
import type { CloudConfig } from './schema.ts'

/** What the site's configuration says of the room on a cloud. */
export const roomRules = ({ caps, reserved }: CloudConfig): Pick<FleetCloud, 'caps' | 'reserved'> => ({
  caps: definedOnly(caps),
  reserved: { instances: reserved.vms, cores: reserved.cores, ramMb: reserved.ramMb },
})

function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
}
