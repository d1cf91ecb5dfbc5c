import { OpenStackError, type CloudConfig } from 'openstack-ts'
import { Problem } from '#domain/problem.ts'

/** Somebody waits for the answer: a cloud that hangs is said to be down after this, ms. */
export const patience = {
  timeouts: { connectMs: 5_000, headersMs: 15_000, bodyMs: 15_000 },
  retry: { retries: 1 },
}

/** With what a cloud was asked: a user's own credential, or the site's. */
export type Asker = CloudConfig | 'site'

/** What a cloud's refusal or silence means to the person who waits for the answer; other errors as they are. */
export function cloudProblem(error: unknown, cloud: string, asker: Asker): unknown {
  if (!OpenStackError.is(error)) return error
  const where = `cloud ${cloud}`
  if (error.code === 'Unauthorized') return refused(error, where, asker)
  if (error.code === 'Forbidden') {
    return new Problem(
      {
        code: 'CloudForbids',
        kind: 'auth',
        where,
        message: `the cloud does not allow this: ${error.fault ?? error.message}`,
        next: asker === 'site' ? tellOperators : 'Ask the owner of your project for a role that may do it.',
      },
      { cause: error },
    )
  }
  // aborted: by our own limit of time
  if (error.retryable || error.code === 'Aborted') {
    return new Problem(
      {
        code: 'CloudUnreachable',
        kind: 'unreachable',
        where,
        message: 'the cloud does not answer',
        details: [error.message],
        next: `Try again later; canfar-batch cloud show ${cloud} says since when.`,
      },
      { cause: error },
    )
  }
  return new Problem(
    { code: 'CloudFailed', kind: 'failure', where, message: error.message, next: tellOperators },
    { cause: error },
  )
}

const tellOperators = 'Tell your operators; canfar-batch doctor looks at each part.'

/** Keystone does not say which of the two it was. */
function refused(error: OpenStackError, where: string, asker: Asker): Problem {
  if (asker === 'site') {
    const message = 'the cloud refuses the credential of this site'
    return new Problem(
      { code: 'SiteCredentialRefused', kind: 'auth', where, message, next: tellOperators },
      { cause: error },
    )
  }
  return new Problem(
    {
      code: 'CredentialRefused',
      kind: 'auth',
      where,
      message: 'the cloud refuses your credential: it is wrong or expired, or you have no role in the project',
      details: [`${describe(asker)} at ${asker.authUrl}`],
      next: 'Source your project’s openrc file again, or correct the entry in clouds.yaml.',
    },
    { cause: error },
  )
}

function describe({ credential }: CloudConfig): string {
  const nameOf = (reference: { id: string } | { name: string }) => ('id' in reference ? reference.id : reference.name)
  if (credential.type === 'applicationCredential') {
    return `application credential ${'id' in credential ? credential.id : credential.name}`
  }
  const { scope } = credential
  const project = scope !== undefined && 'project' in scope ? `project ${nameOf(scope.project)}` : 'no project'
  return credential.type === 'password' ? `user ${nameOf(credential.user)}, ${project}` : `a token, ${project}`
}
