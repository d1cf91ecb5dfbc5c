import {
  chmodSync,
  closeSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CloudConfigError, listClouds, loadCloudConfig, type CloudConfig, type Credential } from 'openstack-ts'
import { Problem } from '#domain/problem.ts'
import { replaceCredential, type FreshCredential } from '#domain/rotation/replace-credential.ts'
import { batchConfig, stampOf, stampOfFiles, type CloudSettings } from './connections.ts'

export type ApplicationCredential = Extract<Credential, { type: 'applicationCredential' }>

/** What the site's clouds.yaml says of a cloud now. @throws Problem that the entry is incomplete, or `NoApplicationCredential` */
export function currentCredential(
  settings: CloudSettings,
  cloud: string,
): { config: CloudConfig; credential: ApplicationCredential } {
  const config = configOf(settings, cloud)
  const { credential } = config
  if (credential.type === 'applicationCredential') return { config, credential }
  throw new Problem({
    code: 'NoApplicationCredential',
    kind: 'auth',
    where: `${settings.cloudsFile}: ${config.name}`,
    message: `the entry has a ${credential.type}; only application credentials are rotated`,
    next: 'Make the first one by hand: docs/rotate-credentials.md.',
  })
}

function configOf(settings: CloudSettings, cloud: string): CloudConfig {
  try {
    return batchConfig(settings, cloud)
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error
    const { code, message } = error
    throw new Problem({ code, kind: 'auth', message, next: `canfar-batch cloud check ${cloud}` }, { cause: error })
  }
}

/**
 * Entries that log in with the same credential: it would be deleted under them.
 * @throws Problem `CredentialShared`
 */
export function requireUnshared(settings: CloudSettings, cloud: string): void {
  const { config, credential } = currentCredential(settings, cloud)
  const files = { clouds: settings.cloudsFile }
  const options = { env: {}, cwd: dirname(settings.cloudsFile), files }
  const entries = listClouds(options)
    .filter(({ name }) => name !== config.name && hasCredential({ ...options, cloud: name }, credential))
    .map(({ name }) => name)
  const clouds = settings.clouds
    .filter(({ name, entry }) => name !== cloud && (entry ?? name) === config.name)
    .map(({ name }) => `the cloud ${name}`)
  const others = [...entries, ...clouds]
  if (others.length === 0) return
  throw new Problem({
    code: 'CredentialShared',
    kind: 'auth',
    where: `${settings.cloudsFile}: ${config.name}`,
    message: `its credential is also that of ${others.join(', ')}`,
    next: 'Give each an application credential of its own.',
  })
}

function hasCredential(options: Parameters<typeof loadCloudConfig>[0], own: ApplicationCredential): boolean {
  try {
    const { credential } = loadCloudConfig(options)
    return credential.type === 'applicationCredential' && credential.secret.reveal() === own.secret.reveal()
  } catch {
    // incomplete: nobody logs in with it
    return false
  }
}

/** What the loader makes of an entry if these files are taken. */
type Load = (clouds: string, secure: string | undefined) => CloudConfig

/**
 * Writes another credential into the entry of a cloud: each file is replaced as a whole or not at all, is readable by its owner
 * alone, who stays the same, and is otherwise left as it is. At every moment the entry has one whole credential.
 *
 * @param rehearse does everything but the last step, so that what hinders it is known before a credential is made
 * @param since what {@link stampOfFiles} said when it was decided to write: whoever was later has the last word
 * @throws Problem `CredentialNotReplaceable`, `CloudsFileInvalid`, `CloudsFileClosed`; `CloudsFileChanged` if somebody else has
 * written it meanwhile, which another try may mend
 */
export function writeCredential(
  settings: CloudSettings,
  cloud: string,
  fresh: FreshCredential,
  { rehearse = false, since }: { rehearse: true; since?: undefined } | { rehearse?: false; since: string | undefined },
): void {
  const { config } = currentCredential(settings, cloud)
  const entry = config.name
  const secure = config.source.kind === 'file' ? config.source.secure : undefined
  const load: Load = (clouds, beside) =>
    loadCloudConfig({ cloud: entry, env: {}, cwd: dirname(settings.cloudsFile), files: { clouds, secure: beside } })
  const staged: Staged[] = []
  try {
    // what secure.yaml says counts more: with the id and the secret in it, the other file has nothing to say until it follows
    for (const path of [secure, settings.cloudsFile]) {
      if (path !== undefined) staged.push(...stage(path, entry, fresh))
    }
    requireWhole(staged, { clouds: settings.cloudsFile, secure }, load, fresh)
    if (rehearse) return
    if (stampOfFiles(settings.cloudsFile) !== since) throw changed(settings.cloudsFile)
    for (const { path, copy, stamp } of staged) {
      if (stampOf(path) !== stamp) throw changed(path)
      renameSync(copy, path)
      sync(dirname(path))
    }
  } finally {
    for (const { copy } of staged) remove(copy)
  }
}

interface Staged {
  path: string
  /** Where the new text is, until it takes the place of the old. */
  copy: string
  stamp: string | undefined
}

function stage(named: string, entry: string, fresh: FreshCredential): Staged[] {
  const path = realpathSync(named)
  const stamp = stampOf(path)
  const text = readFileSync(path, 'utf8')
  const replaced = replaceCredential(text, entry, fresh, named)
  if (replaced === text) return []
  const copy = `${copiesOf(path)}${process.pid}.new`
  const { uid, gid } = statSync(path)
  try {
    removeLeft(path)
    const file = openSync(copy, 'w', 0o600)
    try {
      chmodSync(copy, 0o600)
      if (statSync(copy).uid !== uid || process.getuid?.() === 0) fchownSync(file, uid, gid)
      writeSync(file, replaced)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    remove(copy)
    throw closed(named, error)
  }
  return [{ path, copy, stamp }]
}

const copiesOf = (path: string): string => join(dirname(path), `.${basename(path)}.`)

/** A copy lives for milliseconds. */
const copyIsLeft = 60_000

/** Copies of a process that was killed in the middle: there are secrets in them. */
function removeLeft(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const copy = join(dirname(path), name)
    if (!copy.startsWith(copiesOf(path)) || !/\.\d+\.new$/.test(name)) continue
    const left = statSync(copy, { throwIfNoEntry: false })
    if (left !== undefined && Date.now() - left.mtimeMs > copyIsLeft) rmSync(copy, { force: true })
  }
}

/** After each of the steps the entry must have the new credential, with its id and its secret. */
function requireWhole(
  staged: readonly Staged[],
  files: { clouds: string; secure: string | undefined },
  load: Load,
  fresh: FreshCredential,
): void {
  for (let done = 1; done <= Math.max(1, staged.length); done++) {
    const now = (path: string) => staged.slice(0, done).find((one) => one.path === realpathSync(path))?.copy ?? path
    const { credential } = load(now(files.clouds), files.secure === undefined ? undefined : now(files.secure))
    if (credential.type === 'applicationCredential' && isFresh(credential, fresh)) continue
    throw new Problem({
      code: 'CredentialNotReplaceable',
      kind: 'auth',
      where: files.clouds,
      message: 'its credential is not where it can be replaced in one step',
      next: 'Write application_credential_id and application_credential_secret of an entry into one file, below its auth.',
    })
  }
}

const isFresh = (credential: ApplicationCredential, { id, name, secret }: FreshCredential): boolean =>
  credential.secret.reveal() === secret && ('id' in credential ? credential.id === id : credential.name === name)

function remove(copy: string): void {
  try {
    rmSync(copy, { force: true })
  } catch {
    // what could not be made is not there
  }
}

function sync(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const closed = (path: string, cause: unknown): Problem =>
  new Problem(
    {
      code: 'CloudsFileClosed',
      kind: 'auth',
      where: path,
      message: `the worker process cannot replace it: ${cause instanceof Error ? cause.message : String(cause)}`,
      next: 'Let its account own the file and write in its folder.',
    },
    { cause },
  )

const changed = (path: string): Problem =>
  new Problem({
    code: 'CloudsFileChanged',
    kind: 'unreachable',
    where: path,
    message: 'somebody has written it at the same time',
    next: 'It is tried again.',
  })
