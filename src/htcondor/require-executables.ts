import { isAbsolute, resolve } from 'node:path'
import { Problem } from '#domain/problem.ts'
import type { Executable } from '#domain/submit/report.ts'
import type { Account } from './account.ts'
import { statAs } from './files-as.ts'

/**
 * Looks for the programs that go with the jobs, as the account that submits them.
 * @param file how the user knows the submit file; the problem says `file:line`
 * @throws Problem `ExecutableMissing` or `ExecutableUnreadable`
 */
export async function requireExecutables(
  account: Account | 'self',
  executables: readonly Executable[],
  file: string,
  directory: string,
): Promise<void> {
  for (const { path, line, transferred } of executables) {
    if (path === undefined || !transferred) continue
    const full = isAbsolute(path) ? path : resolve(directory, path)
    const found = await statAs(account, full)
    const where = `${file}:${line}`
    if (found?.kind !== 'file') {
      throw new Problem({
        code: 'ExecutableMissing',
        kind: 'not-found',
        where,
        message:
          found === undefined
            ? `the executable ${path} does not exist${path === full ? '' : ` in ${directory}`}`
            : `the executable ${path} is not a file`,
        next: 'Create it, correct the line, or write "transfer_executable = false" if it is in the VM image.',
      })
    }
    if (found.readable) continue
    throw new Problem({
      code: 'ExecutableUnreadable',
      kind: 'failure',
      where,
      message: `you may not read the executable ${path}, so it cannot go with the jobs`,
      next: `Give yourself the right: chmod u+rx ${path}`,
    })
  }
}
