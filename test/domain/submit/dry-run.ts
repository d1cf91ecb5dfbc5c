import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { HOST, installation, render } from '#testbed/condor/configuration.ts'
import type { Condor } from '#testbed/condor/find.ts'

export type Ad = Record<string, string>

export interface DryRun {
  exitCode: number | undefined
  stderr: string
  /** One ad a job, with what its cluster says. */
  ads: Ad[]
}

/** A folder with a configuration that is enough for HTCondor's tools, no daemons. */
export function toolsOnly(condor: Condor): { folder: string; env: Record<string, string> } {
  const folder = mkdtempSync(join(tmpdir(), 'submit-test-'))
  mkdirSync(join(folder, 'log'))
  const configFile = join(folder, 'condor_config')
  writeFileSync(
    configFile,
    render({ ...HOST, ...installation(condor, folder), CONDOR_HOST: '127.0.0.1', NETWORK_INTERFACE: '127.0.0.1' }),
  )
  return { folder, env: { CONDOR_CONFIG: configFile } }
}

/** What the real condor_submit makes of a file. Relative paths are those of `folder`. */
export async function dryRun(condor: Condor, tools: ReturnType<typeof toolsOnly>, text: string): Promise<DryRun> {
  const file = join(tools.folder, 'job.sub')
  writeFileSync(file, text)
  const { exitCode, stdout, stderr } = await execa(join(condor.binDir, 'condor_submit'), ['-dry-run', '-', file], {
    cwd: tools.folder,
    env: tools.env,
    reject: false,
  })
  return { exitCode, stderr, ads: readAds(stdout) }
}

/** The first job of a cluster is printed whole, the others only as far as they differ from the cluster. */
function readAds(output: string): Ad[] {
  const ads: Ad[] = []
  let cluster: Ad = {}
  let current: Ad = {}
  const close = (): void => {
    if (current['procid'] !== undefined) ads.push({ ...cluster, ...current })
    current = {}
  }
  for (const line of output.replace(/^Dry-Run job\(s\)/, '').split('\n')) {
    const [, name, value = ''] = /^\.*([A-Za-z_][\w.]*)\s*=\s?(.*)$/.exec(line) ?? []
    if (name === undefined) {
      close()
      continue
    }
    const key = name.toLowerCase()
    if (key === 'procid' && current['clusterid'] !== undefined) {
      cluster = current
      current = {}
    }
    current[key] = value
  }
  close()
  return ads
}
