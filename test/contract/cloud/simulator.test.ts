import { CALLS } from './calls.ts'
import { holdAgainst } from './run.ts'
import { simulatedWorld } from './simulated.ts'

holdAgainst(simulatedWorld, CALLS)
