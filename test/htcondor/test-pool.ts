import { setTimeout as sleep } from 'node:timers/promises'
import { serialiseSettings } from '#domain/worker/condor-settings.ts'
import { workerConfiguration } from '#domain/worker/worker-configuration.ts'
import type { Account } from '#htcondor/account.ts'
import { createWorkerToken } from '#htcondor/tokens.ts'
import type { CondorTools } from '#htcondor/tools.ts'
import { workers } from '#htcondor/workers.ts'
import type { Settings } from '#testbed/condor/configuration.ts'
import { startPool, type Pool } from '#testbed/condor/pool.ts'
import { startWorker, type Worker } from '#testbed/condor/worker.ts'
import { demoAccount } from '#testbed/instance/account.ts'
import { addressIn, createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'

/** A real HTCondor pool of a test's own, an account that submits, and workers configured as worker VMs are. */
export interface TestPool extends AsyncDisposable {
  instance: Instance
  pool: Pool
  tools: CondorTools
  as: Account
  /** Starts a worker VM's HTCondor as plain processes; it is in the pool when this returns. */
  addWorker: (
    vm: string,
    changes?: { tenant?: string; vmType?: string; cpus?: number; settings?: string; identity?: string },
  ) => Promise<Worker>
}

/** @param extra further settings of the central manager */
export async function startTestPool(extra: (instance: Instance) => Settings = () => ({})): Promise<TestPool> {
  const instance = await createInstance()
  const { name, uid, gid, home } = await demoAccount(instance)
  const as: Account = { user: name, uid, gid, home }
  const pool = await startPool(instance, { fast: true, extra: extra(instance) })
  const tools: CondorTools = { configFile: pool.configFile, binDir: pool.binDir, sbinDir: pool.sbinDir }
  let address = 10
  return {
    instance,
    pool,
    tools,
    as,
    addWorker: async (
      vm,
      {
        tenant = as.user,
        vmType = 'proj:image',
        cpus = 2,
        settings = '',
        identity = `${tenant}.${vm}@${pool.trustDomain}`,
      } = {},
    ) => {
      const [host = '', port = ''] = pool.collector.split(':')
      const cloud = vm.split('-')[1] ?? 'arbutus'
      const configuration = workerConfiguration(
        {
          host,
          port: Number(port),
          trustDomain: pool.trustDomain,
          uidDomain: pool.trustDomain,
          ports: { kind: 'direct' },
          ccb: false,
        },
        { name: vm, cloud, imageId: 'img-1', flavorId: 'flv-1', vmType, tenant, owner: as.user },
        { drain: 3_600_000, keepaliveCap: 10 },
      ).filter(({ name: setting }) => setting !== 'USER_JOB_WRAPPER')
      const own = `NUM_CPUS = ${cpus}\nMEMORY = 4096\nDISK = 50000000\nSTARTD_JOB_ATTRS = VMKeepAlive\n${settings}`
      const token = await createWorkerToken(tools, { identity, lifetimeSeconds: 3600 })
      const config = `${serialiseSettings(configuration)}\n${own}`
      const started = await startWorker(instance, pool, {
        name: vm,
        address: addressIn(instance, address++),
        config,
        token,
      })
      await started.joined()
      return started
    },
    [Symbol.asyncDispose]: async () => {
      await endInstance(instance)
    },
  }
}

/** Waits until the answer is as wished; its last value is in the error otherwise. */
export async function until<T>(ask: () => Promise<T>, wished: (value: T) => boolean, timeoutMs = 30_000): Promise<T> {
  for (const end = Date.now() + timeoutMs; ; await sleep(100)) {
    const value = await ask()
    if (wished(value)) return value
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)} after ${timeoutMs} ms`)
  }
}

export const seen = async (pool: TestPool) => workers(pool.tools, { trustDomain: pool.pool.trustDomain })

export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}
