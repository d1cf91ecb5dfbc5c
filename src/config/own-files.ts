import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { kitFiles, type WorkerKit } from '#domain/worker/kit.ts'

// Two folders up is the package: from src/config/ in a checkout, from dist/cli/ in what `npm run build` makes of it.
const own = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What runs inside worker VMs. */
export async function readWorkerKit(): Promise<WorkerKit> {
  const contents = await Promise.all(
    kitFiles.map(async (name) => [name, await readFile(own(`worker-kit/${name}`), 'utf8')]),
  )
  return Object.fromEntries(contents) as WorkerKit
}

/** What runs on the submit host before jobs with a proxy certificate. */
export const proxyPreCommand = own('worker-kit/canfar_batch_cert')
