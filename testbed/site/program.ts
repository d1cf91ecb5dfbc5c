import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { Problem } from '#domain/problem.ts'
import { type Account, runAs } from '#testbed/instance/account.ts'
import { everyoneMayEnter } from '#testbed/instance/folders.ts'
import type { Instance } from '#testbed/instance/instance.ts'

/** The top of this checkout. */
export const CHECKOUT = resolve(import.meta.dirname, '..', '..')

/** The program as every account of the site can run it. */
export interface Program {
  /** Top of the checkout, by a path that the account may walk. */
  root: string
  /** The Node.js in it. */
  node: string
  /** The command `canfar-batch`. */
  command: string
}

/**
 * Finds a path to this checkout that the account can use: its own, or, where that lies in a closed home, a read-only bind
 * mount in the instance's folder.
 * @throws {@link Problem} `CheckoutClosed`
 */
export async function findProgram(instance: Instance, account: Account, checkout = CHECKOUT): Promise<Program> {
  const root = !account.temporary || everyoneMayEnter(checkout) ? checkout : await mount(instance, checkout)
  const program = {
    root,
    node: join(root, 'node_modules', 'node', 'bin', 'node'),
    command: join(root, 'bin', 'canfar-batch'),
  }
  const { exitCode, stderr } = await runAs(account, [
    'sh',
    '-c',
    '[ -x "$1" ] && [ -r "$2" ] && exec "$3" --version',
    'sh',
    program.command,
    join(root, 'cli', 'main.ts'),
    program.node,
  ])
  if (exitCode === 0) return program
  throw new Problem({
    code: 'CheckoutClosed',
    kind: 'failure',
    where: checkout,
    message: `the account ${account.name} can't read or run the program there`,
    next: `chmod -R a+rX ${checkout}, or clone it anew with umask 022, e.g. below /opt`,
    details: stderr.split('\n').filter(Boolean).slice(0, 3),
  })
}

async function mount(instance: Instance, checkout: string): Promise<string> {
  const path = join(instance.folder, 'program')
  mkdirSync(path)
  await instance.ledger.make({ kind: 'mount', path }, () => execa('mount', ['--bind', '-o', 'ro', checkout, path]))
  return path
}
