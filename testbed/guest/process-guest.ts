import { createHash } from 'node:crypto'
import { appendFile, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HOST, installation, plainWorker, render } from '#testbed/condor/configuration.ts'
import { condorAccount } from '#testbed/condor/condor-account.ts'
import { type Condor, findAstronomyTools, findCondor } from '#testbed/condor/find.ts'
import { daemonEnvironment, makeLocalFolders } from '#testbed/condor/local-folder.ts'
import { type CloudConfig, parseUserData } from './cloud-config.ts'
import { endTree } from './end-tree.ts'
import type { GuestKind } from './guest-kind.ts'
import { hardwareConfig } from './hardware.ts'
import type { ProcessMode } from './runner-config.ts'
import { hostNameOf, type Server } from './server-file.ts'

const START = join(import.meta.dirname, 'process-guest.sh')

interface Installation {
  condor: Condor
  ids: { uid: number; gid: number } | undefined
  /** Folder for the PATH of jobs, where source-extractor and its like are not installed. */
  tools: string | undefined
}

/**
 * Plain worker processes: no root file system, no cloud-init and no first-boot commands. The files that a server's
 * user-data writes are laid below the guest's folder, and a condor_master of this host runs with the HTCondor
 * configuration among them; only places and addresses are this host's.
 */
export async function processGuests(mode: ProcessMode, progress: (line: string) => void): Promise<GuestKind> {
  const condor = await findCondor({ progress })
  const place = { condor, ids: await condorAccount(), tools: await findAstronomyTools({ progress }) }
  return {
    prepare: (server, folder) => prepare(server, folder, mode, place),
    links: () => [],
    start: (_, folder) => ({
      argv: ['sh', START],
      env: {
        ...daemonEnvironment(join(folder, 'condor_config')),
        GUEST_FOLDER: folder,
        CONDOR_MASTER: join(condor.sbinDir, 'condor_master'),
      },
    }),
    end: endTree,
  }
}

async function prepare(server: Server, folder: string, mode: ProcessMode, place: Installation): Promise<void> {
  const root = join(folder, 'root')
  const userData = parseUserData(Buffer.from(server.userData ?? '', 'base64'))
  await writeFiles(userData, root)
  const localDir = join(folder, 'condor')
  const { passwords } = makeLocalFolders(localDir, place.ids)
  const tokens = join(root, 'etc/condor/tokens.d')
  await mkdir(tokens, { recursive: true })
  await chmod(tokens, 0o700)
  const ids = place.ids === undefined ? {} : { CONDOR_IDS: `${place.ids.uid}.${place.ids.gid}` }
  const jobPath =
    place.tools === undefined ? {} : { STARTER_JOB_ENVIRONMENT: `"PATH=${place.tools}:/usr/local/bin:/usr/bin:/bin"` }
  const worker = plainWorker({ address: addressOf(server), name: hostNameOf(server.name), tokens, passwords })
  const parts = [
    render(HOST),
    hardwareConfig(server.flavor, true),
    ...(await givenConfig(root)),
    render({ ...installation(place.condor, localDir), ...ids, ...worker, ...jobPath }),
    mode.extraConfig,
  ]
  await writeFile(join(folder, 'condor_config'), parts.join('\n'))
}

/** An address of 127/8 of the worker's own: the server's, moved there. */
export function addressOf(server: Pick<Server, 'id' | 'address'>): string {
  if (server.address != null) return server.address.replace(/^\d+/, '127')
  const hash = createHash('sha256').update(server.id).digest()
  return `127.${128 + ((hash[0] ?? 0) & 0x7f)}.${hash[1]}.${1 + ((hash[2] ?? 0) % 254)}`
}

/** The worker's own configuration in the order that HTCondor would read it. */
async function givenConfig(root: string): Promise<string[]> {
  const folder = join(root, 'etc/condor/config.d')
  await mkdir(folder, { recursive: true })
  const names = (await readdir(folder)).toSorted()
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
}

async function writeFiles({ files }: CloudConfig, root: string): Promise<void> {
  // What the files say about each other's places must hold where they are now; longer paths first, so that none is
  // taken for the beginning of another.
  const paths = files.map((file) => file.path).toSorted((a, b) => b.length - a.length)
  const moved = (content: Buffer): string =>
    paths.reduce((text, path) => replacePath(text, path, join(root, path)), content.toString('utf8'))
  for (const file of files) {
    const path = join(root, file.path)
    await mkdir(dirname(path), { recursive: true })
    await (file.append ? appendFile : writeFile)(path, moved(file.content), { mode: file.mode })
    // The creation mode was subject to the umask.
    await chmod(path, file.mode)
  }
}

/** Replaces a path where it stands alone, not as a part of a longer one. */
export function replacePath(text: string, path: string, by: string): string {
  const escaped = path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return text.replaceAll(new RegExp(`(?<![\\w./-])${escaped}(?![\\w/-]|\\.\\w)`, 'g'), () => by)
}
