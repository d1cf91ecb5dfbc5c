/** The list cut short, and without any word of a next page. */
export async function halfList(response: Response, keep: number): Promise<Response> {
  const headers = new Headers(response.headers)
  const body: unknown = response.headers.get('content-type')?.startsWith('application/json')
    ? await response.clone().json()
    : null
  if (typeof body !== 'object' || body === null) return response
  const [key, rows] =
    Object.entries(body).find(([name, value]) => Array.isArray(value) && !name.endsWith('links')) ?? []
  if (key === undefined || !Array.isArray(rows)) return response
  const kept = Object.fromEntries(Object.entries(body).filter(([name]) => name !== `${key}_links` && name !== 'next'))
  headers.delete('content-length')
  return Response.json({ ...kept, [key]: rows.slice(0, keep) }, { status: response.status, headers })
}
