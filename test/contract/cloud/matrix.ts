import type { z } from 'zod'
import type { Answer, Ask, Service } from './world.ts'
import type { Person, Stage } from './stage.ts'

/** As access rules have it: `compute GET /servers/x`, `x` for an id; an action's name follows its path. */
export type CallName = `${Service} ${Ask['method']} /${string}`

/** Who asks, seen from the project that the thing belongs to: `other` is a member of another one, `expired` has the owner's token of yesterday. */
export const WHO = ['owner', 'reader', 'other', 'admin', 'expired'] as const
export type Who = (typeof WHO)[number]

/** Where a fact comes from: a section of the API reference, or what the services that README.md names answered. */
export type Source = `https://docs.openstack.org/api-ref/${string}` | 'observed'

/** What a request is answered with, and what it leaves behind. */
export interface Expected {
  source: Source
  status: number
  /** Shape of the body; without it, an error has the service's usual fault and anything else has none. */
  body?: z.ZodType
  /** The fault's words; `<name>` stands for what the stage calls so, `<id>` for the thing's id. */
  says?: string
  /** State of the thing afterwards; default: as before. */
  after?: string
  /** State in which what was made comes to rest; of a refusal: `nothing`. */
  made?: string
}

export type Cell = Expected | `unreachable: ${string}`

/** No cell is empty: the type says so. */
export type Cells<State extends string> = Readonly<Record<State, Readonly<Record<Who, Cell>>>>

/** A thing on the stage. */
export interface Subject {
  id: string
  /** Words that expectations use: `<name>`. */
  words?: Readonly<Record<string, string>>
}

export interface Thing<State extends string> {
  make(stage: Stage, state: State): Promise<Subject>
  /** Its state now; a word of its own where none of `State` fits. */
  look(stage: Stage, subject: Subject): Promise<string>
}

export type Request = Omit<Ask, 'service' | 'method'>

/** One request that is not about who asks for what in which state. */
export interface Asked extends Omit<Expected, 'after'> {
  who: Person
  request(stage: Stage): Promise<Request & Pick<Subject, 'words'>> | (Request & Pick<Subject, 'words'>)
}

/** What takes several requests to say. */
export interface Told {
  source: Source
  holds(stage: Stage): Promise<void>
}

export type Case = Asked | Told

export interface Call<State extends string = string> {
  name: CallName
  thing: Thing<State>
  /** What is asked with the thing. */
  request(subject: Subject, stage: Stage): Request
  /** For calls that make something: the state in which what was made comes to rest; `nothing` if nothing was. */
  made?(stage: Stage, answer: Answer, request: Request): Promise<string>
  cells: Cells<State>
  cases: Readonly<Record<string, Case>>
}
