import { z } from 'zod'

/** Amounts by resource class: `VCPU`, `MEMORY_MB`, `DISK_GB`, `PCPU`, `VGPU`, `CUSTOM_…`. */
export type Resources = Record<string, number>

export const resources = z.record(z.string(), z.number())

/** As queries want it: `VCPU:4,MEMORY_MB:8192`. */
export function resourcesQuery(wanted: Readonly<Resources>): string {
  return Object.entries(wanted)
    .map(([name, amount]) => `${name}:${amount}`)
    .join(',')
}
