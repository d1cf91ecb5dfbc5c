import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// What tsc leaves to be done: node script/publishable.ts DIST

interface Manifest {
  private?: boolean
  dependencies: Record<string, string>
  [key: string]: unknown
}

const source = join(import.meta.dirname, '..')
const [dist] = process.argv.slice(2)
if (dist === undefined) throw new Error('usage: node script/publishable.ts DIST')

/** This repository pins what it has tested; others take one copy of a library that several packages agree on. */
function published(manifest: Manifest): Manifest {
  const { private: _here, dependencies, ...rest } = manifest
  return {
    ...rest,
    files: ['lib', 'docs'],
    exports: { '.': { types: './lib/index.d.ts', default: './lib/index.js' }, './package.json': './package.json' },
    types: './lib/index.d.ts',
    sideEffects: false,
    dependencies: Object.fromEntries(Object.entries(dependencies).map(([name, version]) => [name, `^${version}`])),
  }
}

const manifest: Manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`)

// tsc rewrites the imports of JavaScript alone (rewriteRelativeImportExtensions); declarations keep theirs.
for (const file of globSync(join(dist, 'lib/**/*.d.ts'))) {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/((?:from |import\()(['"])\.{1,2}\/[^'"]*)\.ts\2/g, '$1.js$2'))
}
