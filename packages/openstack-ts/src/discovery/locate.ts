import type { CloudConfig } from '../cloud-config/cloud-config.ts'
import type { Token } from '../auth/token.ts'
import { OpenStackError } from '../error/openstack-error.ts'
import { parseJson } from '../json.ts'
import type { Endpoint } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { Transport } from '../transport/transport.ts'
import { endpointUrl } from './endpoint.ts'
import { microversionHeaders, negotiateMicroversion, type MicroversionWish } from './microversion.ts'
import { namesOfService } from './service-types.ts'
import { parseVersions, type ApiVersion } from './version-document.ts'
import { withVersion } from './version-path.ts'

/** What is known of a service's API before it is asked. */
export interface ApiWish {
  type: string
  /** Appended to an endpoint that has no version. */
  version: string | undefined
  /** For services with microversions. */
  microversion: MicroversionWish | undefined
}

/** The URL as the configuration overrides it, or the catalog lists it. */
export function serviceUrl(config: CloudConfig, type: string, token: Token): string {
  const override = namesOfService(type)
    .map((name) => config.endpointOverrides[name])
    .find((url) => url !== undefined)
  return override ?? endpointUrl(token.catalog, { type, interface: config.interface, region: config.region })
}

/** Finds a service and settles its microversion. */
export async function locate(
  config: CloudConfig,
  transport: Transport,
  api: ApiWish,
  token: Token,
  options: CallOptions,
): Promise<Endpoint> {
  const found = serviceUrl(config, api.type, token)
  const url = api.version === undefined ? found : withVersion(found, api.version)
  if (api.microversion === undefined) return { url, headers: {}, microversion: undefined }
  const offer = await readVersion(transport, api, url, token, options)
  if (offer.max === undefined) {
    throw new OpenStackError(`${api.type}: ${url} has no microversions: it is older than ${api.version}`, {
      code: 'MicroversionUnsupported',
      service: api.type,
    })
  }
  const microversion = negotiateMicroversion(api.type, api.microversion, {
    min: offer.min ?? api.microversion.min,
    max: offer.max,
  })
  return { url, headers: microversionHeaders(api.type, microversion), microversion }
}

async function readVersion(
  transport: Transport,
  api: ApiWish,
  url: string,
  token: Token,
  options: CallOptions,
): Promise<ApiVersion> {
  // A project id may follow the version in the catalog; the document is at the version itself.
  const root = url.replace(/(\/v\d+(?:\.\d+)?)\/.*$/, '$1')
  const reply = await transport.send({
    ...options,
    service: api.type,
    method: 'GET',
    url: `${root}/`,
    headers: { accept: 'application/json', 'x-auth-token': token.secret.reveal() },
    expect: [200, 300],
  })
  const versions = parseVersions(parseJson(reply.text))
  // Cinder calls its third version v3.0.
  const named = versions.find(({ id }) => id === api.version || id === `${api.version}.0`)
  const version = named ?? (versions.length === 1 ? versions[0] : undefined)
  if (version !== undefined) return version
  const known = versions.map(({ id }) => id).join(', ') || 'none'
  throw new OpenStackError(`${api.type}: ${root}/ does not describe ${api.version} (versions there: ${known})`, {
    code: 'BadReply',
    service: api.type,
    url: `${root}/`,
    status: reply.status,
    requestId: reply.requestId,
  })
}
