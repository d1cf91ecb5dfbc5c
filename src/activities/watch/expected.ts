import type { Client } from '@temporalio/client'
import { listedVm, type ListedVm } from '#contract/listed.ts'
import { vmsQuery } from '#contract/lists.ts'

/** VMs whose workflow runs. Read from Temporal at each look: a watch that was down has forgotten nothing. */
export async function expectedVms(client: Client, pool: string, cloud?: string): Promise<ListedVm[]> {
  const expected: ListedVm[] = []
  for await (const listed of client.workflow.list({ query: vmsQuery(pool, cloud === undefined ? {} : { cloud }) })) {
    const vm = listedVm(listed)
    if (vm !== undefined) expected.push(vm)
  }
  return expected
}
