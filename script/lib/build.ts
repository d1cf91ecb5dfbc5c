import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join, resolve } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { build } from 'rolldown'
import { bundled } from '#worker/workflow-bundle.ts'

// Node runs no TypeScript below node_modules, so what is installed is JavaScript: the commands as chunks that are loaded
// when they are called, the workflows as the bundle that Temporal would make of them at each start.

const root = resolve(import.meta.dirname, '..', '..')
const dist = resolve(process.argv[2] ?? join(root, 'dist'))

const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}

/** npm installs it with the package. All else goes in: openstack-ts, which has no registry, and its undici. */
const isInstalled = (id: string): boolean =>
  isBuiltin(id) || Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))

await rm(dist, { recursive: true, force: true })
await build({
  cwd: root,
  input: { main: join(root, 'cli', 'main.ts') },
  external: isInstalled,
  platform: 'node',
  tsconfig: false,
  output: {
    dir: join(dist, 'cli'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  },
})

const { code } = await bundleWorkflowCode({
  ...bundled,
  logger: new DefaultLogger('WARN'),
  // stack traces name our files, not the folders of whoever built them
  webpackConfigHook: (config) => ({
    ...config,
    output: { ...config.output, devtoolModuleFilenameTemplate: '[resource-path]' },
  }),
})
await writeFile(join(dist, 'workflows.js'), code)

// its licence asks for it
await mkdir(join(dist, 'licenses'))
await copyFile(join(root, 'node_modules', 'undici', 'LICENSE'), join(dist, 'licenses', 'undici'))
