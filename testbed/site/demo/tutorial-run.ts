import { Problem } from '#domain/problem.ts'
import { OBSERVATIONS, type Tutorial, writeTutorial } from '#testbed/tutorial/write-tutorial.ts'
import type { Site } from '../site.ts'
import { FLAVOR, IMAGE, SUBMIT_FILE } from '../words.ts'
import { type Audit, audit } from './audit.ts'
import type { Clock } from './clock.ts'
import { follow } from './follow.ts'
import type { Observation } from './observe.ts'
import { checkOutputs } from './outputs.ts'

/** Longest that the four jobs may take, from booting the first VM to the last output. */
const DONE_MS = 300_000
/** Longest that the VMs may stay after the last job: keepalive, drain, delete. */
const GONE_MS = 120_000

export interface TutorialRun extends Audit {
  last: Observation
}

/** Lays the tutorial's files into the astronomer's home. */
export const prepareTutorial = (site: Site): Promise<Tutorial> =>
  writeTutorial(site.account.home, site.account.temporary ? { owner: site.account } : {})

/** Submits the tutorial's jobs as the astronomer does and watches until they are done and all VMs are gone. */
export async function runTutorial(
  site: Site,
  tutorial: Tutorial,
  setupSeconds: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<TutorialRun> {
  const { say } = clock
  const argv = ['submit', SUBMIT_FILE, IMAGE, FLAVOR]
  clock.begin('submit', `${site.account.name}$ canfar-batch ${argv.join(' ')}`)
  const submitted = Date.now()
  const { exitCode, stdout, stderr } = await site.cli(argv, { cwd: tutorial.folder })
  for (const line of `${stdout}\n${stderr}`.split('\n').filter((text) => text.trim() !== '')) say(`  ${line}`)
  if (exitCode !== 0) {
    throw new Problem({
      code: 'SubmitFailed',
      kind: 'failure',
      message: `canfar-batch submit ended with ${String(exitCode)}`,
      next: 'Run it again with --keep: the site then stays up, and canfar-batch doctor looks at each part',
    })
  }
  clock.begin('jobs', 'worker VMs boot because jobs wait')
  const ended = await follow(site, {
    what: 'the end of all jobs',
    until: ({ queue, history }) => queue.length === 0 && history.length > 0,
    limitMs: DONE_MS,
    say,
    signal,
  })
  const done = Date.now()
  clock.begin('going', 'no work is left: the VMs wait for their keepalive, drain and go')
  const last = await follow(site, {
    what: 'the end of all VMs',
    until: ({ clouds, guests }) =>
      guests.length === 0 && clouds.every(({ servers }) => servers.every((server) => server.deletedAt !== null)),
    limitMs: GONE_MS,
    known: ended,
    say,
    signal,
  })
  clock.end()
  const outputs = checkOutputs(tutorial, site.account)
  return { ...audit(last, outputs, { submitted, done }, setupSeconds, OBSERVATIONS.length), last }
}
