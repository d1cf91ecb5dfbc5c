import type { CloudConfig } from '../cloud-config/cloud-config.ts'
import type { Token } from '../auth/token.ts'
import { OpenStackError } from '../error/openstack-error.ts'
import { parseJson } from '../json.ts'
import type { Endpoint } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { Transport } from '../transport/transport.ts'
import { endpointUrl } from './endpoint.ts'
import { microversionHeaders, negotiateMicroversion, type MicroversionWish } from './microversion.ts'
import { ofService } from './service-types.ts'
import { parseVersions, versionNamed, type ApiVersion } from './version-document.ts'
import { documentUrl, inVersion, withVersion } from './version-path.ts'

/** What is known of a service's API before it is asked. */
export interface ApiWish {
  type: string
  /** Appended to an endpoint that has no version. */
  version: string | undefined
  /** For services with microversions. */
  microversion: MicroversionWish | undefined
}

/**
 * The URL as the configuration overrides it, or the catalog lists it. An override may hold `%(project_id)s`, as
 * openstacksdk allows.
 */
export function serviceUrl(config: CloudConfig, api: ApiWish, token: Token): string {
  const { type, version } = api
  const override = ofService(config.endpointOverrides, type)?.replace(/[%$]\((project|tenant)_id\)s/g, () => {
    if (token.project !== undefined) return token.project.id
    throw new OpenStackError(`${type}: the endpoint override wants a project id, but the token has no project`, {
      code: 'EndpointNotFound',
      service: type,
    })
  })
  // Who overrides an endpoint means the version that is written there.
  if (override !== undefined) return version === undefined ? override : withVersion(override, version)
  const url = endpointUrl(token.catalog, { type, interface: config.interface, region: config.region })
  return version === undefined ? url : inVersion(url, version)
}

/** Finds a service and settles its microversion. */
export async function locate(
  config: CloudConfig,
  transport: Transport,
  api: ApiWish,
  token: Token,
  options: CallOptions,
): Promise<Endpoint> {
  const url = serviceUrl(config, api, token)
  if (api.microversion === undefined) return { url, headers: {}, microversion: undefined }
  const offer = await readVersion(transport, api, url, token, options)
  if (offer.max === undefined) {
    throw new OpenStackError(`${api.type}: ${url} has no microversions: it is older than ${api.version ?? 'those'}`, {
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
  const document = documentUrl(url)
  const reply = await transport.send({
    ...options,
    service: api.type,
    stage: 'discovery',
    method: 'GET',
    url: document,
    headers: { accept: 'application/json', 'x-auth-token': token.secret.reveal() },
    expect: [200, 300],
  })
  const versions = parseVersions(parseJson(reply.text))
  const version = versionNamed(versions, api.version)
  if (version !== undefined) return version
  const known = versions.map(({ id }) => id).join(', ') || 'none'
  throw new OpenStackError(`${api.type}: ${document} does not describe ${api.version} (versions there: ${known})`, {
    code: 'BadReply',
    service: api.type,
    url: document,
    status: reply.status,
    requestId: reply.requestId,
  })
}
