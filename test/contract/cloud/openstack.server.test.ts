import { describe } from 'vitest'
import { mayMakeBridges } from '#testbed/instance/host-network.ts'
import { CALLS } from './calls.ts'
import { realWorld } from './real.ts'
import { holdAgainst } from './run.ts'

describe.skipIf(!mayMakeBridges())('real services', () => {
  holdAgainst(
    realWorld,
    CALLS.filter(({ name }) => !name.startsWith('block-storage ')),
  )
})
