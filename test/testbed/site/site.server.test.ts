import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runAs } from '#testbed/instance/account.ts'
import { cleanUpDead, listInstances } from '#testbed/instance/clean-up.ts'
import { openInstance } from '#testbed/instance/instance.ts'
import { readSiteRecord } from '#testbed/site/record.ts'
import { startSite } from '#testbed/site/site.ts'
import { stopSites } from '#testbed/site/stop-sites.ts'
import { IMAGE } from '#testbed/site/words.ts'
import { testHome, traces } from './traces.ts'

describe('a site', () => {
  it('comes up with everything in place, and leaves nothing', async () => {
    using home = testHome()
    const site = await startSite({ fast: true, home: home.path })
    try {
      expect(site.daemons().map((daemon) => [daemon.name, daemon.isRunning()])).toEqual([
        ['temporal', true],
        ['condor central manager', true],
        ['guest runner', true],
        ['cloud arbutus', true],
        ['cloud east', true],
        ['worker process', true],
      ])
      const doctor = await site.cli(['doctor', '-o', 'json'])
      const checks: { items: { name: string; ok: unknown; detail: string }[] } = JSON.parse(doctor.stdout)
      expect(checks.items.filter((check) => check.ok === false)).toEqual([])

      const images = await site.cli(['image', 'list', '-o', 'json'])
      const { items }: { items: { name: string; cloud: string }[] } = JSON.parse(images.stdout)
      expect(items.map(({ name, cloud }) => `${cloud} ${name}`).toSorted()).toEqual([
        `arbutus ${IMAGE}`,
        `east ${IMAGE}`,
      ])

      const mode = (path: string): number => statSync(path).mode & 0o777
      const siteClouds = join(dirname(site.configFile), 'clouds.yaml')
      expect(mode(siteClouds)).toBe(0o600)
      expect(mode(join(site.account.home, '.config/openstack/clouds.yaml'))).toBe(0o600)
      expect(readFileSync(site.configFile, 'utf8')).not.toContain(site.clouds['arbutus']?.batch.secret)
      if (site.account.temporary) {
        expect(await runAs(site.account, ['cat', siteClouds])).toMatchObject({ exitCode: 1, stdout: '' })
        expect(await runAs(site.account, ['cat', join(site.instance.folder, 'clouds/arbutus.json')])).toMatchObject({
          exitCode: 1,
        })
      }
      expect(traces(site.instance)).not.toEqual([])
    } finally {
      const { failed } = await site.stop()
      expect(failed).toEqual([])
    }
    expect(traces(site.instance)).toEqual([])
    expect(listInstances(home.path)).toEqual([])
  })

  it('works on loopback addresses without guests', async () => {
    using home = testHome()
    const site = await startSite({ fast: true, guests: 'process', home: home.path })
    try {
      expect(site.instance.network).toMatchObject({ kind: 'loopback' })
      expect(site.pool.collector).toMatch(/^127\./)
      expect(await site.cli(['cloud', 'list', '-o', 'json'])).toMatchObject({ exitCode: 0 })
    } finally {
      await site.stop()
    }
    expect(traces(site.instance)).toEqual([])
  })

  it('has a worker process that can be killed and started again', async () => {
    using home = testHome()
    const site = await startSite({ fast: true, home: home.path })
    try {
      const first = site.worker.daemon()?.process.pid
      await site.killWorkerProcess()
      expect(site.worker.daemon()?.isRunning()).toBe(false)
      await site.startWorkerProcess()
      expect(site.worker.daemon()?.isRunning()).toBe(true)
      expect(site.worker.daemon()?.process.pid).not.toBe(first)
    } finally {
      await site.stop()
    }
  })

  it('is two sites that do not touch each other', async () => {
    using home = testHome()
    const [one, two] = await Promise.all([
      startSite({ fast: true, home: home.path }),
      startSite({ fast: true, home: home.path }),
    ])
    try {
      expect(one.instance.network.prefix).not.toBe(two.instance.network.prefix)
      expect(one.account.temporary && one.account.name === two.account.name).toBe(false)
      await one.stop()
      expect(traces(one.instance)).toEqual([])
      expect(two.daemons().filter((daemon) => !daemon.isRunning())).toEqual([])
      const doctor = await two.cli(['doctor', '-o', 'json'])
      expect(doctor.stdout).not.toContain('"ok": false')
    } finally {
      await one.stop()
      await two.stop()
    }
    expect(traces(two.instance)).toEqual([])
  })

  it('is removed by the next start when its owner was killed, and only then', async () => {
    using home = testHome()
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'owner.ts'), home.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(owner.stdout, 'data')) as [Buffer]
    const instance = openInstance(line.toString().trim())
    expect(readSiteRecord(instance.folder)).toMatchObject({ purpose: 'test', up: { uiUrl: expect.any(String) } })
    // While the owner lives, nobody else's clean-up touches it, whatever it is asked to stop.
    await stopSites('test', () => {}, home.path)
    expect(existsSync(instance.folder)).toBe(true)

    owner.kill('SIGKILL')
    await once(owner, 'exit')
    await sleep(100)
    expect(traces(instance).length).toBeGreaterThan(5)
    const [cleaned] = await cleanUpDead({ home: home.path })
    expect(cleaned).toMatchObject({ state: 'dead', failed: [] })
    expect(traces(instance)).toEqual([])
  })
})
