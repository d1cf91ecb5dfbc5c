import { readFileSync } from 'node:fs'
import { Agent, Pool, ProxyAgent } from 'undici'
import type { TlsConfig } from '../cloud-config/cloud-config.ts'
import { CloudConfigError } from '../cloud-config/config-error.ts'
import type { ProxyFor } from './proxies.ts'
import type { Timeouts } from './settings.ts'

/**
 * The connections of one client.
 *
 * @param connections at most so many at once to each service; further calls queue
 */
export function createAgent(tls: TlsConfig, timeouts: Timeouts, connections: number, proxyFor: ProxyFor): Agent {
  const { connectMs } = timeouts
  const toCloud = {
    rejectUnauthorized: tls.verify,
    ...pem(tls.caFile, 'ca'),
    ...pem(tls.certFile, 'cert'),
    ...pem(tls.keyFile ?? tls.certFile, 'key'),
  }
  // HTTP/1.1 only: whether a lost request was sent can be told there.
  const common = { connections, allowH2: false }
  const direct = { ...common, connect: { timeout: connectMs, ...toCloud } }
  return new Agent({
    ...direct,
    factory(origin) {
      const proxy = proxyFor(new URL(origin))
      if (proxy === undefined) return new Pool(origin, direct)
      return new ProxyAgent({
        ...common,
        uri: proxy,
        requestTls: { timeout: connectMs, ...toCloud },
        proxyTls: { timeout: connectMs },
        // The tunnel is part of connecting, and its reply has no other limit.
        clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: connectMs }),
      })
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
