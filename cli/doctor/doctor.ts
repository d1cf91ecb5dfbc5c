import type { Check } from '#api/types.ts'
import type { CommandSpec, Context } from '../command.ts'
import { checklist } from '../render/checklist.ts'
import { problemOf } from '../render/problem.ts'
import { nodeCheck } from './node.ts'

export const command: CommandSpec = {
  details:
    'Looks at Node.js, the configuration, Temporal, the worker process, each cloud and HTCondor. Changes nothing.',
  examples: [
    { command: 'canfar-batch doctor', does: 'one line a check, and the next command for each that failed' },
    { command: `canfar-batch doctor -o json | jq -r '.items[] | select(.ok == false).name'`, does: 'only what failed' },
  ],
  run: (context) => checklist(allChecks(context), context),
}

async function* allChecks(context: Context): AsyncIterable<Check> {
  yield nodeCheck(process.version)
  try {
    const api = await context.api()
    yield* api.diagnose()
  } catch (error) {
    // Most often the configuration; then nothing else can be asked.
    const { code, message, where, next } = problemOf(error)
    const name = code === 'Unexpected' ? 'canfar-batch' : 'configuration'
    yield { name, ok: false, detail: where === undefined ? message : `${where}: ${message}`, next }
  }
}
