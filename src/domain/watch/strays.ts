import { meaningOf } from '../vm/nova-status.ts'
import type { SeenServer } from './cloud-pass.ts'

/**
 * Servers that say that they are worker VMs of this pool and that no running workflow expects: their workflow was ended from
 * outside, or they arrived after they were given up. Until that is settled they take from the caps; no more follows from what
 * anybody in the project could have written.
 */
export const straysAmong = (servers: readonly SeenServer[], expected: ReadonlySet<string>, pool: string) =>
  servers
    .filter(({ name, claimed, status }) => claimed && name.startsWith(`${pool}-`) && meaningOf(status) !== 'gone')
    .filter(({ name }) => !expected.has(name))
    .map(({ name: vm, cores }) => ({ vm, cores }))
