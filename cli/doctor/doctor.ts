import type { Check } from '#api/types.ts'
import type { CommandSpec, Context } from '../command.ts'
import { painter, styleOf } from '../render/colour.ts'
import { problemOf } from '../render/problem.ts'
import { oneLine } from '../render/text.ts'
import { nodeCheck } from './node.ts'

export const command: CommandSpec = {
  details:
    'Looks at Node.js, the configuration, Temporal, the worker process, each cloud and HTCondor. Changes nothing.',
  examples: [
    { command: 'canfar-batch doctor', does: 'one line a check, and the next command for each that failed' },
    { command: `canfar-batch doctor -o json | jq -r '.items[] | select(.ok == false).name'`, does: 'only what failed' },
  ],
  async run(context) {
    const people = context.format === 'table' || context.format === 'wide'
    const checks: Check[] = []
    // A person sees each line when it is known: some checks wait for a server that does not answer.
    for await (const check of allChecks(context)) {
      checks.push(check)
      if (people) context.streams.out.write(checkText(check, context))
    }
    const failed = checks.filter(({ ok }) => ok === false)
    return {
      document: { kind: 'CheckList', items: checks },
      text: () => '',
      problem:
        failed.length === 0
          ? undefined
          : {
              code: 'ChecksFailed',
              kind: 'failure',
              message: `${failed.length} of ${checks.length} checks failed: ${failed.map(({ name }) => name).join(', ')}`,
            },
    }
  },
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

const checkText = ({ name, ok, detail, next }: Check, context: Context): string => {
  const paint = painter(context.streams.out.colour)
  const word = ok === 'warn' ? 'warn' : ok ? 'ok' : 'FAIL'
  const line = `${paint(styleOf(word), word.padEnd(4))}  ${oneLine(name).padEnd(22)}  ${oneLine(detail)}\n`
  return next === undefined ? line : `${line}      ${paint('bold', 'next:')} ${oneLine(next)}\n`
}
