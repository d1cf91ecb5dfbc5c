import { readFile } from 'node:fs/promises'
import type { CommandSpec } from '../command.ts'
import { one } from '../render/result.ts'

export const command: CommandSpec = {
  examples: [
    { command: 'canfar-batch version', does: 'the version' },
    { command: 'canfar-batch version -o json', does: 'and that of Node.js, for a bug report' },
  ],
  async run() {
    const version = await packageVersion(import.meta.dirname)
    return one('Version', { name: 'canfar-batch', version, node: process.version }, () => `canfar-batch ${version}\n`)
  },
}

// The same number of folders up from the source and from the build.
const packageVersion = async (directory: string): Promise<string> => {
  for (const up of ['../..', '../../..']) {
    const text = await readFile(`${directory}/${up}/package.json`, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const manifest: unknown = JSON.parse(text)
    if (manifest !== null && typeof manifest === 'object' && 'version' in manifest) return String(manifest.version)
  }
  return 'unknown'
}
