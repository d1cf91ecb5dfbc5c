import { answerFaults } from './answers.ts'
import type { FaultKind } from './kind.ts'
import { processFaults } from './processes.ts'
import { quotaFault, serverFaults } from './servers.ts'

/** Everything that can go wrong. Faults of the machine itself (its disk, its clock) are further entries of this list. */
export const faultKinds: readonly FaultKind[] = [...processFaults, ...answerFaults, ...serverFaults, quotaFault]
