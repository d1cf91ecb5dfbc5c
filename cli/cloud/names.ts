import type { Api } from '#api/types.ts'

export const cloudNames = async (api: Api): Promise<string[]> => (await api.listClouds()).map(({ name }) => name)
