import type { Secret } from './secret.ts'

export type Interface = 'public' | 'internal' | 'admin'

/** An id, or a name within a domain (names of users and projects are unique only within their domain). */
export type Reference = { id: string } | { name: string; domain: DomainReference }
export type DomainReference = { id: string } | { name: string }

export type Scope = { project: Reference } | { domain: DomainReference } | { system: 'all' }

/** How to obtain a token. An application credential is bound to its project: it takes no scope. */
export type Credential =
  | { type: 'password'; user: Reference; password: Secret; scope: Scope | undefined }
  | { type: 'applicationCredential'; id: string; secret: Secret }
  | { type: 'applicationCredential'; name: string; user: Reference; secret: Secret }
  | { type: 'token'; token: Secret; scope: Scope | undefined }

/** Where a configuration came from: enough to load it again, without any secret. */
export type ConfigSource =
  | {
      kind: 'file'
      cloud: string
      region: string | undefined
      clouds: string
      secure: string | undefined
      public: string | undefined
    }
  | { kind: 'environment' }
  | { kind: 'inline' }

/** One cloud, ready to connect to: the meaning of a clouds.yaml entry or of openrc variables. */
export interface CloudConfig {
  /** Name of the entry, or `envvars` for openrc variables. */
  name: string
  source: ConfigSource
  /** Keystone as configured, with or without a version at its end. */
  authUrl: string
  credential: Credential
  /** Undefined is fine on clouds of one region. */
  region: string | undefined
  /** One, or several of which the first that a service has is taken. */
  interface: Interface | readonly Interface[]
  /** Service type (`compute`) to the URL to use instead of the catalog's. */
  endpointOverrides: Readonly<Record<string, string>>
  /** Service type to the microversion that the configuration asks for; `latest` for the cloud's newest. */
  microversions: Readonly<Record<string, string>>
  tls: TlsConfig
}

export interface TlsConfig {
  /** False accepts any certificate. */
  verify: boolean
  /** File of the certificate authorities to trust instead of those that Node trusts. */
  caFile: string | undefined
  /** Client certificate and key, where a cloud wants them. */
  certFile: string | undefined
  keyFile: string | undefined
}
