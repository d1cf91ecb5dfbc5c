import type { ProblemData } from '#domain/problem.ts'

export interface FlavorQuery {
  cloud?: string | undefined
  /** Name or id of the image that VMs shall boot from. */
  image?: string | undefined
  cpus?: number | undefined
  memoryMb?: number | undefined
  scratchGb?: number | undefined
}

export interface FlavorRow {
  name: string
  id: string
  cloud: string
  cores: number
  ramMb: number
  /** Root disk. */
  diskGb: number
  /** Scratch disk; 0: none. */
  scratchGb: number
  /** What a submission that names no flavor would take there: the smallest that fits. */
  chosen: boolean
  /** Why VMs of it cannot run there what was asked for. */
  refusal?: string | undefined
}

export interface FlavorList {
  /** By cloud in the site's order, smallest first. */
  flavors: FlavorRow[]
  /** Clouds of which nothing can be said, and why: the image is not there, for instance. */
  problems: { cloud: string; problem: ProblemData }[]
}
