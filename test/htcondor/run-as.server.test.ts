import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountOf, type Account } from '#htcondor/account.ts'
import { readFileAs, statAs, writeFileAs } from '#htcondor/files-as.ts'
import { commandAs, runAs } from '#htcondor/run-as.ts'
import { demoAccount } from '#testbed/instance/account.ts'
import { createInstance, endInstance, type Instance } from '#testbed/instance/instance.ts'

let instance: Instance
let as: Account

beforeAll(async () => {
  instance = await createInstance({ network: 'loopback' })
  as = await accountOf((await demoAccount(instance)).name)
})
afterAll(async () => endInstance(instance))

const asRoot = process.getuid?.() === 0

describe('a command of a user', () => {
  it('has the rights, home and plain environment of that user, and cannot gain more', async () => {
    process.env['OS_PASSWORD'] = 'secret'
    const script = 'id -u; id -g; pwd; umask; env; grep NoNewPrivs /proc/self/status'
    const { stdout } = await runAs(as, ['/bin/sh', '-c', script], { umask: 0o027, env: { EXTRA: 'a b' } })
    const lines = stdout.trim().split('\n')
    expect(lines.slice(0, 4)).toEqual([String(as.uid), String(as.gid), as.home, '0027'])
    expect(lines).toContain(`HOME=${as.home}`)
    expect(lines).toContain(`USER=${as.user}`)
    expect(lines).toContain('EXTRA=a b')
    expect(lines.at(-1)).toMatch(/1$/)
    expect(stdout).not.toContain('secret')
  })

  it('is given its arguments as they are', async () => {
    const odd = ['$(id)', "a'b", '"', '; exit 3', '', '-n', 'a\nb']
    const { stdout } = await runAs(as, ['printf', '%s|', ...odd], { cwd: '/tmp' })
    expect(stdout).toBe(odd.map((one) => `${one}|`).join(''))
  })

  it('fails as it fails, and one that is not there is told', async () => {
    expect(await runAs(as, ['/bin/sh', '-c', 'echo no >&2; exit 3'])).toMatchObject({ exitCode: 3, stderr: 'no\n' })
    await expect(runAs(as, ['no-such-tool'])).rejects.toMatchObject({ code: 'missing-tool' })
    await expect(runAs(as, ['id'], { cwd: join(as.home, 'no-such-folder') })).rejects.toMatchObject({ code: 'denied' })
  })

  it('ends when the process that asked for it is killed', async () => {
    const pidFile = join(as.home, 'pid')
    const [file = '', ...args] = commandAs(as, ['/bin/sh', '-c', `echo $$ > ${pidFile}; exec sleep 60`], as.home)
    const code = `require('node:child_process').spawn(${JSON.stringify(file)}, ${JSON.stringify(args)}, { stdio: 'ignore' }); setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
    let pid = ''
    for (let tries = 0; tries < 100 && pid === ''; tries++) {
      await sleep(50)
      pid = (await readFileAs(as, pidFile).catch(() => '')).trim()
    }
    parent.kill('SIGKILL')
    await sleep(200)
    // what is dead may still be listed: not every machine's first process buries its orphans
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ')
    expect(status).toMatch(/^State:\tZ/m)
  })

  it('is given up when told so', async () => {
    const began = Date.now()
    await expect(runAs(as, ['sleep', '30'], { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    expect(await runAs(as, ['sleep', '30'], { timeoutMs: 100 })).toMatchObject({ timedOut: true })
    expect(Date.now() - began).toBeLessThan(5000)
  })
})

describe('files of a user', () => {
  it('are written whole, closed, in closed folders, and read', async () => {
    const file = join(as.home, 'state', 'deep', 'a b.sub')
    await writeFileAs(as, file, 'one\n')
    await writeFileAs(as, file, 'two, without an end')
    expect(await readFileAs(as, file)).toBe('two, without an end')
    expect(await statAs(as, file)).toEqual({ kind: 'file', bytes: 19, readable: true, executable: false })
    const { mode, uid } = await stat(file)
    expect([(mode & 0o777).toString(8), uid]).toEqual(['600', as.uid])
    expect(((await stat(join(as.home, 'state'))).mode & 0o777).toString(8)).toBe('700')
    expect(await readdir(join(as.home, 'state', 'deep'))).toEqual(['a b.sub'])
  })

  it('that do not exist are told apart from those that may not be read', async () => {
    expect(await statAs(as, join(as.home, 'none'))).toBeUndefined()
    await expect(readFileAs(as, join(as.home, 'none'))).rejects.toMatchObject({ code: 'not-found' })
    expect(await statAs(as, '/usr')).toMatchObject({ kind: 'directory' })
  })

  it.runIf(asRoot)('of root stay closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'closed-'))
    try {
      await writeFile(join(folder, 'secret'), 'x', { mode: 0o600 })
      await expect(readFileAs(as, join(folder, 'secret'))).rejects.toMatchObject({ code: 'denied' })
      await expect(writeFileAs(as, join(folder, 'mine'), 'x')).rejects.toMatchObject({ code: 'denied' })
      await expect(runAs(as, ['id'], { cwd: folder })).rejects.toMatchObject({ code: 'denied' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('an account', () => {
  it('is looked up by its name only', async () => {
    expect(await accountOf(as.user)).toEqual(as)
    await expect(accountOf('no-such-account')).rejects.toMatchObject({ code: 'not-found' })
    await expect(accountOf(String(as.uid))).rejects.toMatchObject({ code: 'not-found' })
    await expect(accountOf('--help')).rejects.toMatchObject({ code: 'not-found' })
  })
})
