import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { CrashSite } from '../e2e/crash-site.ts'
import type { Books } from './audit/books.ts'

/** What was said and seen, before the site is taken down. */
export async function keepEvidence(
  own: CrashSite,
  folder: string,
  books: Books,
  breaches: readonly string[],
): Promise<void> {
  writeFileSync(join(folder, 'breaches'), `${breaches.join('\n')}\n`)
  writeFileSync(
    join(folder, 'books.json'),
    JSON.stringify({ ...books, outputs: Object.fromEntries(books.outputs) }, null, 1),
  )
  mkdirSync(join(folder, 'logs'))
  const { site } = own
  const logs = [site.worker.logFile, site.runner.logFile, site.pool.eventLog]
  for (const name of ['SchedLog', 'CollectorLog', 'ShadowLog']) logs.push(join(site.pool.logDir, name))
  for (const log of logs.filter(existsSync)) copyFileSync(log, join(folder, 'logs', basename(log)))
  const named = own.vms().then((vms) => vms.filter(({ vm }) => breaches.some((text) => text.includes(vm))))
  const stories = (await named).map(async ({ vm }) => [vm, await own.record(vm).catch(String)] as const)
  writeFileSync(join(folder, 'vms.json'), JSON.stringify(Object.fromEntries(await Promise.all(stories)), null, 1))
  for (const { id, runId } of books.workflows.filter(
    ({ failedTasks, attempt }) => failedTasks.length > 0 || attempt > 1,
  )) {
    const history = await own.client.workflow.getHandle(id, runId).fetchHistory()
    writeFileSync(join(folder, `history-of-${id.replaceAll('/', '-')}-${runId}.json`), historyToJSON(history))
  }
}
