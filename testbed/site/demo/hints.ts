import { join } from 'node:path'
import { CHECKOUT } from '../program.ts'
import type { UpRecord } from '../record.ts'
import { FLAVOR, IMAGE, SUBMIT_FILE } from '../words.ts'

/** What to do with a site that stays up, and as whom. */
export function hints({ uiUrl, account, environmentFiles, clouds }: UpRecord, takeDown: string): string {
  const login = account.temporary ? `su - ${account.name}` : `cd ${account.home}`
  const operator = account.temporary ? 'as the operator (root)' : `as the operator (${account.name} too)`
  return `
The site is up.
  Temporal web UI   ${uiUrl}
${clouds.map(({ name, authUrl }) => `  cloud ${name.padEnd(12)}${authUrl}`).join('\n')}

As the astronomer (account ${account.name}):
  ${login}
  . ${environmentFiles.user}
  canfar-batch submit ${SUBMIT_FILE} ${IMAGE} ${FLAVOR} --wait
  canfar-batch job list --all
  canfar-batch image list
  canfar-batch doctor

${operator[0]?.toUpperCase()}${operator.slice(1)}:
  . ${environmentFiles.operator}
  canfar-batch vm list --all
  canfar-batch fleet show
  canfar-batch cloud disable ${clouds[0]?.name ?? ''} --reason 'maintenance'
  condor_q -allusers; condor_status

Take it down:
  ${join(CHECKOUT, takeDown)}
`
}
