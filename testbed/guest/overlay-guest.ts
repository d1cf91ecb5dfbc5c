import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { writeConfigDrive } from './config-drive.ts'
import { endTree } from './end-tree.ts'
import type { GuestKind } from './guest-kind.ts'
import { cpuInfo, hardwareConfig, memInfo, visibleMemoryMb } from './hardware.ts'
import type { GuestMode } from './runner-config.ts'
import { hostNameOf, type Server } from './server-file.ts'

const BOOT = join(import.meta.dirname, 'boot-guest.sh')

/** The host's end of a guest's cable; 15 characters are all that a link's name may have. */
export function linkName(serverId: string): string {
  return `cg-${createHash('sha256').update(serverId).digest('hex').slice(0, 12)}`
}

/** Guests with a root file system, processes, address and host name of their own, in which the real cloud-init runs. */
export function overlayGuests(mode: GuestMode): GuestKind {
  return {
    prepare: (server, folder) => prepare(server, folder, mode),
    links: (server) => (mode.bridge === null ? [] : [linkName(server.id)]),
    start: (server, folder) => ({
      argv: ['sh', BOOT],
      env: {
        GUEST_FOLDER: folder,
        GUEST_IMAGE: mode.image,
        GUEST_HOSTNAME: hostNameOf(server.name),
        GUEST_EPHEMERAL_GB: String(server.flavor.ephemeralGb),
        GUEST_LINK: linkName(server.id),
        GUEST_BRIDGE: server.address == null ? '' : (mode.bridge?.name ?? ''),
        GUEST_ADDRESS: server.address ?? '',
        GUEST_GATEWAY: mode.bridge?.gateway ?? '',
        GUEST_PREFIX_LENGTH: String(mode.bridge?.prefixLength ?? ''),
        GUEST_SHARES: mode.shares.join(':'),
      },
    }),
    end: endTree,
  }
}

async function prepare(server: Server, folder: string, mode: GuestMode): Promise<void> {
  const upper = join(folder, 'upper')
  for (const path of ['work', 'root', 'upper/dev', 'upper/etc/guest', 'upper/etc/condor/config.d']) {
    await mkdir(join(folder, path), { recursive: true, mode: 0o755 })
  }
  await writeConfigDrive(upper, server)
  await writeFile(join(upper, 'etc/hosts'), hostsFile(server, mode.hosts))
  await writeFile(join(upper, 'etc/guest/meminfo'), memInfo(visibleMemoryMb(server.flavor.ramMb)))
  await writeFile(
    join(upper, 'etc/guest/cpuinfo'),
    cpuInfo(server.flavor.vcpus, await readFile('/proc/cpuinfo', 'utf8')),
  )
  await writeFile(join(upper, 'etc/condor/config.d/00-hardware.conf'), hardwareConfig(server.flavor, false))
}

function hostsFile(server: Server, hosts: Readonly<Record<string, readonly string[]>>): string {
  const lines = ['127.0.0.1 localhost']
  // A cloud's DNS knows its servers; a guest has none to ask.
  if (server.address != null) lines.push(`${server.address} ${hostNameOf(server.name)}`)
  for (const [address, names] of Object.entries(hosts)) lines.push(`${address} ${names.join(' ')}`)
  return `${lines.join('\n')}\n`
}

/**
 * Tries out whether guests can be made here: root, network namespaces, overlays on the file system of `folder`.
 * @returns undefined, or why not.
 */
export async function whyNoGuests(folder: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can make guests'
  const script = `
    export PATH="$PATH:/usr/sbin:/sbin"
    for tool in ip unshare nsenter flock losetup mkfs.ext4; do
      command -v "$tool" > /dev/null || { echo "there is no $tool" >&2; exit 1; }
    done
    mkdir -p "$1" && t=$(mktemp -d "$1/probe-XXXXXX") && trap 'rm -rf "$t"' EXIT
    mkdir "$t/lower" "$t/upper" "$t/work" "$t/root"
    unshare --mount --uts --ipc --net --pid --fork sh -c '
      mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/root" &&
      hostname probe && ip link set lo up' sh "$t"`
  const result = await execa('sh', ['-c', script, 'sh', folder], { reject: false })
  return result.exitCode === 0 ? undefined : result.stderr.trim() || `the probe ended with ${String(result.exitCode)}`
}
