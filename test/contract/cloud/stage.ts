import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Who } from './matrix.ts'
import { type Answer, type Ask, send, type World } from './world.ts'

/** For what services do by themselves, ms; far less than a test has. */
export const PATIENCE = 60_000

/** Who asks, and as which user of which project; tokens of all are taken once. */
const PEOPLE = {
  owner: ['ann', 'alpha'],
  reader: ['eve', 'alpha'],
  other: ['bob', 'beta'],
  admin: ['operator', 'admin'],
  /** Of the project with the small quotas. */
  narrow: ['nil', 'narrow'],
  /** Of the project with two networks of its own beside the shared one. */
  forked: ['fay', 'forked'],
  /** Of the project whose usage is counted, by one case alone. */
  counted: ['cal', 'counted'],
} as const satisfies Partial<Record<Who, unknown>> & Record<string, readonly [user: string, project: string]>

export type Person = keyof typeof PEOPLE | 'expired'

const Token = z.object({
  token: z.object({ user: z.object({ id: z.string() }), project: z.object({ id: z.string() }) }),
})

interface Login {
  token: string
  user: string
  project: string
}

/** A world with people in it. */
export class Stage {
  readonly world: World
  readonly #logins: ReadonlyMap<Person, Login>
  readonly #run = randomBytes(3).toString('hex')
  readonly #undo: (() => void)[] = []
  #names = 0

  private constructor(world: World, logins: ReadonlyMap<Person, Login>) {
    this.world = world
    this.#logins = logins
  }

  static async enter(world: World): Promise<Stage> {
    const logins = new Map<Person, Login>()
    for (const [person, [user, project]] of Object.entries(PEOPLE)) {
      logins.set(person as Person, await login(world, user, project))
    }
    const [user, project] = PEOPLE.owner
    const late = await login(world, user, project)
    const revoked = { 'x-subject-token': late.token }
    await send(world, late.token, { service: 'identity', method: 'DELETE', path: '/auth/tokens', headers: revoked })
    logins.set('expired', late)
    return new Stage(world, logins)
  }

  ask(who: Person, ask: Ask): Promise<Answer> {
    return send(this.world, this.#login(who).token, ask)
  }

  /** Something to be undone before the world ends. */
  onLeave(undo: () => void): void {
    this.#undo.push(undo)
  }

  leave(): Promise<void> {
    for (const undo of this.#undo) undo()
    return this.world.stop()
  }

  /** Asks for what the stage needs, which has to work. */
  async must<T>(who: Person, ask: Ask, body: z.ZodType<T>): Promise<T> {
    const answer = await this.ask(who, ask)
    if (answer.status >= 300) {
      const what = `${ask.service} ${ask.method} ${ask.path}`
      throw new Error(`${this.world.name}, ${what} as ${who}: ${answer.status} ${answer.text}`)
    }
    return body.parse(answer.json)
  }

  project = (of: Person): string => this.#login(of).project
  user = (who: Person): string => this.#login(who).user
  token = (who: Person): string => this.#login(who).token

  /** That nothing else there has. */
  name = (what: string): string => `${what}-${this.#run}-${++this.#names}`

  /** Looks until it is so. */
  async until<T>(what: string, look: () => Promise<T>, right: (seen: T) => boolean): Promise<T> {
    for (const deadline = Date.now() + PATIENCE; ; await sleep(this.world.lookEvery)) {
      const seen = await look()
      if (right(seen)) return seen
      if (Date.now() > deadline) throw new Error(`${this.world.name}: waited for ${what}, and it is ${String(seen)}`)
    }
  }

  #login(who: Person): Login {
    const found = this.#logins.get(who)
    if (found === undefined) throw new Error(`nobody is ${who}`)
    return found
  }
}

async function login(world: World, name: string, project: string): Promise<Login> {
  const domain = { id: 'default' }
  const identity = { methods: ['password'], password: { user: { name, password: `${name}-pw`, domain } } }
  const json = { auth: { identity, scope: { project: { name: project, domain } } } }
  const answer = await send(world, undefined, { service: 'identity', method: 'POST', path: '/auth/tokens', json })
  if (answer.status !== 201) throw new Error(`${world.name}: ${name} gets no token: ${answer.status} ${answer.text}`)
  const { token } = Token.parse(answer.json)
  return { token: answer.headers.get('x-subject-token') ?? '', user: token.user.id, project: token.project.id }
}
