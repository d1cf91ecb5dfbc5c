import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

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
 * directory, the user's configuration folder and /etc/openstack; the first file that exists wins.
 */
export function findConfigFiles(files: ConfigFiles, env: Environment, cwd: string): FoundFiles {
  const folders = [cwd, userFolder(env), '/etc/openstack']
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
      secure: given(files.secure, cwd) ?? candidates('secure', 'OS_CLIENT_SECURE_FILE', beside).find(existsSync),
      public: given(files.public, cwd) ?? candidates('clouds-public', 'OS_CLIENT_VENDOR_FILE', beside).find(existsSync),
      searched: [resolve(cwd, files.clouds)],
    }
  }
  const searched = candidates('clouds', 'OS_CLIENT_CONFIG_FILE', folders)
  return {
    clouds: searched.find(existsSync),
    secure: given(files.secure, cwd) ?? candidates('secure', 'OS_CLIENT_SECURE_FILE', folders).find(existsSync),
    public: given(files.public, cwd) ?? candidates('clouds-public', 'OS_CLIENT_VENDOR_FILE', folders).find(existsSync),
    searched,
  }
}

function given(file: string | undefined, cwd: string): string | undefined {
  return file === undefined ? undefined : resolve(cwd, file)
}

function userFolder(env: Environment): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'openstack')
}
