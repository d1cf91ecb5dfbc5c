import type { SubmitRequest } from '#api/types.ts'
import { Problem } from '#domain/problem.ts'
import type { CommandSpec, Context, Input, Result } from '../command.ts'
import { parseDuration } from '../duration.ts'
import { one } from '../render/result.ts'
import { count } from '../render/text.ts'
import { follow } from './follow.ts'
import { keepaliveOf } from './keepalive.ts'
import { outcomeText, previewText, submissionText } from './view.ts'

export const command: CommandSpec = {
  details: `Without IMAGE the file's +VMImage counts; without FLAVOR the smallest that meets its request_cpus,
request_memory and request_disk. Ctrl-C while waiting ends the waiting, not the jobs.`,
  arguments: [
    { name: 'FILE', description: 'HTCondor submit file', completes: 'file' },
    { name: 'IMAGE', description: 'image that the worker VMs boot, name or id', optional: true },
    { name: 'FLAVOR', description: 'flavor of the worker VMs, name or id', optional: true },
  ],
  options: [
    { flags: '--dry-run', description: 'show the rendered file, the ids and the plan; change nothing' },
    { flags: '--wait', description: 'follow the jobs until all have ended' },
    { flags: '--no-wait', description: 'return when the jobs are in the queue (default)' },
    { flags: '--timeout <time>', description: 'with --wait: wait no longer than that, e.g. 30m' },
    { flags: '--again', description: 'submit although the same submission is running' },
    { flags: '-c, --cert <path>', description: 'proxy certificate for VOSpace (default: ~/.ssl/cadcproxy.pem)' },
    { flags: '-u, --user <name>', description: 'account that runs the jobs on the worker VM (default: yours)' },
    { flags: '--keepalive <minutes>', description: 'how long an empty worker VM waits for another job' },
  ],
  examples: [
    {
      command: 'canfar-batch submit do_catalogue.sub catalogue-software-2023-08-21 c2-7.5gb-31',
      does: 'hand in the jobs and return',
    },
    {
      command: 'canfar-batch submit do_catalogue.sub catalogue-software-2023-08-21 c2-7.5gb-31 --dry-run',
      does: 'see what would happen',
    },
    {
      command: 'canfar-batch submit do_catalogue.sub catalogue-software-2023-08-21 --wait --timeout 2h',
      does: 'a flavor by what the jobs request; wait for the end, two hours at most',
    },
    {
      command: 'canfar-batch submit jobs.sub my-image -o json | jq .item.submission',
      does: 'for a script',
    },
  ],
  async run(context, input) {
    const wait = input.flag('wait')
    const timeout = input.text('timeout')
    if (timeout !== undefined && !wait) throw pointlessTimeout()
    const limit = timeout === undefined ? undefined : parseDuration(timeout, '--timeout')
    const request = { ...requestOf(context, input), patience: limit }
    const begun = performance.now()
    if (input.flag('dryRun')) return preview(context, request)

    const api = await context.api()
    const submission = await api.submit(request)
    warn(context, submission.warnings)
    if (submission.alreadyRunning) {
      context.note('Already running: shown, not submitted a second time. --again submits it once more.')
    }
    if (!wait) return one('Submission', submission, (view) => submissionText(submission, view))

    const { progress, problem } = await follow(context, api, submission.submission, limit, begun)
    const item = { ...submission, ...progress }
    return { ...one('Submission', item, (view) => outcomeText(submission, progress, view)), problem }
  },
}

const pointlessTimeout = (): Problem =>
  new Problem({
    code: 'OptionConflict',
    kind: 'usage',
    message: 'nothing is waited for',
    where: '--timeout',
    next: 'add --wait, or leave --timeout out',
  })

const requestOf = (context: Context, input: Input): SubmitRequest => ({
  file: input.argument('FILE'),
  image: input.optionalArgument('IMAGE'),
  flavor: input.optionalArgument('FLAVOR'),
  directory: context.directory,
  again: input.flag('again'),
  proxy: input.text('cert'),
  user: input.text('user'),
  keepaliveMinutes: keepaliveOf(input.text('keepalive')),
})

const preview = async (context: Context, request: SubmitRequest): Promise<Result> => {
  const api = await context.api()
  const found = await api.previewSubmission(request)
  warn(context, found.warnings)
  context.note(`Dry run: ${count(found.jobs, 'job')}; nothing shared, submitted or booted.`)
  return one('SubmissionPreview', found, (view) => previewText(found, view))
}

const warn = (context: Context, warnings: readonly string[]): void => {
  for (const warning of warnings) context.note(`warning: ${warning}`)
}
