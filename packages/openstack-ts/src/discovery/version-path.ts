const VERSION = /\/v\d+(\.\d+)?(?=\/|$)/

/**
 * The URL of a service's API version. Catalogs and overrides list a service with or without it; it is appended where
 * it is missing, which is right for every release of Keystone, Glance and Neutron and asks no further request. Cinder
 * needs the project's id as well before 3.67, so that catalogs of older clouds list both.
 *
 * @param version `v3`, `v2`, `v2.0`
 */
export function withVersion(url: string, version: string): string {
  const bare = url.replace(/\/+$/, '')
  return VERSION.test(new URL(bare).pathname) ? bare : `${bare}/${version}`
}

/** Keystone's v3 root, also if `auth_url` still ends in v2.0. */
export function identityUrl(authUrl: string): string {
  return withVersion(authUrl.replace(/\/v2\.0\/?$/, ''), 'v3')
}
