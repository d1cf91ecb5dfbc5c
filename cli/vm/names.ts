import type { Api } from '#api/types.ts'

/** Every name that is remembered, those of VMs that are gone included. */
export const vmNames = async (api: Api): Promise<string[]> => (await api.listVms({ all: true })).map(({ name }) => name)
