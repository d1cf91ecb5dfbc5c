import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const loadedBy = (...argv: string[]): { packages: string[]; own: string[] } => {
  const { stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'fixtures/loaded.ts'), ...argv], {
    encoding: 'utf8',
  })
  const urls: string[] = JSON.parse(stderr)
  const packages = urls.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [])
  const own = urls.flatMap((url) => (url.includes('node_modules') ? [] : (/\/((?:cli|src)\/.*)$/.exec(url)?.[1] ?? [])))
  return { packages: [...new Set(packages)], own }
}

test('help loads the parser and nothing else, and of the commands only the one that is meant', () => {
  const program = loadedBy('--help')
  expect(program.packages).toEqual(['commander'])
  expect(program.own.filter((file) => /^(src|cli\/[^/]+\/)/.test(file) && !file.startsWith('cli/render/'))).toEqual([
    'src/domain/problem.ts',
  ])
  const job = loadedBy('job', 'list', '--help')
  expect(job.packages).toEqual(['commander'])
  expect(job.own.filter((file) => /^cli\/(job|vm|cloud|submit|fleet)\//.test(file))).toEqual([
    'cli/job/list.ts',
    'cli/job/view.ts',
  ])
})
