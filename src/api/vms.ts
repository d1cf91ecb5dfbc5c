import type { WorkflowHandle } from '@temporalio/client'
import { vmsQuery } from '#contract/lists.ts'
import { listedVm, type ListedVm } from '#contract/listed.ts'
import { vmEvent, vmRecord } from '#contract/vm-lifecycle.ts'
import { Problem } from '#domain/problem.ts'
import { limitOf, type VmRecord } from '#domain/vm/record.ts'
import { workers as readWorkers } from '#htcondor/workers.ts'
import { ask } from './ask.ts'
import { mayActOn, webUrl, type Context } from './context.ts'
import type { RetireResult, VmDetails, VmQuery, VmRow } from './types.ts'

/** So many of those that are gone are shown, newest first. */
const mostGone = 200

export async function listVms(context: Context, { cloud, state, all = false }: VmQuery): Promise<VmRow[]> {
  const [vms, workers] = await Promise.all([
    readVms(context, { all, ...(cloud === undefined ? {} : { cloud }) }),
    workersByName(context),
  ])
  return vms.filter((vm) => state === undefined || vm.state === state).map((vm) => rowOf(vm, workers.get(vm.vm)))
}

export async function readVms(context: Context, query: { cloud?: string; all: boolean }): Promise<ListedVm[]> {
  const client = await context.client()
  const { pool } = context.loaded.config
  const found: ListedVm[] = []
  let gone = 0
  const wanted = { running: !query.all, ...(query.cloud === undefined ? {} : { cloud: query.cloud }) }
  for await (const listed of client.workflow.list({ query: vmsQuery(pool, wanted) })) {
    const vm = listedVm(listed)
    if (vm === undefined) continue
    if (vm.state === 'gone' && ++gone > mostGone) break
    found.push(vm)
  }
  return found
}

export async function showVm(context: Context, name: string): Promise<VmDetails> {
  const [described, record] = await askVm(context, name, (vm) => Promise.all([vm.describe(), readRecord(vm)]))
  const vm = listedVm(described)
  if (vm === undefined) throw noSuchVm(name)
  const workers = await workersByName(context)
  const limit = limitOf(record, context.loaded.config.deadlines)
  return {
    ...rowOf({ ...vm, state: record.state }, workers.get(name)),
    ...(limit === undefined ? {} : { deadline: new Date(limit.at).toISOString() }),
    ...(record.reason === undefined ? {} : { reason: record.reason }),
    history: record.history.map(({ at, ...step }) => ({ at: new Date(at).toISOString(), ...step })),
    serverId: record.serverId,
    address: record.address,
    workflowId: name,
    webUrl: webUrl(context, name),
  }
}

export async function retireVm(context: Context, name: string, reason: string): Promise<RetireResult> {
  const vm = await askVm(context, name, async (handle) => listedVm(await handle.describe()))
  if (vm === undefined) throw noSuchVm(name)
  if (!mayActOn(context, vm.order.tenant)) {
    throw new Problem({
      code: 'NotYours',
      kind: 'auth',
      where: name,
      message: `this VM serves ${vm.order.tenant}`,
      next: 'Ask an operator.',
    })
  }
  if (vm.state === 'gone') return { name, state: 'gone', detail: 'it is gone already' }
  const note = `${context.principal.user}: ${reason}`
  await askVm(context, name, (handle) =>
    handle.signal(vmEvent, { kind: 'retire', at: Date.now(), reason: 'Retired', note }),
  )
  return { name, state: vm.state, detail: 'it drains: running jobs finish, no new one starts, then it is deleted' }
}

const readRecord = (handle: WorkflowHandle): Promise<VmRecord> => handle.query(vmRecord)

function noSuchVm(name: string): Problem {
  return new Problem({
    code: 'VmNotFound',
    kind: 'not-found',
    message: `there is no worker VM ${name}`,
    next: 'canfar-batch vm list --all shows those that there are and were.',
  })
}

async function askVm<T>(context: Context, name: string, question: (vm: WorkflowHandle) => Promise<T>): Promise<T> {
  try {
    return await ask(context, name, question)
  } catch (error) {
    throw error instanceof Problem && error.data.code === 'WorkflowNotFound' ? noSuchVm(name) : error
  }
}

/** What the pool knows of the workers; none if it does not answer, for a list of VMs is worth having without it. */
async function workersByName(context: Context): Promise<Map<string, { running: number; started: number }>> {
  const { trustDomain } = context.loaded.config.condor
  const seen = await readWorkers(context.condor, { trustDomain }).catch(() => undefined)
  return new Map(
    (seen?.workers ?? []).map(({ vm, claimed, jobStarts }) => [vm, { running: claimed, started: jobStarts }]),
  )
}

function rowOf(vm: ListedVm, jobs: { running: number; started: number } = { running: 0, started: 0 }): VmRow {
  return {
    name: vm.vm,
    cloud: vm.order.cloud,
    state: vm.state,
    reason: vm.reason,
    owner: vm.order.tenant,
    vmType: vm.order.vmType,
    image: vm.order.image.name,
    flavor: vm.order.flavor.name,
    age: (vm.closedAt ?? Date.now()) - vm.bornAt,
    jobs,
  }
}
