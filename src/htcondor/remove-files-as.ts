import type { Account } from './account.ts'
import { runAs } from './run-as.ts'

/** Removes files with the account's rights. @returns those that were there */
export async function removeFilesAs(
  account: Account | 'self',
  paths: readonly string[],
  options: { signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  if (paths.length === 0) return []
  const script = 'for f; do test -f "$f" && rm -f -- "$f" && printf "%s\\0" "$f"; done; :'
  const { stdout } = await runAs(account, ['/bin/sh', '-c', script, 'sh', ...paths], { ...options, cwd: '/' })
  return stdout.split('\0').filter((path) => path !== '')
}
