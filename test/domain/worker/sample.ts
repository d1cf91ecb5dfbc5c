import { serialiseSettings, type Setting } from '#domain/worker/condor-settings.ts'
import { kitFrom } from '#domain/worker/kit.ts'
import { workerConfiguration, type WorkerIdentity, type WorkerPool } from '#domain/worker/worker-configuration.ts'

export const pool: WorkerPool = {
  host: '10.77.0.1',
  port: 9618,
  trustDomain: 'pool.test',
  uidDomain: 'pool.test',
  ports: { kind: 'shared', port: 9618 },
  ccb: true,
}

export const worker: WorkerIdentity = {
  name: 'canfar-arbutus-0123456789abcdef',
  cloud: 'arbutus',
  imageId: '0b2d',
  flavorId: 'c2',
  vmType: 'canfar:catalogue software (2023-08-21)',
  tenant: 'alice',
  owner: 'alice',
}

export const limits = { drain: 48 * 3600_000, keepaliveCap: 10 }

export function settings(
  more: { pool?: Partial<WorkerPool>; worker?: Partial<WorkerIdentity>; extra?: Setting[] } = {},
): Setting[] {
  return workerConfiguration({ ...pool, ...more.pool }, { ...worker, ...more.worker }, limits, more.extra)
}

/** Settings as text, by name. */
export function lines(of: Setting[]): Record<string, string> {
  const pairs = serialiseSettings(of)
    .trimEnd()
    .split('\n')
    .map((line) => /^(\S+) =(?: (.*))?$/.exec(line))
  return Object.fromEntries(pairs.map((match) => [match?.[1] ?? '', match?.[2] ?? '']))
}

export const kit = kitFrom((name) => `#!/bin/sh\n# ${name}\n`)
