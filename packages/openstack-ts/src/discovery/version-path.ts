const VERSION = /\/(v\d+(?:\.\d+)?)(?=\/|$)/

/**
 * The URL of a service's API version. Configurations list a service with or without it; it is appended where it is
 * missing, which is right for every release of Keystone, Glance, Neutron, Nova and Cinder and asks no further request.
 *
 * @param version `v3`, `v2`, `v2.0`
 */
export function withVersion(url: string, version: string): string {
  const bare = url.replace(/\/+$/, '')
  return VERSION.test(new URL(bare).pathname) ? bare : `${bare}/${version}`
}

/**
 * The same for a URL of the catalog, which may name an older version of the service than is spoken here (`/v2/…` of
 * Nova, `/v2/…` of Cinder): the versions of a service lie beside each other, whatever follows them.
 */
export function inVersion(url: string, version: string): string {
  const versioned = withVersion(url, version)
  const { origin, pathname } = new URL(versioned)
  const listed = VERSION.exec(pathname)?.[1] ?? version
  const same = listed === version || listed.startsWith(`${version}.`)
  return same ? versioned : `${origin}${pathname.replace(VERSION, `/${version}`)}`
}

/** The URL of a version's own document: without the project id that may follow it. */
export function documentUrl(url: string): string {
  const { origin, pathname } = new URL(url)
  const version = VERSION.exec(pathname)
  const end = version === null ? pathname.length : version.index + version[0].length
  return `${origin}${pathname.slice(0, end).replace(/\/+$/, '')}/`
}

/** Keystone's v3 root, also if `auth_url` still ends in v2.0. */
export function identityUrl(authUrl: string): string {
  return withVersion(authUrl.replace(/\/v2\.0\/?$/, ''), 'v3')
}
