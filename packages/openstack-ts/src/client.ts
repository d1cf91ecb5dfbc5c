import type { Agent } from 'undici'
import { authenticate } from './auth/authenticate.ts'
import { Authenticator } from './auth/authenticator.ts'
import type { CatalogService, Token } from './auth/token.ts'
import { BlockStorage } from './block-storage/block-storage.ts'
import { Compute } from './compute/compute.ts'
import type { CloudConfig } from './cloud-config/cloud-config.ts'
import type { Environment } from './cloud-config/search.ts'
import { locate, type ApiWish } from './discovery/locate.ts'
import type { MicroversionWish } from './discovery/microversion.ts'
import { namesOfService, ofService } from './discovery/service-types.ts'
import { identityUrl } from './discovery/version-path.ts'
import { OpenStackError } from './error/openstack-error.ts'
import { Identity } from './identity/identity.ts'
import { Image } from './image/image.ts'
import { Network } from './network/network.ts'
import { Placement } from './placement/placement.ts'
import { createAgent } from './transport/agent.ts'
import type { Hooks } from './transport/hooks.ts'
import { proxiesOf } from './transport/proxies.ts'
import { ServiceClient } from './transport/service-client.ts'
import {
  DEFAULT_RETRY,
  DEFAULT_TIMEOUTS,
  type CallOptions,
  type RetryPolicy,
  type Timeouts,
} from './transport/settings.ts'
import { Transport } from './transport/transport.ts'

export interface ConnectOptions {
  /** Environment whose `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` count. Default: no proxy. */
  env?: Environment | undefined
  timeouts?: Partial<Timeouts> | undefined
  retry?: Partial<RetryPolicy> | undefined
  hooks?: Hooks | undefined
  /** Default `openstack-ts`. */
  userAgent?: string | undefined
  /** Connections to each service at once; further calls queue. Default 16. */
  connections?: number | undefined
  /** A token that expires within this time is renewed before it is used, in milliseconds. Default 2 min. */
  tokenSkewMs?: number | undefined
  /**
   * Compute microversion. Default: 2.1 at least, 2.79 wanted (Train). From 2.69 on Nova lists servers whose cell is
   * down as `UNKNOWN` instead of leaving them out, which nobody should mistake for their absence.
   */
  computeMicroversion?: Partial<MicroversionWish> | undefined
  /** Block storage microversion. Default: 3.0 at least, 3.59 wanted (Train). */
  blockStorageMicroversion?: Partial<MicroversionWish> | undefined
  /** Placement microversion. Default: 1.17 at least (Queens), 1.36 wanted (Train). */
  placementMicroversion?: Partial<MicroversionWish> | undefined
  /** Clock in milliseconds since the epoch, for tests. */
  now?: (() => number) | undefined
}

const COMPUTE: MicroversionWish = { min: '2.1', wanted: '2.79' }
const BLOCK_STORAGE: MicroversionWish = { min: '3.0', wanted: '3.59' }
const PLACEMENT: MicroversionWish = { min: '1.17', wanted: '1.36' }

/**
 * One cloud as one user in one project sees it. Nothing is asked before the first call that needs it.
 *
 * @example
 * const cloud = OpenStack.connect(loadCloudConfig({ cloud: 'arbutus', env: process.env, cwd: process.cwd() }))
 * for await (const server of cloud.compute.servers.list()) console.log(server.name, server.status)
 * await cloud.close()
 */
export class OpenStack implements AsyncDisposable {
  readonly config: CloudConfig
  readonly identity: Identity
  readonly image: Image
  readonly compute: Compute
  readonly network: Network
  readonly blockStorage: BlockStorage
  readonly placement: Placement
  readonly #agent: Agent
  readonly #transport: Transport
  readonly #authenticator: Authenticator

  private constructor(config: CloudConfig, options: ConnectOptions) {
    const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
    const { hooks = {}, userAgent = 'openstack-ts', now = Date.now } = options
    const keystone = identityUrl(config.authUrl)
    this.config = config
    this.#agent = createAgent(config.tls, timeouts, options.connections ?? 16, proxiesOf(options.env ?? {}))
    this.#transport = new Transport({
      dispatcher: this.#agent,
      timeouts,
      retry: { ...DEFAULT_RETRY, ...options.retry },
      hooks,
      userAgent,
    })
    this.#authenticator = new Authenticator(
      () => authenticate(this.#transport, keystone, config.credential),
      options.tokenSkewMs ?? 120_000,
      now,
    )
    // Where the token came from is where the rest of Keystone is; catalogs often list an address only operators reach.
    const keystoneUrl = identityUrl(ofService(config.endpointOverrides, 'identity') ?? config.authUrl)
    const keystoneEndpoint = { url: keystoneUrl, headers: {}, microversion: undefined }
    const identity = new ServiceClient('identity', this.#transport, this.#authenticator, () =>
      Promise.resolve(keystoneEndpoint),
    )
    const microversion = wish(config, 'compute', COMPUTE, options.computeMicroversion)
    const ofVolumes = wish(config, 'block-storage', BLOCK_STORAGE, options.blockStorageMicroversion)
    this.identity = new Identity(identity, this.#authenticator)
    this.image = new Image(this.#client({ type: 'image', version: 'v2', microversion: undefined }))
    this.compute = new Compute(this.#client({ type: 'compute', version: 'v2.1', microversion }), (call) =>
      this.projectId(call),
    )
    this.network = new Network(this.#client({ type: 'network', version: 'v2.0', microversion: undefined }), () =>
      this.projectId(),
    )
    this.blockStorage = new BlockStorage(
      this.#client({ type: 'block-storage', version: 'v3', microversion: ofVolumes }),
      (call) => this.projectId(call),
    )
    const ofPlacement = wish(config, 'placement', PLACEMENT, options.placementMicroversion)
    this.placement = new Placement(this.#client({ type: 'placement', version: undefined, microversion: ofPlacement }))
  }

  static connect(config: CloudConfig, options: ConnectOptions = {}): OpenStack {
    return new OpenStack(config, options)
  }

  /** @throws OpenStackError `InvalidRequest` if the token belongs to no project */
  async projectId(options: CallOptions = {}): Promise<string> {
    return (await this.#project(options)).id
  }

  /** @throws OpenStackError `InvalidRequest` if the token belongs to no project */
  async projectName(options: CallOptions = {}): Promise<string> {
    return (await this.#project(options)).name
  }

  async userId(options: CallOptions = {}): Promise<string> {
    return (await this.#authenticator.token(options)).user.id
  }

  async catalog(options: CallOptions = {}): Promise<readonly CatalogService[]> {
    return (await this.#authenticator.token(options)).catalog
  }

  /** Whether the catalog lists a service under any of its names. */
  async hasService(type: string, options: CallOptions = {}): Promise<boolean> {
    const names = namesOfService(type)
    return (await this.catalog(options)).some((service) => names.includes(service.type))
  }

  /** A client for a service that this package has no resources for. */
  service(type: string, api: Omit<ApiWish, 'type'> = { version: undefined, microversion: undefined }): ServiceClient {
    return this.#client({ ...api, type })
  }

  /** Waits for calls under way, then closes all connections. */
  async close(): Promise<void> {
    await this.#agent.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #client(api: ApiWish): ServiceClient {
    const find = (token: Token, options: CallOptions) => locate(this.config, this.#transport, api, token, options)
    return new ServiceClient(api.type, this.#transport, this.#authenticator, find)
  }

  async #project(options: CallOptions): Promise<{ id: string; name: string }> {
    const { project } = await this.#authenticator.token(options)
    if (project !== undefined) return project
    const message = `${this.config.name}: the token belongs to no project; name one in the configuration`
    throw new OpenStackError(message, { code: 'InvalidRequest', service: 'identity' })
  }
}

/** What the program says goes before what the configuration says. */
function wish(
  config: CloudConfig,
  service: string,
  usual: MicroversionWish,
  own: Partial<MicroversionWish> | undefined,
): MicroversionWish {
  const configured = namesOfService(service)
    .map((name) => config.microversions[name])
    .find((version) => version !== undefined)
  return { ...usual, ...(configured === undefined ? {} : { wanted: configured }), ...own }
}
