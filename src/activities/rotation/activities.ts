import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { currentCredential, requireUnshared, writeCredential } from '#clouds/clouds-file.ts'
import type { CredentialRotationInput, MadeCredential } from '#contract/credential-rotation.ts'
import { cloudWatchId, seenBy } from '#contract/watch.ts'
import { Problem } from '#domain/problem.ts'
import { forgetOwner } from './forget-owner.ts'
import { makeCredential, type MakeRequest } from './make-credential.ts'
import { withOwner } from './owner.ts'
import { requireOwnership } from './ownership.ts'
import { retireCredentials, type RetireRequest } from './retire-credentials.ts'

export type RotationActivities = ReturnType<typeof createRotationActivities>

/** Stands for a credential in a rehearsal. */
const rehearsed = { id: 'rehearsed', name: 'rehearsed', secret: 'rehearsed' }

const lookEvery = 500

export function createRotationActivities(deps: Deps) {
  const { config, client } = deps
  return {
    /** Whether all that the rotation needs is there. Changes nothing. */
    async prepareRotation({ cloud, owner }: CredentialRotationInput): Promise<void> {
      requireUnshared(config, cloud)
      writeCredential(config, cloud, rehearsed, { rehearse: true })
      const signal = Context.current().cancellationSignal
      await withOwner(deps, { cloud, owner }, (connection) => requireOwnership(deps, cloud, connection, { signal }))
    },

    makeCredential: (request: MakeRequest): Promise<MadeCredential> => makeCredential(deps, request),

    /** Until the worker process has looked at the cloud with it. */
    async untilUsed({ cloud, id }: { cloud: string; id: string }): Promise<void> {
      const watch = client.workflow.getHandle(cloudWatchId(cloud))
      for (; ; await Context.current().sleep(lookEvery)) {
        const seen = seenBy(await watch.describe())
        if (seen?.ok === true && seen.credential === id) return
        requireStillThere(deps, cloud, id)
      }
    },

    retireCredentials: (request: RetireRequest) => retireCredentials(deps, request),

    /** What a person has lent for it. */
    forgetOwner: (input: CredentialRotationInput): Promise<void> => forgetOwner(input),
  }
}

/** A file that cannot be read just now says nothing. */
function inFile({ config }: Deps, cloud: string): string | undefined {
  try {
    const { credential } = currentCredential(config, cloud)
    return 'id' in credential ? credential.id : undefined
  } catch {
    return undefined
  }
}

function requireStillThere(deps: Deps, cloud: string, id: string): void {
  const other = inFile(deps, cloud)
  if (other === undefined || other === id) return
  throw new Problem({
    code: 'CredentialTakenBack',
    kind: 'failure',
    where: `cloud ${cloud}`,
    message: `somebody has written ${other} into clouds.yaml in place of the new ${id}`,
    next: 'The next rotation deletes what is left.',
  })
}
