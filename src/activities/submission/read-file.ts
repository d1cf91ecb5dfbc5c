import { createHash } from 'node:crypto'
import { isAbsolute, resolve } from 'node:path'
import type { Deps } from '#activities/deps.ts'
import type { SubmissionInput } from '#contract/submission.ts'
import { Problem } from '#domain/problem.ts'
import type { SubmitReport } from '#domain/submit/report.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import { readFileAs, statAs } from '#htcondor/files-as.ts'

/** What a submission needs to know of its file; small, for it goes into the history. */
export interface ReadFile {
  warnings: string[]
  image?: string
  flavor?: string
  keepaliveMinutes?: number
  resources: SubmitReport['resources']
  /** The proxy that the file itself names. */
  proxy?: string
}

/** @throws Problem naming file and line */
export async function readSubmitFile({ config }: Deps, input: SubmissionInput): Promise<ReadFile> {
  const { account, file, directory } = input
  const text = await readFileAs(account, file)
  if (createHash('sha256').update(text).digest('hex') !== input.fileDigest) {
    throw new Problem({
      code: 'SubmitFileChanged',
      kind: 'failure',
      where: file,
      message: 'the file has changed since you submitted it',
      next: 'Submit again.',
    })
  }
  const report = validateSubmitFile(text, file, {
    ...(input.image === undefined ? {} : { image: input.image }),
    ...(input.flavor === undefined ? {} : { flavor: input.flavor }),
    strictRequirements: config.policy.refuseRequirements,
  })
  const [problem, ...more] = report.problems
  if (problem !== undefined) {
    throw new Problem({
      ...problem,
      details: [...(problem.details ?? []), ...more.map((one) => `${one.where ?? ''}: ${one.message}`)],
    })
  }
  for (const { path, line, transferred } of report.executables) {
    if (path === undefined || !transferred) continue
    const full = isAbsolute(path) ? path : resolve(directory, path)
    const found = await statAs(account, full)
    if (found?.kind !== 'file') {
      throw new Problem({
        code: 'ExecutableMissing',
        kind: 'not-found',
        where: `${file}:${line}`,
        message: `the executable ${path} does not exist${path === full ? '' : ` in ${directory}`}`,
        next: 'Create it, correct the line, or write "transfer_executable = false" if it is in the VM image.',
      })
    }
  }
  return {
    warnings: report.includes.map((line) => `${file}:${line}: what this line brings in could not be checked`),
    resources: report.resources,
    ...(report.image === undefined ? {} : { image: report.image }),
    ...(report.flavor === undefined ? {} : { flavor: report.flavor }),
    ...(report.keepalive === undefined ? {} : { keepaliveMinutes: report.keepalive }),
    ...(report.x509userproxy === undefined ? {} : { proxy: report.x509userproxy }),
  }
}
