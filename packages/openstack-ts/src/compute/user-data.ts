import type { ServiceClient } from '../transport/service-client.ts'

const LIMIT = 65_535

/**
 * User data as Nova takes them.
 *
 * @param whose for the error
 * @throws OpenStackError `InvalidRequest` if they are too long
 */
export function userDataBody(
  client: ServiceClient,
  userData: string | Uint8Array | undefined,
  whose: string,
): string | undefined {
  if (userData === undefined) return undefined
  const text = Buffer.from(userData).toString('base64')
  if (text.length <= LIMIT) return text
  const message = `user data of ${whose}: ${text.length} bytes in base64, allowed are ${LIMIT}`
  throw client.error('InvalidRequest', message)
}
