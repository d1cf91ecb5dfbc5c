import type { Deps } from '#activities/deps.ts'
import { siteRenderOptions } from '#config/render-options.ts'
import type { CloudChoice, CloudCopy, SubmissionInput } from '#contract/submission.ts'
import { renderSubmitFile } from '#domain/submit/render.ts'
import { checkRendered } from '#htcondor/check-rendered.ts'
import { writeFileAs } from '#htcondor/files-as.ts'
import { renderedFile } from './own-files.ts'
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
    copies,
    proxy,
  }: { input: SubmissionInput; id: string; choices: CloudChoice[]; copies: CloudCopy[]; proxy: string | undefined },
): Promise<Rendered> {
  const text = await readUnchanged(input)
  const { user } = input.account
  const { keepaliveMinutes } = input
  const options = siteRenderOptions(config, { text, id, choices, copies, user, keepaliveMinutes, proxy })
  const rendered = renderSubmitFile(options)
  const file = renderedFile(input.stateFolder, id)
  await writeFileAs(input.account, file, rendered)
  const { account: as, directory, file: name } = input
  const { jobs, factory } = await checkRendered(condor, { as, file, directory, rendered, name, stamp: options })
  return { file, jobs, factory }
}
