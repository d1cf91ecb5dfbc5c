import { readFileSync } from 'node:fs'
import { Agent } from 'undici'
import type { TlsConfig } from '../cloud-config/cloud-config.ts'
import { CloudConfigError } from '../cloud-config/config-error.ts'
import type { Timeouts } from './settings.ts'

/**
 * The connections of one client.
 *
 * @param connections at most so many at once to each service; further calls queue
 */
export function createAgent(tls: TlsConfig, timeouts: Timeouts, connections: number): Agent {
  return new Agent({
    connections,
    // HTTP/1.1 only: whether a lost request was sent can be told there.
    allowH2: false,
    connect: {
      timeout: timeouts.connectMs,
      rejectUnauthorized: tls.verify,
      ...pem(tls.caFile, 'ca'),
      ...pem(tls.certFile, 'cert'),
      ...pem(tls.keyFile ?? tls.certFile, 'key'),
    },
  })
}

function pem(file: string | undefined, key: 'ca' | 'cert' | 'key'): { [key: string]: string } {
  return file === undefined ? {} : { [key]: readPem(file) }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CloudConfigError('FileUnreadable', 'certificate file cannot be read', { path }, { cause: error })
  }
}
