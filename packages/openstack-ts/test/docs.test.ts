import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'

const home = join(import.meta.dirname, '..')
const modules = join(home, '..', '..', 'node_modules')

/** As strict as a project elsewhere may be. */
const compilerOptions = {
  module: 'nodenext',
  target: 'esnext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  types: ['node'],
  skipLibCheck: true,
}

test('every example of the documents type-checks, and each service has some', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'openstack-ts-docs-'))
  try {
    symlinkSync(modules, join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    for (const file of globSync('docs/*.md', { cwd: home })) {
      const text = readFileSync(join(home, file), 'utf8')
      const examples = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? '')
      expect(examples.length, `${file} has examples`).toBeGreaterThan(0)
      const name = file.replace(/^docs.(.*)\.md$/, '$1')
      for (const [index, code] of examples.entries()) writeFileSync(join(folder, `${name}-${index}.ts`), code)
    }
    writeFileSync(join(folder, 'wrong.ts'), "import { OpenStack } from 'openstack-ts'\nOpenStack.nothing()\n")
    const { stdout } = await execa(join(modules, '.bin', 'tsc'), ['-p', '.', '--pretty', 'false'], {
      cwd: folder,
      reject: false,
    })
    expect(stdout.split('\n')).toEqual([expect.stringMatching(/^wrong\.ts.*TS2339: Property 'nothing' does not exist/)])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
