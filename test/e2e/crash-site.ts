import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { untilTakenUp } from '#contract/questions.ts'
import { vmsQuery } from '#contract/lists.ts'
import { vmRecord, type VmResult } from '#contract/vm-lifecycle.ts'
import type { VmRecord } from '#domain/vm/record.ts'
import type { ServerRecord } from '#testbed/cloud/admin/inspect.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import type { SiteOptions } from '#testbed/site/options.ts'
import { POOL } from '#testbed/site/site-files.ts'
import { startSite, type Site } from '#testbed/site/site.ts'
import { FLAVOR, IMAGE } from '#testbed/site/words.ts'
import { jobsOf, type SeenJob } from './seen-jobs.ts'

/** A VM as its workflow has it. */
export interface SeenVm {
  vm: string
  /** Temporal's word for the workflow: RUNNING, COMPLETED, FAILED … */
  status: string
  /** Once it has completed. */
  result?: VmResult
}

export interface Wish {
  jobs: number
  /** Of each; a VM of the usual flavor has 2. */
  cpus?: number
  /** How long each takes. */
  seconds?: number
  /** Path of a file: each takes until that exists, instead. */
  until?: string
  /** Further lines of the submit file. */
  lines?: string[]
  flavor?: string
}

export interface Answer {
  exitCode: number | undefined
  stderr: string
  submission: string
  workflowId: string
  clusters: { id: number; jobs: number }[]
  alreadyRunning: boolean
}

/** A site with plain worker processes, and the questions that crash tests ask of everything but the product. */
export interface CrashSite extends AsyncDisposable {
  site: Site
  client: Client
  /** A submit file whose jobs write down their beginning and end. */
  write(name: string, wish: Wish): string
  /** `canfar-batch submit` of a file, as the astronomer. */
  enter(file: string, more?: string[], flavor?: string): Promise<Answer>
  submit(name: string, wish: Wish): Promise<Answer>
  jobs: () => Promise<SeenJob[]>
  /** `<cluster>.<proc>` of every job that began, once for each time. */
  began(): string[]
  ended(): string[]
  vms: () => Promise<SeenVm[]>
  record(vm: string): Promise<VmRecord>
  /** Every server that ever was, on all clouds. */
  servers(): Promise<ServerRecord[]>
  crash(): Promise<void>
  restart(): Promise<void>
  kills(): number
}

const job = (ran: string) => `#!/bin/sh
echo "$1 began" >> '${ran}'
case $2 in
/*) until [ -e "$2" ]; do sleep 0.2; done ;;
*) sleep "$2" ;;
esac
echo "$1 ended" >> '${ran}'
`

export async function startCrashSite(options: Partial<SiteOptions> = {}): Promise<CrashSite> {
  const site = await startSite({ fast: true, guests: 'process', ...options })
  const connection = await Connection.connect({ address: site.temporal.address })
  const client = new Client({ connection, interceptors: { workflow: [untilTakenUp] } })
  const folder = join(site.account.home, 'work')
  const ran = join(folder, 'ran')
  writeOwn(site.account, join(folder, 'job.sh'), job(ran), 0o755)
  const lines = (word: string): string[] => {
    const text = existsSync(ran) ? readFileSync(ran, 'utf8') : ''
    return text.split('\n').flatMap((line) => (line.endsWith(` ${word}`) ? [line.slice(0, line.indexOf(' '))] : []))
  }
  let kills = 0
  const write = (name: string, { jobs, seconds = 1, until: gate, cpus = 2, lines: more = [] }: Wish): string => {
    const text = [
      'executable = job.sh',
      `arguments = $(Cluster).$(Process) ${gate ?? seconds}`,
      `request_cpus = ${cpus}`,
      'request_memory = 100',
      ...more,
      `queue ${jobs}`,
      '',
    ]
    writeOwn(site.account, join(folder, name), text.join('\n'), 0o644)
    return name
  }
  const enter = async (file: string, more: string[] = [], flavor = FLAVOR): Promise<Answer> => {
    const { exitCode, stdout, stderr } = await site.cli(['submit', file, IMAGE, flavor, '-o', 'json', ...more], {
      cwd: folder,
    })
    const { item = {} } = (exitCode === 0 ? JSON.parse(stdout) : {}) as { item?: Partial<Answer> }
    const { submission = '', workflowId = '', clusters = [], alreadyRunning = false } = item
    return { exitCode, stderr, submission, workflowId, clusters, alreadyRunning }
  }
  return {
    site,
    client,
    write,
    enter,
    submit: async (name, wish) => {
      const answer = await enter(write(name, wish), [], wish.flavor)
      if (answer.exitCode !== 0) throw new Error(`canfar-batch submit ended with ${answer.exitCode}: ${answer.stderr}`)
      return answer
    },
    jobs: () => jobsOf(site.pool),
    began: () => lines('began'),
    ended: () => lines('ended'),
    vms: () => vmsOf(client),
    record: (vm) => client.workflow.getHandle(vm).query(vmRecord),
    servers: async () => (await Promise.all(Object.values(site.clouds).map(({ admin }) => admin.servers()))).flat(),
    crash: async () => {
      kills += 1
      await site.killWorkerProcess()
    },
    restart: () => site.startWorkerProcess(),
    kills: () => kills,
    [Symbol.asyncDispose]: async () => {
      await connection.close()
      const { failed } = await site.stop()
      if (failed.length > 0) throw new Error(`left behind: ${JSON.stringify(failed)}`)
    },
  }
}

async function vmsOf(client: Client): Promise<SeenVm[]> {
  const seen: SeenVm[] = []
  for await (const { workflowId: vm, status } of client.workflow.list({ query: vmsQuery(POOL, { running: false }) })) {
    const done = status.name === 'COMPLETED'
    const result = done ? ((await client.workflow.getHandle(vm).result()) as VmResult) : undefined
    seen.push({ vm, status: status.name, ...(result !== undefined && { result }) })
  }
  return seen
}

/** Waits until the answer is as wished; its last value is in the error otherwise. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  wished: (value: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  for (const end = Date.now() + timeoutMs; ; await sleep(150)) {
    const value = await ask()
    if (wished(value)) return value
    if (Date.now() > end) throw new Error(`${what}: after ${timeoutMs} ms still ${JSON.stringify(value)}`)
  }
}
