import type { OpenApi } from '#api/types.ts'

/** The one door to the api. Loading it brings in the Temporal client, so only commands that ask something go through it. */
export const loadApi = async (): Promise<OpenApi> => {
  const { openApi } = await import('#api/open.ts')
  return openApi
}
