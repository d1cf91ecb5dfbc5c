import type { CloudWish, Guests } from '#testbed/site/options.ts'
import { QUOTA } from './faults/servers.ts'
import { withBaseImage } from './plant.ts'

/**
 * Three clouds, each with limits that are reached. On `north` the few worker VMs are real guests where this host can make
 * them, the many others are light processes. Elsewhere it is there too, so that a seed is the same storm everywhere.
 */
export function stormyClouds(north: Guests) {
  const common = { quota: QUOTA, seed: withBaseImage }
  return [
    { ...common, name: 'north', priority: 5, guests: north, caps: { vms: 3, booting: 2 } },
    { ...common, name: 'arbutus', priority: 10, guests: 'process', caps: { vms: 12, cores: 24, booting: 8 } },
    { ...common, name: 'east', priority: 0, guests: 'process', caps: { vms: 14, booting: 8 } },
  ] satisfies CloudWish[]
}

/** As a plan draws from them. */
export const PLANNED_CLOUDS = stormyClouds('process').map(({ name, caps }) => ({ name, vms: caps.vms }))
