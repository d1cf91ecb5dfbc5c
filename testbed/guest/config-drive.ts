import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostNameOf, type Server } from './server-file.ts'

/**
 * Lays a config drive (https://docs.openstack.org/nova/latest/user/metadata.html) where cloud-init looks for one
 * without a device: `/var/lib/cloud/seed/config_drive` below `root`.
 */
export async function writeConfigDrive(root: string, server: Server): Promise<void> {
  const latest = join(root, 'var/lib/cloud/seed/config_drive/openstack/latest')
  await mkdir(latest, { recursive: true })
  const host = hostNameOf(server.name)
  const metadata = {
    uuid: server.id,
    name: server.name,
    hostname: host,
    launch_index: 0,
    availability_zone: 'nova',
    meta: server.metadata,
    ...keys(server),
  }
  await writeFile(join(latest, 'meta_data.json'), JSON.stringify(metadata))
  await writeFile(join(latest, 'network_data.json'), JSON.stringify({ links: [], networks: [], services: [] }))
  // A worker's user-data carries its pool token; jobs that run in the guest must not read it.
  await chmod(join(root, 'var/lib/cloud/seed'), 0o700)
  await writeFile(join(latest, 'user_data'), Buffer.from(server.userData ?? '', 'base64'), { mode: 0o600 })
}

function keys({ keyName, publicKey }: Server): object {
  if (keyName == null || publicKey == null) return {}
  return { public_keys: { [keyName]: publicKey }, keys: [{ name: keyName, type: 'ssh', data: publicKey }] }
}
