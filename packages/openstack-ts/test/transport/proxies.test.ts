import { expect, test } from 'vitest'
import { CloudConfigError } from '../../src/index.ts'
import { proxiesOf } from '../../src/transport/proxies.ts'

const HTTPS = 'https://keystone.cloud.example:5000'

test.each([
  [{}, HTTPS, undefined],
  [{ https_proxy: 'http://p:3128' }, HTTPS, 'http://p:3128'],
  [{ HTTPS_PROXY: 'http://p:3128' }, HTTPS, 'http://p:3128'],
  [{ https_proxy: 'p:3128' }, HTTPS, 'http://p:3128'],
  [{ https_proxy: '' }, HTTPS, undefined],
  [{ http_proxy: 'http://p' }, HTTPS, undefined],
  [{ http_proxy: 'http://p' }, 'http://nova.example', 'http://p'],
  [{ all_proxy: 'http://p' }, HTTPS, 'http://p'],
  [{ all_proxy: 'socks5://p', https_proxy: 'https://q', http_proxy: 'http://q' }, HTTPS, 'https://q'],
])('%j leads to %s by %s', (env, origin, proxy) => {
  expect(proxiesOf(env)(new URL(origin))).toBe(proxy)
})

test.each([
  ['*', true],
  ['keystone.cloud.example', true],
  ['KEYSTONE.cloud.example', true],
  ['cloud.example', true],
  ['.cloud.example', true],
  ['*.cloud.example', true],
  ['other.example, cloud.example', true],
  ['other.example cloud.example', true],
  ['cloud.example:5000', true],
  ['cloud.example:443', false],
  ['loud.example', false],
  ['keystone.cloud.example.org', false],
  ['', false],
])('no_proxy=%s excepts keystone.cloud.example:5000: %s', (no_proxy, excepted) => {
  expect(proxiesOf({ https_proxy: 'http://p', no_proxy })(new URL(HTTPS)) === undefined).toBe(excepted)
})

test.each([
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://10.1.2.3:5000', true],
  ['10.2.0.0/16', 'https://10.1.2.3', false],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
  ['0.1.2.3', 'https://10.1.2.3', false],
  ['::1', 'https://[::1]:5000', true],
  ['[::1]:5000', 'https://[::1]:5000', true],
  ['[::1]:5001', 'https://[::1]:5000', false],
  ['fd00::/8', 'https://[fd12::1]', true],
  ['10.0.0.0/8', 'https://[fd12::1]', false],
])('no_proxy=%s excepts %s: %s', (no_proxy, origin, excepted) => {
  expect(proxiesOf({ https_proxy: 'http://p', no_proxy })(new URL(origin)) === undefined).toBe(excepted)
})

test.each([{ https_proxy: 'socks5://ada:sesame@p' }, { ALL_PROXY: 'http://ada:sesame@p:x' }])(
  'a proxy that cannot be used is told by its variable, without its value: %j',
  (env) => {
    const load = () => proxiesOf(env)
    expect(load).toThrow(CloudConfigError)
    expect(load).toThrow(`environment: ${Object.keys(env)[0]}: must be the URL of an http or https proxy`)
    expect(load).not.toThrow('sesame')
  },
)
