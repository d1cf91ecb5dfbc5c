import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountName } from '#testbed/instance/account.ts'
import { MARK } from '#testbed/instance/clean-up.ts'
import { processesWithVariable } from '#testbed/instance/process-table.ts'
import type { InstanceNetwork } from '#testbed/instance/subnet.ts'

/** Everything on this host that an instance could have left, by name; an empty list when it is gone. */
export function traces({ id, folder, network }: { id: string; folder: string; network: InstanceNetwork }): string[] {
  const list = (path: string): string[] => (existsSync(path) ? readdirSync(path) : [])
  const account = accountName(id)
  return [
    ...processesWithVariable(MARK, id).map(({ pid }) => `process ${pid}`),
    ...list('/run/netns').filter((name) => name.startsWith(`cb-${id}`)),
    ...list('/sys/class/net').filter((name) => name === network.bridge),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(folder)),
    ...readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${account}:`)),
    ...[folder, join('/home', account)].filter(existsSync),
  ]
}

/** A folder for a test's instances that the daemons' accounts may enter. */
export function testHome(): { path: string; [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'site-test-'))
  chmodSync(path, 0o755)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
