import { describe, expect, test } from 'vitest'
import { runChild, startChild } from '#htcondor/child.ts'

const world = { cwd: '/', env: { PATH: '/usr/bin:/bin', GREETING: 'grüß Gott' } }
const shell = (script: string, more = {}) => runChild('sh', ['-c', script], { ...world, ...more })

describe('a child process', () => {
  test('says what it has to say, and how it ended', async () => {
    const { exitCode, stdout, stderr } = await shell('echo "$GREETING"; echo bad >&2; exit 3')
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 3, stdout: 'grüß Gott\n', stderr: 'bad\n' })
  })

  test('has no other environment than it was given', async () => {
    expect((await shell('echo "${HOME-none}"')).stdout).toBe('none\n')
  })

  test('reads what it is given, all of it or nothing of it', async () => {
    const input = 'x'.repeat(1_000_000)
    expect((await shell('wc -c', { input })).stdout.trim()).toBe('1000000')
    expect(await shell('exec <&-; exit 0', { input })).toMatchObject({ exitCode: 0 })
    expect((await shell('wc -c')).stdout.trim()).toBe('0')
  })

  test('may say more than a pipe holds', async () => {
    expect((await shell('head -c 3000000 /dev/zero | tr "\\0" a')).stdout).toHaveLength(3_000_000)
  })

  test('that is not there is said', async () => {
    expect(await runChild('/no/such/program', [], world)).toMatchObject({ code: 'ENOENT', stdout: '' })
  })

  test('is ended when its time is over', async () => {
    const started = Date.now()
    expect(await shell('exec sleep 30', { timeoutMs: 100 })).toMatchObject({ timedOut: true, signal: 'SIGKILL' })
    expect(Date.now() - started).toBeLessThan(5000)
  })

  test('is ended when nobody wants it any more', async () => {
    const controller = new AbortController()
    const running = shell('exec sleep 30', { signal: controller.signal })
    controller.abort(new Error('enough'))
    expect(await running).toMatchObject({ isCanceled: true, timedOut: false })
    expect(await shell('echo', { signal: controller.signal })).toMatchObject({ isCanceled: true })
  })

  test('is ended while it is being read', async () => {
    const child = await startChild('sh', ['-c', 'echo more; exec sleep 30'], world)
    expect(await child.stdout[Symbol.asyncIterator]().next()).toEqual({ done: false, value: 'more\n' })
    child.kill()
    expect(await child.ended).toMatchObject({ signal: 'SIGKILL' })
  })
})
