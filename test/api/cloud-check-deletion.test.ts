import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import type { Check } from '#api/types.ts'
import { using } from './checked-cloud.ts'
import { boots, nothing, remains } from './trial-remains.ts'

const creates = { service: 'compute', method: 'POST', pathRegex: '/servers$' } as const
const slow = { cloud: { timings: { buildMs: 60_000, deleteMs: 50, volumeMs: 50 } } }

describe.concurrent('the server of a cloud check', () => {
  test('is deleted also if the answer to its creation was lost', async () => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect: { kind: 'act-then-drop' } })
      const checks = await own.checks({})
      expect(boots(checks)).toEqual({ boot: false, 'boot: deleted': true })
      expect(checks.get('boot')?.next).toContain('deleted if it appears')
      expect(await own.cloud.admin.servers()).toHaveLength(1)
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('that comes late, after its answer was lost, is deleted as well', async () => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect: { kind: 'drop-then-act-late', ms: 1000 } })
      expect(boots(await own.checks({}))).toEqual({ boot: false, 'boot: deleted': true })
      expect(await own.cloud.admin.servers()).toHaveLength(1)
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('that never comes stays on record until it cannot come any more', async () => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect: { kind: 'drop' } })
      const checks = await own.checks({})
      expect(boots(checks)).toEqual({ boot: false, 'boot: deleted': 'warn' })
      expect(await remains(own)).toEqual({ ...nothing, records: 1 })
      expect(boots(await own.checks())).toEqual({})
    })
  })

  test.each([
    ['goes to ERROR', { kind: 'build-error', text: 'libvirt is away' }, 'boot: active', 'libvirt is away'],
    ['finds no host', { kind: 'no-capacity' }, 'boot: active', 'No valid host'],
    ['is refused', { kind: 'status', status: 403, message: 'Policy says no' }, 'boot', 'Policy says no'],
  ] as const)('that %s is deleted, and its fault told', async (_how, effect, name, detail) => {
    await using({}, async (own) => {
      await own.cloud.admin.addFault({ match: creates, effect })
      const checks = await own.checks({})
      expect(checks.get(name)).toMatchObject({
        ok: false,
        detail: expect.stringContaining(detail),
        next: expect.any(String),
      })
      expect(checks.get('boot: deleted')).toMatchObject({ ok: true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('that takes longer than a VM may is deleted', async () => {
    await using({ ...slow, config: { deadlines: { building: '1s' } } }, async (own) => {
      const checks = await own.checks({})
      expect(checks.get('boot: active')).toMatchObject({
        ok: false,
        detail: expect.stringContaining('after 1000 ms; last seen: BUILD'),
      })
      expect(checks.get('boot: deleted')).toMatchObject({ ok: true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is deleted if nobody wants to wait for it any more', async () => {
    await using(slow, async (own) => {
      const ending = new AbortController()
      const checks = new Map<string, Check>()
      for await (const check of own.check({}, ending.signal)) {
        checks.set(check.name, check)
        if (check.name === 'boot') ending.abort('SIGINT')
      }
      expect(boots(checks)).toEqual({ boot: true, 'boot: active': false, 'boot: deleted': true })
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is deleted before the command ends that got a Ctrl-C', async () => {
    await using({ ...slow, config: { operators: [userInfo().username] } }, async (own) => {
      const command = join(import.meta.dirname, '..', '..', 'bin', 'canfar-batch')
      const argv = ['cloud', 'check', 'arb', '--boot', '--config', join(own.folder, 'config.yaml')]
      const env = { XDG_STATE_HOME: join(own.folder, '.local', 'state') }
      const running = execa(command, argv, { env, reject: false })
      for await (const line of createInterface({ input: running.stdout })) {
        if (/^ok +boot /.test(line)) running.kill('SIGINT')
      }
      const { exitCode, stderr } = await running
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('boot: active') })
      expect(await own.cloud.admin.servers()).toMatchObject([{ status: 'DELETED' }])
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('is deleted if nobody looks at the checks any more', async () => {
    await using(slow, async (own) => {
      for await (const { name } of own.check({})) if (name === 'boot') break
      expect(await own.cloud.admin.servers()).toHaveLength(1)
      expect(await remains(own)).toEqual(nothing)
    })
  })

  test('of a check that was killed is told by the next one, and deleted by the next that boots', async () => {
    await using(slow, async (own) => {
      const { folder } = own
      const killed = execa(
        'node',
        [join(import.meta.dirname, 'cloud-check-process.ts'), join(folder, 'config.yaml'), folder],
        {
          reject: false,
        },
      )
      for await (const line of createInterface({ input: killed.stdout })) {
        if (line === 'boot') killed.kill('SIGKILL')
      }
      expect((await killed).signal).toBe('SIGKILL')
      const [left] = await own.cloud.admin.servers()
      expect(await remains(own)).toMatchObject({ servers: 1, records: 1 })

      const next = await own.checks()
      expect(next.get('left over')).toMatchObject({
        ok: false,
        detail: `server ${left?.id}, ${left?.name}, of a check that was killed`,
        next: expect.stringContaining('--boot deletes it'),
      })
      await own.cloud.admin.setTimings({ buildMs: 50 })
      expect(boots(await own.checks({}))).toMatchObject({
        'left over': true,
        'boot: active': true,
        'boot: deleted': true,
      })
      expect(await own.cloud.admin.servers()).toHaveLength(2)
      expect(await remains(own)).toEqual(nothing)
    })
  })
})
