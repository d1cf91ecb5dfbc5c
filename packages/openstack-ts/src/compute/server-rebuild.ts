import type { SettledMicroversion } from '../settled-microversion.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import { userDataBody } from './user-data.ts'

/** What is not named stays as it is. */
export interface ServerRebuild {
  name?: string | undefined
  /** All that it shall have. */
  metadata?: Readonly<Record<string, string>> | undefined
  /** Default of Nova: one that it makes up. */
  adminPassword?: string | undefined
  /** As in {@link ServerCreate}; null for none; from 2.57. */
  userData?: string | Uint8Array | null | undefined
  /** Null for none; from 2.54. */
  keyName?: string | null | undefined
  /** Null for none; from 2.19. */
  description?: string | null | undefined
  /** Null for none; from 2.63. */
  trustedCertificates?: readonly string[] | null | undefined
  /** From 2.90. */
  hostname?: string | undefined
  diskConfig?: 'AUTO' | 'MANUAL' | undefined
  /** Keeps the scratch disk; on bare metal alone. */
  preserveEphemeral?: boolean | undefined
}

/**
 * The argument of the action `rebuild`.
 *
 * @throws OpenStackError `MicroversionUnsupported` for what would be refused, or quietly left as it is
 */
export function rebuildBody(
  client: ServiceClient,
  imageId: string,
  rebuild: ServerRebuild,
  microversion: SettledMicroversion,
): object {
  const { userData, keyName, description, trustedCertificates, hostname } = rebuild
  if (userData !== undefined) microversion.needs('2.57', 'other user data in a rebuild')
  if (keyName !== undefined) microversion.needs('2.54', 'another key in a rebuild')
  if (description !== undefined) microversion.needs('2.19', 'a description in a rebuild')
  if (trustedCertificates !== undefined) microversion.needs('2.63', 'trusted certificates in a rebuild')
  if (hostname !== undefined) microversion.needs('2.90', 'a hostname in a rebuild')
  return {
    imageRef: imageId,
    name: rebuild.name,
    metadata: rebuild.metadata,
    adminPass: rebuild.adminPassword,
    user_data: userData === null ? null : userDataBody(client, userData, 'a rebuild'),
    key_name: keyName,
    description,
    trusted_image_certificates: trustedCertificates,
    hostname,
    'OS-DCF:diskConfig': rebuild.diskConfig,
    preserve_ephemeral: rebuild.preserveEphemeral,
  }
}
