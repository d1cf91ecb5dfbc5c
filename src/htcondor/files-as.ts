import type { Account } from './account.ts'
import { CondorError } from './condor-error.ts'
import { runAs, type Finished } from './run-as.ts'

type Options = { signal?: AbortSignal | undefined }

/** The account's own view of a file; the paths are absolute. */
export async function readFileAs(account: Account | 'self', path: string, options: Options = {}): Promise<string> {
  return done('cat', path, await runAs(account, ['cat', '--', path], { ...options, cwd: '/' })).stdout
}

/** Replaces a file as a whole, or not at all; only the account may read it. Missing folders are made, closed likewise. */
export async function writeFileAs(
  account: Account | 'self',
  path: string,
  text: string,
  options: Options = {},
): Promise<void> {
  const script =
    'mkdir -p -- "$2" && t=$(mktemp -- "$1.XXXXXX") && { cat > "$t" && sync -- "$t" && mv -fT -- "$t" "$1" || { rm -f -- "$t"; exit 1; }; }'
  const folder = path.slice(0, path.lastIndexOf('/')) || '/'
  done(
    'write',
    path,
    await runAs(account, ['/bin/sh', '-c', script, 'sh', path, folder], {
      ...options,
      cwd: '/',
      input: text,
      umask: 0o077,
    }),
  )
}

export interface FileStatus {
  kind: 'file' | 'directory' | 'other'
  bytes: number
  /** Whether the account may read it (for a directory: enter it), and execute it. */
  readable: boolean
  executable: boolean
}

/** `undefined` if there is no such file as far as the account can see. */
export async function statAs(
  account: Account | 'self',
  path: string,
  options: Options = {},
): Promise<FileStatus | undefined> {
  const script = 'stat -L -c "%F:%s" -- "$1" || exit 4; test -r "$1" && echo r; test -x "$1" && echo x; :'
  const { exitCode, stdout } = await runAs(account, ['/bin/sh', '-c', script, 'sh', path], { ...options, cwd: '/' })
  if (exitCode === 4) return undefined
  const [first = '', ...rights] = stdout.trim().split('\n')
  const [type = '', bytes = '0'] = first.split(':')
  const kind = type.startsWith('regular') ? 'file' : type === 'directory' ? 'directory' : 'other'
  return { kind, bytes: Number(bytes), readable: rights.includes('r'), executable: rights.includes('x') }
}

function done(tool: string, path: string, result: Finished): Finished {
  if (result.exitCode === 0) return result
  const message = result.stderr.trim().split('\n')[0] ?? ''
  const code = /No such file/.test(message) ? 'not-found' : /Permission denied/.test(message) ? 'denied' : 'failed'
  throw new CondorError({
    tool,
    code,
    message: message === '' ? path : message.replace(/^\w+: /, ''),
    exitCode: result.exitCode,
    stderr: result.stderr,
  })
}
