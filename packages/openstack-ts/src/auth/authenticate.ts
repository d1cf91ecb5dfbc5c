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
  const reply = await transport.send({ ...common, method: 'POST', body, expect: [201], repeatable: true })
  return read(reply, reply.headers['x-subject-token'])
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
