import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { execa } from 'execa'
import { z } from 'zod'

/** Where the SDK's own test environment asks for the Temporal CLI (sdk-core, `ephemeral_server`). */
export const DOWNLOADS = 'https://temporal.download'

const Answer = z.object({ archiveUrl: z.url(), fileToExtract: z.string() })

/**
 * Downloads the Temporal CLI of a version into `folder` as `temporal`.
 * @throws whatever fetch and tar say; without a network that is within `timeoutMs` of the first question.
 */
export async function downloadTemporal(
  version: string,
  folder: string,
  base = DOWNLOADS,
  timeoutMs = 3_000,
): Promise<void> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const question = new URL(`/cli/v${version}`, base)
  question.search = new URLSearchParams({
    platform: process.platform,
    arch,
    'sdk-name': 'canfar-batch',
    'sdk-version': '1',
  }).toString()
  const answer = await fetch(question, { signal: AbortSignal.timeout(timeoutMs) })
  if (!answer.ok) throw new Error(`${question.host} answered ${answer.status}`)
  const { archiveUrl, fileToExtract } = Answer.parse(await answer.json())
  const archive = await fetch(archiveUrl, { signal: AbortSignal.timeout(180_000) })
  if (!archive.ok || archive.body === null) throw new Error(`${new URL(archiveUrl).host} answered ${archive.status}`)
  const file = join(folder, 'archive.tar.gz')
  await pipeline(Readable.fromWeb(archive.body), createWriteStream(file))
  await execa('tar', ['-xzf', file, '-C', folder, fileToExtract])
  if (fileToExtract !== 'temporal') await execa('mv', [join(folder, fileToExtract), join(folder, 'temporal')])
  await execa('chmod', ['755', join(folder, 'temporal')])
  await rm(file)
}
