import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeOwn } from '#testbed/site/astronomer.ts'
import type { CrashSite } from '../e2e/crash-site.ts'
import type { Journal } from './journal.ts'
import { notesFolder } from './notes.ts'
import type { PlannedAct, PlannedSubmission } from './plan.ts'

/** What came of a submission, as its user saw it. */
export interface Entered {
  file: string
  jobs: number
  /** Absent: it was refused to the last, or was taken and not yet in the queue. */
  submission?: string
  clusters: number[]
}

/** A job writes down where and when it ran, apart from all books, also in a real guest; and leaves an output. */
const script = (ran: string): string => `#!/bin/sh
vm=$(sed -n 's/^VMName = "\\(.*\\)"$/\\1/p' "$_CONDOR_MACHINE_AD")
echo "$1 began $(date +%s%3N) $vm" >> '${ran}'
sleep "$2"
echo "$1 ended $(date +%s%3N) $vm" >> '${ran}'
echo "done $1"
`

/** As good as an answer, for who was told to look there. */
const inTheQueue = { exitCode: 0, stderr: '', submission: '', workflowId: '', clusters: [], alreadyRunning: true }

const tries = 8
const pause = 4000

/** Those who use the system, and those who run it. What is refused is tried again, as people do. */
export class People {
  readonly entered: Entered[] = []
  /** The jobs' notes. */
  readonly ran: string
  readonly #own: CrashSite
  readonly #journal: Journal
  readonly #planted: ReadonlySet<string>
  readonly #folder: string
  /** Few commands at a time: each is a process that costs as much as a worker VM. */
  readonly #lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve(), Promise.resolve()]
  #next = 0

  constructor(own: CrashSite, journal: Journal, planted: ReadonlySet<string>) {
    this.#own = own
    this.#journal = journal
    this.#planted = planted
    this.#folder = join(own.site.account.home, 'work')
    this.ran = join(notesFolder(own.site.instance), 'chaos-ran')
    // the jobs' own account, which has the same number in a guest
    writeOwn(own.site.account, this.ran, '', 0o644)
    writeOwn(own.site.account, join(this.#folder, 'chaos.sh'), script(this.ran), 0o755)
  }

  output = (job: string): string => join(this.#folder, `out.${job}`)

  async submit(wish: PlannedSubmission): Promise<void> {
    const { name, jobs, seconds, flavor, cloud, regret } = wish
    const text = [
      'executable = chaos.sh',
      `arguments = $(Cluster).$(Process) ${seconds}`,
      'output = out.$(Cluster).$(Process)',
      'request_cpus = 2',
      'request_memory = 100',
      `+TestFile = "${name}"`,
      ...(cloud === undefined ? [] : [`+TargetClouds = "${cloud}"`, `requirements = TARGET.CloudName == "${cloud}"`]),
      `queue ${jobs}`,
      '',
    ]
    writeOwn(this.#own.site.account, join(this.#folder, name), text.join('\n'), 0o644)
    const entered: Entered = { file: name, jobs, clusters: [] }
    this.entered.push(entered)
    let unsure = false
    const answer = await this.#insist(`submit ${name}`, async () => {
      if (unsure && (await this.#own.jobs()).some(({ file }) => file === name)) return inTheQueue
      const told = await this.#own.enter(name, [], flavor)
      unsure ||= told.stderr.includes('PerhapsSubmitted')
      // it goes on by itself: who enters it anew after its end has a second one
      return /NotYetSubmitted|It is recorded/.test(told.stderr) ? { ...told, exitCode: 0 } : told
    })
    if (answer === undefined) return
    if (answer.submission === '') {
      this.#journal.write({
        what: 'user',
        kind: 'submit',
        note: `${name}: ${jobs} jobs of ${seconds} s, not yet queued`,
      })
      return
    }
    entered.submission = answer.submission
    entered.clusters = answer.clusters.map(({ id }) => id)
    this.#journal.write({
      what: 'user',
      kind: 'submit',
      target: `submission/${answer.submission}`,
      note: `${name}: ${jobs} jobs of ${seconds} s, clusters ${entered.clusters.join()}`,
    })
    if (regret === undefined) return
    await sleep(regret.after)
    await this.#regret(regret.how, answer.workflowId, entered)
  }

  async #regret(how: 'one job' | 'all jobs' | 'cancel', workflowId: string, { submission, clusters }: Entered) {
    const target = `submission/${submission}`
    const [cluster = 0] = clusters
    // said before it is done: what it kills is excused from now on
    if (how === 'cancel') {
      this.#journal.write({ what: 'operator', kind: 'cancel', target })
      const { client } = this.#own
      await client
        .withDeadline(Date.now() + 20_000, () => client.workflow.getHandle(workflowId).cancel())
        .catch((error: unknown) =>
          this.#journal.write({ what: 'note', kind: 'cancel refused', target, note: String(error) }),
        )
      return
    }
    const id = how === 'one job' ? `${cluster}.0` : `${cluster}`
    this.#journal.write({ what: 'user', kind: 'remove', target: `job/${id}` })
    await this.#insist(`remove ${id}`, async () => {
      const answer = await this.#own.site.cli(['job', 'remove', id, '--yes'])
      // what is not there any more is removed
      return /NotFound|not found|no such job|not in the queue/i.test(answer.stdout + answer.stderr)
        ? { ...answer, exitCode: 0 }
        : answer
    })
  }

  async operate(act: PlannedAct): Promise<void> {
    if (act.act === 'disable') {
      const { cloud, lasts } = act
      this.#journal.write({ what: 'operator', kind: 'disable', target: `cloud/${cloud}` })
      await this.#insist(`disable ${cloud}`, () => this.#asOperator('cloud', 'disable', cloud, '--reason', 'chaos'))
      await sleep(lasts)
      await this.#insist(`enable ${cloud}`, () => this.#asOperator('cloud', 'enable', cloud))
      this.#journal.write({ what: 'operator', kind: 'enable', target: `cloud/${cloud}` })
      return
    }
    const guests = this.#own.site.runner.guests().filter(({ name, running }) => running && !this.#planted.has(name))
    const names = guests.map(({ name }) => name).toSorted()
    const vm = names[Math.floor(act.pick * names.length)]
    if (vm === undefined) return
    this.#journal.write({ what: 'operator', kind: 'retire', target: `vm/${vm}` })
    await this.#insist(`retire ${vm}`, () => this.#asOperator('vm', 'retire', vm, '--yes'))
  }

  #asOperator(...argv: string[]) {
    return this.#own.site.cli(argv, { as: 'operator' })
  }

  /** The answer that at last was good. */
  async #insist<T extends { exitCode: number | undefined; stderr: string }>(
    what: string,
    command: () => Promise<T>,
  ): Promise<T | undefined> {
    for (let n = 1; ; n++) {
      const answer = await this.#inTurn(command)
      if (answer.exitCode === 0) return answer
      const note = `${what}: exit code ${answer.exitCode}: ${answer.stderr.trim().slice(0, 300)}`
      this.#journal.write({ what: 'note', kind: 'refused', note })
      if (n >= tries) return undefined
      await sleep(pause)
    }
  }

  #inTurn<T>(command: () => Promise<T>): Promise<T> {
    const lane = this.#next++ % this.#lanes.length
    const mine = (this.#lanes[lane] ?? Promise.resolve()).then(command)
    this.#lanes[lane] = mine.catch(() => undefined)
    return mine
  }
}
