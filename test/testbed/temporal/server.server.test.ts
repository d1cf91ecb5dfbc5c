import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'
import { startTemporal, type TemporalServer } from '#testbed/temporal/server.ts'

let instance: Instance
let server: TemporalServer

beforeAll(async () => {
  instance = await createInstance({ network: 'loopback' })
  server = await startTemporal(instance, { progress: console.log })
})
afterAll(() => endInstance(instance))

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address })
  try {
    return await work(new Client({ connection }))
  } finally {
    await connection.close()
  }
}

it('answers on a port of its own, its web UI too', async () => {
  expect(server.address).toBe(`127.0.0.1:${instance.network.port}`)
  expect((await fetch(server.uiUrl)).status).toBe(200)
})

it('still has its workflows after it was killed and after it was stopped', async () => {
  for (const [id, end] of [
    ['killed', () => server.kill()],
    ['stopped', () => server.stop()],
  ] as const) {
    await withClient((client) => client.workflow.start('none', { workflowId: id, taskQueue: 'none' }))
    await end()
    expect(server.daemon().isRunning()).toBe(false)
    await server.start()
    const description = await withClient((client) => client.workflow.getHandle(id).describe())
    expect(description.status.name).toBe('RUNNING')
  }
})

it('goes back to a copy of its database that was made while it ran', async () => {
  const copy = join(instance.folder, 'temporal.copy')
  const start = (workflowId: string) =>
    withClient((client) => client.workflow.start('none', { workflowId, taskQueue: 'none' }))
  await start('before')
  await server.backUp(copy)
  await start('after')
  await server.kill()
  server.restore(copy)
  await server.start()
  await withClient(async (client) => {
    expect(await client.workflow.getHandle('before').describe()).toMatchObject({ status: { name: 'RUNNING' } })
    await expect(client.workflow.getHandle('after').describe()).rejects.toThrow(/not found/i)
  })
})
