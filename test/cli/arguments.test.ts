import { expect, test } from 'vitest'
import type { Api, JobQuery, SubmitRequest, VmQuery } from '#api/types.ts'
import { Problem } from '#domain/problem.ts'
import * as sample from './samples.ts'
import { runCli } from './support.ts'

test('submit hands over what was typed', async () => {
  let seen: SubmitRequest | undefined
  const submit: Api['submit'] = async (request) => {
    seen = request
    return { ...sample.submission, alreadyRunning: true, warnings: ['no certificate'] }
  }
  const argv = 'submit do.sub cat c2 --again -c /tmp/proxy.pem -u carol --keepalive 5'.split(' ')
  const { err } = await runCli(argv, { api: { submit } })
  expect(seen).toEqual({
    file: 'do.sub',
    image: 'cat',
    flavor: 'c2',
    directory: '/home/alice',
    again: true,
    proxy: '/tmp/proxy.pem',
    user: 'carol',
    keepaliveMinutes: 5,
  })
  expect(err).toContain('warning: no certificate')
  expect(err).toContain('Already running')
})

test('job list and vm list hand over their filters', async () => {
  const jobs: JobQuery[] = []
  const vms: VmQuery[] = []
  const api: Partial<Api> = {
    listJobs: async (query) => {
      jobs.push(query)
      return []
    },
    listVms: async (query) => {
      vms.push(query)
      return []
    },
  }
  await runCli(['job', 'list'], { api })
  await runCli(['job', 'list', '--everyone', '-a', '-s', '3f2a'], { api })
  await runCli(['vm', 'list', '--cloud', 'east', '--state', 'gone'], { api })
  expect(jobs).toEqual([
    { mine: true, all: false, submission: undefined },
    { mine: false, all: true, submission: '3f2a' },
  ])
  expect(vms).toEqual([{ cloud: 'east', state: 'gone', all: true }])
})

const others = ['canfar-arbutus-3f2a9c0d1e4b5a67', 'canfar-arbutus-3fbb9c0d1e4b5a67', 'canfar-east-77aa9c0d1e4b5a67']
const vmApi = (): { api: Partial<Api>; shown: string[]; lists: () => number } => {
  const shown: string[] = []
  let lists = 0
  return {
    shown,
    lists: () => lists,
    api: {
      showVm: async (name) => {
        if (!others.includes(name)) {
          throw new Problem({ code: 'VmNotFound', kind: 'not-found', message: `no worker VM ${name}` })
        }
        shown.push(name)
        return { ...sample.vmDetails, name }
      },
      listVms: async () => {
        lists += 1
        return others.map((name) => ({ ...sample.vm, name }))
      },
    },
  }
}

test('a VM may be named in full, by a beginning, or by a beginning of its last part', async () => {
  const { api, shown, lists } = vmApi()
  await runCli(['vm', 'show', 'canfar-east-77aa9c0d1e4b5a67'], { api })
  expect(lists()).toBe(0)
  await runCli(['vm', 'show', 'canfar-e'], { api })
  await runCli(['vm', 'show', '3f2'], { api })
  expect(shown).toEqual([others[2], others[2], others[0]])
})

test('a beginning of several is refused with the candidates, one of none is not found', async () => {
  const { api, shown } = vmApi()
  const several = await runCli(['vm', 'show', '3f'], { api })
  expect(several.code).toBe(2)
  expect(several.err).toContain(others[0])
  expect(several.err).toContain(others[1])
  const none = await runCli(['vm', 'show', 'zz'], { api })
  expect(none.code).toBe(3)
  expect(none.err).toContain('no worker VM zz')
  expect(none.err).toContain('known: canfar-arbutus')
  expect(shown).toEqual([])
})

test('a cluster stands for its one job; of several, why takes an idle one and show asks', async () => {
  const asked: string[] = []
  const api = (ids: string[]): Partial<Api> => ({
    listJobs: async () => ids.map((id, index) => ({ ...sample.job, id, state: index === 0 ? 'running' : 'idle' })),
    showJob: async (id) => {
      asked.push(id)
      return sample.jobDetails
    },
    whyJob: async (id) => {
      asked.push(id)
      return sample.explanation
    },
  })
  await runCli(['job', 'show', '12'], { api: api(['12.0']) })
  await runCli(['job', 'why', '12'], { api: api(['12.0', '12.1']) })
  expect(asked).toEqual(['12.0', '12.1'])
  expect(await runCli(['job', 'show', '12'], { api: api(['12.0', '12.1']) })).toMatchObject({ code: 2 })
  expect(await runCli(['job', 'show', '12'], { api: api([]) })).toMatchObject({ code: 3 })
})
