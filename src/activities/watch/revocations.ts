import type { Deps } from '#activities/deps.ts'
import { goneVmsQuery } from '#contract/lists.ts'
import { listedVm } from '#contract/listed.ts'
import { tokenLifetimeMs } from '#domain/worker/token.ts'
import { revokeTokens } from '#htcondor/revoke-tokens.ts'

/** How often the list is made anew, ms. */
const renewEvery = 60_000
/** HTCondor compares each ad with the whole list: the newest so many are refused, older ones soon expire anyway. */
const most = 5000

/** Makes the pool refuse the tokens of VMs that are gone. The list is read from Temporal each time: there is nothing to lose. */
export class Revocations {
  readonly #deps: Deps
  #lastRenewal = 0
  #failure: Error | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** @throws what the last renewal failed of, until one succeeds: tokens of VMs that are gone would go on working */
  async renew(at: number, signal: AbortSignal): Promise<void> {
    if (at - this.#lastRenewal >= renewEvery) {
      this.#lastRenewal = at
      this.#failure = await this.#write(at, signal).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      )
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async #write(at: number, signal: AbortSignal): Promise<void> {
    const { client, condor, config } = this.#deps
    const file = config.condor.revocationsFile
    if (file === undefined) return
    const since = new Date(at - tokenLifetimeMs(config.deadlines, config.keepalive.cap))
    const identities: string[] = []
    for await (const listed of client.workflow.list({ query: goneVmsQuery(config.pool, since) })) {
      const vm = listedVm(listed)
      if (vm !== undefined) identities.push(`${vm.order.tenant}.${vm.vm}@${config.condor.trustDomain}`)
      if (identities.length >= most) break
    }
    await revokeTokens(condor, { file, identities, signal })
  }
}
