/** A path whose inserted values are escaped: path`/servers/${id}/action`. */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  // A dot segment would survive encodeURIComponent and climb to another resource.
  const safe = values.map((value) => (/^\.{0,2}$/.test(value) ? refuse(value) : encodeURIComponent(value)))
  return String.raw({ raw: parts.raw }, ...safe)
}

function refuse(value: string): never {
  throw new TypeError(`not usable as an id: '${value}'`)
}

/** Query parameters; undefined ones are left out, lists are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export function queryString(query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(name, String(one))
    }
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}
