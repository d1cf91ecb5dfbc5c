import type { Credential } from '../cloud-config/cloud-config.ts'
import { OpenStackError } from '../error/openstack-error.ts'
import { parseJson } from '../json.ts'
import type { HttpReply, Transport } from '../transport/transport.ts'
import { authRequestBody } from './request-body.ts'
import { tokenBody, tokenFrom, type Token } from './token.ts'

/**
 * Obtains a token.
 *
 * @param identityUrl Keystone with its version: `https://…/v3`
 * @throws OpenStackError `Unauthorized` if Keystone refuses the credential
 */
export async function authenticate(transport: Transport, identityUrl: string, credential: Credential): Promise<Token> {
  const url = `${identityUrl}/auth/tokens`
  const common = {
    service: 'identity',
    stage: 'authentication' as const,
    url,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
  }
  if (credential.type === 'token' && credential.scope === undefined) {
    // Nothing to exchange it for: the token is taken as it is, and Keystone is asked what it is worth.
    const own = credential.token.reveal()
    const headers = { ...common.headers, 'x-auth-token': own, 'x-subject-token': own }
    return read(await transport.send({ ...common, method: 'GET', headers, expect: [200] }), own)
  }
  const body = JSON.stringify(authRequestBody(credential))
  // Unlike any other POST this one does no harm twice: it leaves at most an unused token behind.
  const asked = transport.send({ ...common, method: 'POST', body, expect: [201], repeatable: true })
  const reply = await asked.catch((error: unknown) => {
    throw asRefusal(error, credential)
  })
  return read(reply, reply.headers['x-subject-token'])
}

/**
 * For an application credential that has been deleted Keystone answers 404 instead of 401 (keystone/auth/plugins/core.py, `AppCredInfo`;
 * seen with 2025.1). Whatever was asked for is not gone because of that.
 */
function asRefusal(error: unknown, { type }: Credential): unknown {
  if (type !== 'applicationCredential' || !OpenStackError.is(error) || error.code !== 'NotFound') return error
  if (!/application credential/i.test(error.fault ?? '')) return error
  const { service, stage, method, url, status, requestId, globalRequestId, fault, body } = error
  return new OpenStackError(
    error.message,
    { code: 'Unauthorized', service, stage, method, url, status, requestId, globalRequestId, fault, body },
    { cause: error },
  )
}

function read(reply: HttpReply, value: string | undefined): Token {
  const parsed = tokenBody.safeParse(parseJson(reply.text))
  if (value !== undefined && parsed.success) return tokenFrom(value, parsed.data, reply.headers['date'])
  const issue = parsed.error?.issues[0]
  const what = issue === undefined ? 'no X-Subject-Token' : `${issue.path.join('.')}: ${issue.message}`
  throw new OpenStackError(`identity: the reply is not a token (${what}); is auth_url a Keystone?`, {
    code: 'BadReply',
    service: 'identity',
    stage: 'authentication',
    status: reply.status,
    requestId: reply.requestId,
  })
}
