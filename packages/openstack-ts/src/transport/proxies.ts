import { BlockList, isIP } from 'node:net'
import { CloudConfigError } from '../cloud-config/config-error.ts'
import type { Environment } from '../cloud-config/search.ts'

/** Which proxy, if any, leads to an origin (`https://keystone.example:5000`). */
export type ProxyFor = (origin: URL) => string | undefined

/**
 * Proxies as the variables `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` (or in capitals) name them.
 *
 * @throws CloudConfigError naming the variable, never its value, which may hold a password
 */
export function proxiesOf(env: Environment): ProxyFor {
  const proxies = { 'https:': proxyOf(env, 'https_proxy'), 'http:': proxyOf(env, 'http_proxy') }
  const exceptions = (valueOf(env, 'no_proxy')?.value ?? '').split(/[,\s]+/).filter(Boolean)
  return (origin) => {
    const proxy = origin.protocol === 'https:' ? proxies['https:'] : proxies['http:']
    return proxy === undefined || exceptions.some((exception) => isExcepted(origin, exception)) ? undefined : proxy
  }
}

function valueOf(env: Environment, ...names: string[]): { name: string; value: string } | undefined {
  return names
    .flatMap((name) => [name, name.toUpperCase()])
    .map((name) => ({ name, value: env[name] ?? '' }))
    .find(({ value }) => value !== '')
}

function proxyOf(env: Environment, variable: string): string | undefined {
  const found = valueOf(env, variable, 'all_proxy')
  if (found === undefined) return undefined
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(found.value) ? found.value : `http://${found.value}`
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined
  if (protocol === 'http:' || protocol === 'https:') return url
  const place = { path: 'environment', key: found.name }
  throw new CloudConfigError('KeyInvalid', 'must be the URL of an http or https proxy', place)
}

/**
 * Whether one entry of `no_proxy` means this origin: `*`, a host, a domain with all below it (with or without a
 * leading dot), an address or a network of addresses (`10.0.0.0/8`); a port restricts it.
 */
function isExcepted(origin: URL, exception: string): boolean {
  const host = origin.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const port = origin.port || (origin.protocol === 'https:' ? '443' : '80')
  const [, bracketed, plain = exception, only] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(exception) ?? []
  if (only !== undefined && only !== port) return false
  const name = (bracketed ?? plain)
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
  if (name === '*' || name === host) return true
  return isIP(host) === 0 ? host.endsWith(`.${name}`) : isWithin(host, name)
}

function isWithin(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/')
  const [family, own] = [isIP(base), isIP(address)]
  const prefix = Number(bits)
  if (bits === undefined || family !== own || !Number.isInteger(prefix) || prefix > (family === 4 ? 32 : 128))
    return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(base, prefix, kind)
  return list.check(address, kind)
}
