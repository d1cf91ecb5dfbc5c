import { join } from 'node:path'
import type { Deps } from '#activities/deps.ts'
import { proxyPreCommand } from '#config/own-files.ts'
import type { CloudChoice, SubmissionInput } from '#contract/submission.ts'
import { renderOptions } from '#domain/submit/render-options.ts'
import { renderSubmitFile } from '#domain/submit/render.ts'
import { checkRendered } from '#htcondor/check-rendered.ts'
import { writeFileAs } from '#htcondor/files-as.ts'
import { readUnchanged } from './read-file.ts'

/** The rendered file, and what the real condor_submit makes of it. */
export interface Rendered {
  file: string
  jobs: number
  factory: boolean
}

/** @throws Problem naming the user's own line where HTCondor finds fault with it */
export async function renderSubmission(
  { config, condor }: Deps,
  {
    input,
    id,
    choices,
    proxy,
  }: { input: SubmissionInput; id: string; choices: CloudChoice[]; proxy: string | undefined },
): Promise<Rendered> {
  const text = await readUnchanged(input)
  const options = renderOptions({
    text,
    id,
    choices,
    user: input.account.user,
    trustDomain: config.condor.trustDomain,
    keepalive: {
      value: input.keepaliveMinutes ?? config.keepalive.default / 60_000,
      cap: config.keepalive.cap / 60_000,
    },
    refuseRequirements: config.policy.refuseRequirements,
    ...(proxy === undefined ? {} : { proxy: { path: proxy, preCommand: proxyPreCommand } }),
  })
  const rendered = renderSubmitFile(options)
  const file = join(input.stateFolder, 'submissions', `${id}.sub`)
  await writeFileAs(input.account, file, rendered)
  const { account: as, directory, file: name } = input
  const { jobs, factory } = await checkRendered(condor, { as, file, directory, rendered, name, stamp: options })
  return { file, jobs, factory }
}
