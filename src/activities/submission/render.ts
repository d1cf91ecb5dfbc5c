import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Deps } from '#activities/deps.ts'
import type { CloudChoice, SubmissionInput } from '#contract/submission.ts'
import { renderOptions } from '#domain/submit/render-options.ts'
import { renderSubmitFile } from '#domain/submit/render.ts'
import { readFileAs, writeFileAs } from '#htcondor/files-as.ts'

/** @returns the rendered file's path */
export async function renderSubmission(
  { config }: Deps,
  { input, id, choices, proxy }: { input: SubmissionInput; id: string; choices: CloudChoice[]; proxy: string | undefined },
): Promise<string> {
  const text = await readFileAs(input.account, input.file)
  const preCommand = fileURLToPath(new URL('../../../worker-kit/canfar_batch_cert', import.meta.url))
  const rendered = renderSubmitFile(
    renderOptions({
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
      ...(proxy === undefined ? {} : { proxy: { path: proxy, preCommand } }),
    }),
  )
  const file = join(input.stateFolder, 'submissions', `${id}.sub`)
  await writeFileAs(input.account, file, rendered)
  return file
}
