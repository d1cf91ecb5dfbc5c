import type { Layout, Region } from '../layout.ts'
import type { Section } from './ini.ts'
import type { Passwords } from './passwords.ts'

/** What a region's service is configured from. */
export interface ServiceSite {
  layout: Layout
  region: Region
  passwords: Passwords
  /** Of Keystone. */
  identity: string
}

/** Services that speak to others as users of their own. */
export const SERVICE_USERS = ['nova', 'placement', 'glance', 'neutron'] as const
export type ServiceUser = (typeof SERVICE_USERS)[number]

/** How a service logs in as a user. */
export const login = (user: ServiceUser, { identity, passwords, region }: ServiceSite): Section => ({
  auth_url: identity,
  auth_type: 'password',
  username: user,
  password: passwords.service,
  project_name: 'service',
  user_domain_name: 'Default',
  project_domain_name: 'Default',
  region_name: region.name,
})

/** How a service checks the tokens of its callers. */
export const tokenCheck = (user: ServiceUser, site: ServiceSite): Section => ({
  ...login(user, site),
  www_authenticate_uri: site.identity,
  service_token_roles_required: true,
  // a revoked token is good for no longer than this; with the default, 300 s, no test would see one refused
  token_cache_time: 5,
})
