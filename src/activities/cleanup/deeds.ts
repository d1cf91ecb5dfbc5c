import { Context } from '@temporalio/activity'
import { unlessNotFound } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { absence, absenceWords, type Joining } from '#activities/pool/absence.ts'
import { deleteServer } from '#activities/vm/delete-server.ts'
import { deleteVolumes } from '#activities/vm/delete-volumes.ts'
import { ownServers } from '#clouds/own-servers.ts'
import { deleteDependents } from '#clouds/server-deletion.ts'
import type { Deed } from '#contract/cleanup.ts'
import { vmAdoption } from '#contract/starts.ts'
import { vmEvent, vmLifecycleType } from '#contract/vm-lifecycle.ts'
import type { Finding } from '#domain/cleanup/findings.ts'
import { meaningOf } from '#domain/vm/nova-status.ts'
import { drain, drainState } from '#htcondor/drain.ts'
import { forgetWorker } from '#htcondor/forget-worker.ts'
import { holdAndRelease } from '#htcondor/hold-and-release.ts'
import { vmFile, type FoundFile } from './vm-files.ts'

type Outcome = Pick<Deed, 'outcome' | 'note'>
type Of<Kind extends Finding['kind']> = Extract<Finding, { kind: Kind }>

const done = (note: string): Outcome => ({ outcome: 'done', note })
const goingOn = (note: string): Outcome => ({ outcome: 'going-on', note })
const left = (note: string): Outcome => ({ outcome: 'left', note })

/** What is done about findings. Each proves once more, from the sources themselves, what the finding says. */
export class Deeds {
  readonly #deps: Deps
  readonly #cloud: string

  constructor(deps: Deps, cloud: string) {
    this.#deps = deps
    this.#cloud = cloud
  }

  /** @param force delete in the way that ends also what an ordinary deletion has left hanging */
  async do(finding: Finding, force: boolean): Promise<Outcome> {
    switch (finding.kind) {
      case 'adopt':
        return this.#adopt(finding)
      case 'remove':
        return this.#remove(finding, force)
      case 'lost':
        return this.#tell(finding)
      case 'ghost':
        return this.#layToRest(finding)
      case 'dependents':
        return this.#clear(finding, force)
      case 'unproven':
        return left('nothing is done about what is not provably ours')
    }
  }

  async #adopt({ vm, serverId, because }: Of<'adopt'>): Promise<Outcome> {
    const file = await this.#file(vm)
    if (file?.status !== 'cut') return left(`its workflow is ${file?.status ?? 'not on record'} by now`)
    if (!(await this.#isOurs(file, serverId))) return left('its server is no longer there')
    const { client, config } = this.#deps
    const { order, bornAt } = file.listed
    const start = vmAdoption(config, { vm, order, at: bornAt }, { serverId, bornAt, note: because })
    await client.workflow.start(vmLifecycleType, start)
    return done('its workflow was started again and has taken the server on')
  }

  async #remove({ vm, serverId }: Of<'remove'>, force: boolean): Promise<Outcome> {
    const file = await this.#file(vm)
    if (file?.status !== 'closed') return left(`its workflow is ${file?.status ?? 'not on record'} by now`)
    if (!(await this.#isOurs(file, serverId))) return left('its server is no longer there')
    const { condor, config, clouds } = this.#deps
    const { cancellationSignal: signal } = Context.current()
    const state = await drainState(condor, vm, { signal, trustDomain: config.condor.trustDomain })
    if (state !== 'drained' && state !== 'absent') {
      await drain(condor, vm, 'canfar-batch: left over', { signal })
      return goingOn(`it is in the pool, ${state}: it drains`)
    }
    if (state === 'absent') {
      const found = await absence(this.#deps, vm, await this.#joining(serverId))
      if (found !== 'not-in-pool') return goingOn(absenceWords[found])
    }
    const { proof, volumes } = file
    await deleteServer(
      clouds.batch(this.#cloud),
      { ...proof, serverId },
      { force, ...(volumes === undefined ? {} : { volumes }) },
    )
    // its worker's last word would stay in the pool for a while
    if (state === 'drained') await forgetWorker(condor, vm, { signal, trustDomain: config.condor.trustDomain })
    return done(state === 'drained' ? 'drained and deleted' : 'deleted; it was not in the pool')
  }

  /** A server that has come late joins the pool as any other, and may be given a job within a second of that. */
  async #joining(serverId: string): Promise<Joining | undefined> {
    const { clouds, config } = this.#deps
    const server = await unlessNotFound(clouds.batch(this.#cloud).compute.servers.show(serverId))
    // this process's own clock may be hours away from that of Temporal and the clouds
    const now = Context.current().info.currentAttemptScheduledTimestampMs
    const isYoung = now - Date.parse(server?.createdAt ?? '') < config.deadlines.join
    return isYoung ? { cloud: this.#cloud, serverId } : undefined
  }

  async #tell({ vm }: Of<'lost'>): Promise<Outcome> {
    const file = await this.#file(vm)
    if (file?.status !== 'running') return left(`its workflow is ${file?.status ?? 'not on record'} by now`)
    const { ours } = await ownServers(this.#deps.clouds.batch(this.#cloud), file.proof)
    if (ours.some(({ status }) => meaningOf(status) !== 'gone')) return left('its server is there')
    const note = 'no server is its own'
    await this.#deps.client.workflow.getHandle(vm).signal(vmEvent, { kind: 'absent', at: Date.now(), note })
    return done('its workflow was told')
  }

  /** Jobs are put back only where our record says in which project the server would have to be. */
  async #layToRest({ vm }: Of<'ghost'>): Promise<Outcome> {
    const { condor, config, clouds } = this.#deps
    const { cancellationSignal: signal } = Context.current()
    const file = await this.#file(vm)
    if (file?.status === 'running') return left('its workflow runs by now')
    const connection = clouds.batch(this.#cloud)
    const named = await connection.compute.servers.findByExactName(vm, { signal })
    if (named.length > 0) return left('a server of its name is there')
    await forgetWorker(condor, vm, { signal, trustDomain: config.condor.trustDomain })
    if (file === undefined) return done('its ads were taken out of the pool; there is no record of it')
    if (file.proof.order.batchProject !== (await connection.projectId({ signal })))
      return left('its project is not the one that is asked')
    if ((await ownServers(connection, file.proof, { signal })).ours.length > 0) return left('its server is there')
    const jobs = await holdAndRelease(condor, vm, { signal })
    return done(`its ads were taken out of the pool, and ${jobs} jobs put back`)
  }

  async #clear({ vm, serverId }: Of<'dependents'>, force: boolean): Promise<Outcome> {
    const { clouds } = this.#deps
    const { cancellationSignal: signal } = Context.current()
    const connection = clouds.batch(this.#cloud)
    const file = await this.#file(vm)
    if (file?.proof.serverId !== serverId) return left('our record names another server')
    if ((await unlessNotFound(connection.compute.servers.show(serverId, { signal }))) !== undefined)
      return left('its server is there')
    await deleteDependents(connection, serverId, { signal })
    if (file.volumes === undefined) return done('its ports and floating addresses were deleted')
    await deleteVolumes(connection, file.volumes, new Set([serverId]), force)
    return done('its ports, floating addresses and volumes were deleted')
  }

  #file(vm: string): Promise<FoundFile | undefined> {
    return vmFile(this.#deps.client, this.#deps.config.controlPlane, vm)
  }

  async #isOurs({ proof }: FoundFile, serverId: string): Promise<boolean> {
    const { ours } = await ownServers(this.#deps.clouds.batch(this.#cloud), proof)
    return ours.some(({ id }) => id === serverId)
  }
}
