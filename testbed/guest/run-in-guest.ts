import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import type { ProcessRef } from '#testbed/instance/process-table.ts'

/** The guest's process 1 as the host numbers it: the one child of the process that made its name spaces. */
export function initOf(first: ProcessRef): number {
  const children = readFileSync(`/proc/${first.pid}/task/${first.pid}/children`, 'utf8').trim()
  return Number(children.split(' ')[0])
}

/** Runs a command in a guest as its root, as an operator would through ssh. */
export async function runInGuest(
  first: ProcessRef,
  argv: readonly [string, ...string[]],
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const target = ['--target', String(initOf(first)), '--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd']
  const clean = ['env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root']
  const result = await execa('nsenter', [...target, ...clean, ...argv], { reject: false })
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}
