import type { Thing } from '../matrix.ts'

/** Things of the seed that no request here changes: their id is that of the seed, if they have one. */
export const settings = <State extends string>(ids: Readonly<Record<State, string>>): Thing<State> => ({
  make: async (_, state) => ({ id: ids[state] }),
  look: async () => 'there',
})
