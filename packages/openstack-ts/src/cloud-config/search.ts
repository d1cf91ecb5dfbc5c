import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** Files named by the caller; each one left out is searched for. */
export interface ConfigFiles {
  clouds?: string | undefined
  secure?: string | undefined
  public?: string | undefined
}

export interface FoundFiles {
  clouds: string | undefined
  secure: string | undefined
  public: string | undefined
  /** Every place where clouds.yaml was looked for, in order. */
  searched: readonly string[]
}

const EXTENSIONS = ['yaml', 'yml', 'json']

/**
 * Finds the configuration files as openstacksdk does: a variable that names the file first, then the working
 * directory, the user's configuration folders and the system's; the first file that can be read wins, so that another
 * account's secrets in a common folder stop nobody.
 */
export function findConfigFiles(files: ConfigFiles, env: Environment, cwd: string): FoundFiles {
  const folders = [cwd, ...commonFolders(env)]
  const candidates = (base: string, variable: string, within: readonly string[]): string[] => {
    const named = env[variable]
    const searched = within.flatMap((folder) => EXTENSIONS.map((extension) => join(folder, `${base}.${extension}`)))
    return named ? [resolve(cwd, named), ...searched] : searched
  }
  if (files.clouds !== undefined) {
    // A file that was named has its secrets beside it; what lies in the working directory belongs to another one.
    const beside = [dirname(resolve(cwd, files.clouds))]
    return {
      clouds: resolve(cwd, files.clouds),
      secure: given(files.secure, cwd) ?? candidates('secure', 'OS_CLIENT_SECURE_FILE', beside).find(isReadable),
      public: given(files.public, cwd) ?? candidates('clouds-public', 'OS_CLIENT_VENDOR_FILE', beside).find(isReadable),
      searched: [resolve(cwd, files.clouds)],
    }
  }
  const searched = candidates('clouds', 'OS_CLIENT_CONFIG_FILE', folders)
  return {
    clouds: searched.find(isReadable),
    secure: given(files.secure, cwd) ?? candidates('secure', 'OS_CLIENT_SECURE_FILE', folders).find(isReadable),
    public: given(files.public, cwd) ?? candidates('clouds-public', 'OS_CLIENT_VENDOR_FILE', folders).find(isReadable),
    searched,
  }
}

function given(file: string | undefined, cwd: string): string | undefined {
  return file === undefined ? undefined : resolve(cwd, file)
}

function commonFolders(env: Environment): string[] {
  const home = join(env['HOME'] || homedir(), '.config')
  const system = (env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').filter(isAbsolute)
  const bases = [env['XDG_CONFIG_HOME'] || home, home, ...system, '/etc']
  return [...new Set(bases.map((base) => join(base, 'openstack')))]
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** Why a file that was looked for was not taken. */
export function absence(path: string): string {
  return existsSync(path) ? 'cannot be read' : 'no such file'
}
