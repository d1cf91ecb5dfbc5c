import { answerFaults } from './answers.ts'
import { hostFaults } from './host.ts'
import type { FaultKind } from './kind.ts'
import { processFaults } from './processes.ts'
import { quotaFault, serverFaults } from './servers.ts'
import { workflowFaults } from './workflows.ts'

/** Everything that can go wrong; a further kind is a further entry. */
export const faultKinds: readonly FaultKind[] = [
  ...processFaults,
  ...answerFaults,
  ...serverFaults,
  quotaFault,
  ...hostFaults,
  ...workflowFaults,
]
