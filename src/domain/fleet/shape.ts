import type { DemandGroup } from '../demand.ts'

/**
 * What of a group decides whether a guest that works for others works for it: the part of a breaker's key that keeps one
 * user's impossible request from closing an image for everybody.
 */
export function demandShape({ cpus, memoryMb, diskKb, requirements }: DemandGroup): string {
  return `${cpus}c-${memoryMb}m-${diskKb}k-${digest(requirements)}`
}

/** FNV-1a, 32 bit: short, not secret; two expressions with one digest would only share a breaker. */
function digest(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
