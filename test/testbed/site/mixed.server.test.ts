import { readFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { writeOwn } from '#testbed/site/astronomer.ts'
import { startds } from '../../chaos/faults/processes.ts'
import { startCrashSite, until } from '../../e2e/crash-site.ts'
import { testHome, traces } from './traces.ts'

const possible = mayMakeBridges() && (await whyNoGuests(tmpdir())) === undefined

it.skipIf(!possible)('a pool has plain workers of one cloud and real guests of another, and both do jobs', async () => {
  using home = testHome()
  const own = await startCrashSite({
    home: home.path,
    keepalive: '2s',
    clouds: [
      { name: 'arbutus', guests: 'process' },
      { name: 'east', guests: 'guest' },
    ],
  })
  const { site } = own
  try {
    expect(site.instance.network.kind).toBe('bridge')
    expect(site.daemons().filter(({ name }) => name === 'guest runner')).toHaveLength(2)
    const folder = join(site.account.home, 'work')
    for (const cloud of ['arbutus', 'east']) {
      const text = `executable = /bin/hostname\ntransfer_executable = False\noutput = ${cloud}.out\nrequest_memory = 100
+TargetClouds = "${cloud}"\nrequirements = TARGET.CloudName == "${cloud}"\nqueue\n`
      writeOwn(site.account, join(folder, `${cloud}.sub`), text, 0o644)
      expect(await own.enter(`${cloud}.sub`)).toMatchObject({ exitCode: 0 })
    }
    const seen = new Set<string | undefined>()
    await until(
      'a startd of each kind',
      () => {
        for (const { vm } of startds({ own, planted: new Set() })) seen.add(vm.split('-')[1])
        return [...seen]
      },
      (found) => found.length === 2,
    )
    const done = await until('both jobs', own.jobs, (jobs) => jobs.length === 2 && jobs.every(({ left }) => left))
    expect(done.map(({ status, exitCode }) => [status, exitCode])).toEqual([
      [4, 0],
      [4, 0],
    ])
    const vm = done.find(({ vm: name }) => name?.includes('-east-'))?.vm
    expect(readFileSync(join(folder, 'arbutus.out'), 'utf8')).toBe(`${hostname()}\n`)
    expect(readFileSync(join(folder, 'east.out'), 'utf8')).toBe(`${vm}\n`)
    await until(
      'the VMs to go',
      () => site.runner.guests(),
      (left) => left.length === 0,
    )
  } finally {
    await own[Symbol.asyncDispose]()
  }
  expect(traces(site.instance)).toEqual([])
})
