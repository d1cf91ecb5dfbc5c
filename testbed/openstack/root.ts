import { join } from 'node:path'
import { execa } from 'execa'

/** An installation: the root file system that it runs in, and its state. */
export interface Root {
  /** Of `ensureOpenStackImage`. */
  image: string
  /** The folder on the host that the services see as {@link HOME}. */
  state: string
}

/** The state folder as the services see it, in every instance: so that a saved state can name paths. */
export const HOME = '/srv/cloud'

const ENTER = join(import.meta.dirname, 'enter.sh')

/** The command that becomes `argv` in the image; all of its links exec, so the pid stays the command's. */
export const inRoot = ({ image, state }: Root, argv: readonly string[]): [string, ...string[]] => [
  'unshare',
  '--mount',
  '--propagation=private',
  'sh',
  ENTER,
  image,
  state,
  ...argv,
]

/** The environment of everything that runs there: nothing of the host's leaks in. */
export const ROOT_ENV: Readonly<Record<string, string>> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME,
  LC_ALL: 'C.UTF-8',
  PYTHONPATH: `${HOME}/plugins`,
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUNBUFFERED: '1',
}

/**
 * Runs a command in the image to its end.
 * @throws {@link ExecaError} with what it said
 */
export async function runInRoot(
  root: Root,
  argv: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const [file, ...args] = inRoot(root, argv)
  const { stdout } = await execa(file, args, { env: { ...ROOT_ENV, ...env }, extendEnv: false, input })
  return stdout
}
