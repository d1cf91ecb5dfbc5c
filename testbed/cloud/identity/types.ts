export interface Domain {
  id: string
  name: string
}

export interface Project {
  id: string
  name: string
  domainId: string
  enabled: boolean
}

export interface User {
  id: string
  name: string
  domainId: string
  enabled: boolean
  password: Digest
}

/** A secret that can be checked and not read back. */
export interface Digest {
  salt: string
  hash: string
}

/** The roles of one user in one project. */
export interface Assignment {
  userId: string
  projectId: string
  roles: string[]
}

export interface ApplicationCredential {
  id: string
  name: string
  description: string | null
  userId: string
  projectId: string
  roles: string[]
  secret: Digest
  /** Milliseconds since the epoch. */
  expiresAt: number | null
  unrestricted: boolean
  /** All that it may ask for; null = all that its roles allow. */
  accessRules: AccessRule[] | null
}

export interface AccessRule {
  id: string
  /** Type of the service. */
  service: string
  method: string
  /** As the service sees it, e.g. `/compute/v2.1/servers/*`. */
  path: string
}

export interface Token {
  id: string
  userId: string
  projectId: string | null
  methods: string[]
  applicationCredentialId: string | null
  auditId: string
  issuedAt: number
  expiresAt: number
}

/** Who asks: what a valid token says at this moment. */
export interface Principal {
  token: Token
  user: User
  project: Project | null
  roles: string[]
}
