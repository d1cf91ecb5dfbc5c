import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Subject, Thing } from '../matrix.ts'
import type { Person, Stage } from '../stage.ts'
import { seededImage } from './images.ts'

const Created = z.object({ server: z.object({ id: z.string() }) })
const Shown = z.object({
  server: z.object({ status: z.string(), locked: z.boolean(), 'OS-EXT-STS:task_state': z.string().nullable() }),
})

export const SERVER_STATES = ['BUILD', 'ACTIVE', 'ERROR', 'SHUTOFF', 'locked', 'deleting', 'deleted', 'absent'] as const
export type ServerState = (typeof SERVER_STATES)[number]

export const serverName = (stage: Stage): string => stage.name('vm')

/** A server of the owner's project that will do. */
export async function createServer(
  stage: Stage,
  change: Record<string, unknown> = {},
  who: Person = 'owner',
): Promise<{ id: string; name: string }> {
  const name = serverName(stage)
  const server = { name, imageRef: await seededImage(stage), flavorRef: 'small', networks: 'none', ...change }
  const ask = { service: 'compute', method: 'POST', path: '/servers', json: { server } } as const
  return { name: server.name, ...(await stage.must(who, ask, Created)).server }
}

/** In the API's words; `deleting` and `locked` come before the status, and `absent` is for what is gone. */
export async function serverState(stage: Stage, id: string): Promise<string> {
  const answer = await stage.ask('admin', { service: 'compute', method: 'GET', path: `/servers/${id}` })
  if (answer.status === 404) return 'absent'
  const { server } = Shown.parse(answer.json)
  // it is shown as DELETED for the moment before it is hidden
  if (server['OS-EXT-STS:task_state'] === 'deleting' || server.status === 'DELETED') return 'deleting'
  return server.locked ? 'locked' : server.status
}

export const serverRests = (stage: Stage, id: string): Promise<string> =>
  stage.until(
    `server ${id} to rest`,
    () => serverState(stage, id),
    (state) => state !== 'BUILD' && state !== 'deleting',
  )

export const servers: Thing<ServerState> = {
  async make(stage, state) {
    if (state === 'absent') return { id: randomUUID() }
    return IN_STATE[state](stage)
  },
  async look(stage, { id }) {
    return serverState(stage, id)
  },
}

const IN_STATE: Record<Exclude<ServerState, 'absent'>, (stage: Stage) => Promise<Subject>> = {
  async BUILD(stage) {
    const name = serverName(stage)
    await stage.world.hold(name)
    const made = await createServer(stage, { name })
    const ask = { service: 'compute', method: 'GET', path: `/servers/${made.id}` } as const
    const task = async () => (await stage.must('owner', ask, Shown)).server['OS-EXT-STS:task_state']
    await stage.until(`${name} to be built`, task, (seen) => seen === 'spawning')
    return subject(made)
  },
  async ACTIVE(stage) {
    const made = await createServer(stage)
    await stage.until(
      `${made.name} to run`,
      () => serverState(stage, made.id),
      (seen) => seen === 'ACTIVE',
    )
    return subject(made)
  },
  async ERROR(stage) {
    const made = await createServer(stage, { flavorRef: 'huge' })
    await stage.until(
      `${made.name} to fail`,
      () => serverState(stage, made.id),
      (seen) => seen === 'ERROR',
    )
    return subject(made)
  },
  async SHUTOFF(stage) {
    const made = await IN_STATE.ACTIVE(stage)
    await act(stage, made.id, { 'os-stop': null })
    await stage.until(
      `${made.id} to stop`,
      () => serverState(stage, made.id),
      (seen) => seen === 'SHUTOFF',
    )
    return made
  },
  async locked(stage) {
    const made = await IN_STATE.ACTIVE(stage)
    await act(stage, made.id, { lock: null })
    return made
  },
  async deleting(stage) {
    const made = await IN_STATE.ACTIVE(stage)
    await stage.world.hold(made.words?.['name'] ?? '')
    await remove(stage, made.id)
    return made
  },
  async deleted(stage) {
    const made = await IN_STATE.ACTIVE(stage)
    await remove(stage, made.id)
    await stage.until(
      `${made.id} to go`,
      () => serverState(stage, made.id),
      (seen) => seen === 'absent',
    )
    return made
  },
}

const subject = ({ id, name }: { id: string; name: string }): Subject => ({ id, words: { name } })

const act = (stage: Stage, id: string, json: unknown): Promise<unknown> =>
  stage.must('owner', { service: 'compute', method: 'POST', path: `/servers/${id}/action`, json }, z.unknown())

const remove = (stage: Stage, id: string): Promise<unknown> =>
  stage.must('owner', { service: 'compute', method: 'DELETE', path: `/servers/${id}` }, z.unknown())
