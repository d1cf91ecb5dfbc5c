import { z } from 'zod'

const Create = z.object({ server: z.object({ name: z.string(), flavorRef: z.string() }) })

/** What a create asks for, read from a copy; undefined = it is none, or none that Nova would understand. */
export async function serverWish(
  request: Request,
  path: string,
): Promise<{ name: string; flavor: string } | undefined> {
  if (request.method !== 'POST' || !/^\/compute\/v2\.1\/servers\/?$/.test(path)) return undefined
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => undefined)
  const { data } = Create.safeParse(body)
  return data && { name: data.server.name, flavor: data.server.flavorRef }
}
