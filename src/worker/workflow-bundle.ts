import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type BundleOptions, type WorkflowBundle } from '@temporalio/worker'

const src = fileURLToPath(new URL('..', import.meta.url))

/** What the bundle is made of. */
export const bundled = {
  workflowsPath: join(src, 'workflows', 'index.ts'),
  workflowInterceptorModules: [join(src, 'workflows', 'whole-tasks.ts')],
} satisfies BundleOptions

/** Only what `npm run build` made has it, one folder above its code. */
const built = join(src, 'workflows.js')

/**
 * The workflows' bundle, kept in the user's cache under a digest of what goes into it: building it costs about two seconds
 * of every start. An installed package brings it along.
 */
export async function workflowBundle(env: NodeJS.ProcessEnv = process.env): Promise<WorkflowBundle> {
  if (existsSync(built)) return { code: await readFile(built, 'utf8') }
  const key = await digestOf(['workflows', 'contract', 'domain'].map((room) => join(src, room)))
  const folder = join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'canfar-batch', 'workflows')
  const file = join(folder, `${key}.js`)
  const cached = await readFile(file, 'utf8').catch(() => undefined)
  if (cached !== undefined) return { code: cached }
  const { code } = await bundleWorkflowCode(bundled)
  await mkdir(folder, { recursive: true })
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, code)
  await rename(unfinished, file)
  return { code }
}

async function digestOf(folders: string[]): Promise<string> {
  const hash = createHash('sha256').update(await readFile(fileURLToPath(import.meta.url)))
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true })
    for (const name of names.toSorted()) {
      if (name.endsWith('.ts')) hash.update(name).update(await readFile(join(folder, name)))
    }
  }
  const { version } = JSON.parse(
    await readFile(fileURLToPath(import.meta.resolve('@temporalio/worker/package.json')), 'utf8'),
  ) as { version: string }
  return hash.update(version).digest('hex').slice(0, 24)
}
