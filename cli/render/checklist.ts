import type { Check } from '#api/types.ts'
import type { Context, Result } from '../command.ts'
import { painter, styleOf } from './colour.ts'
import { oneLine } from './text.ts'

/** Checks as they come; for programs one document at the end. Fails if any of them did. */
export const checklist = async (found: AsyncIterable<Check>, context: Context): Promise<Result> => {
  const people = context.format === 'table' || context.format === 'wide'
  const checks: Check[] = []
  // A person sees each line when it is known: some checks wait for a server that does not answer.
  for await (const check of found) {
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
}

const wordOf = (ok: Check['ok']): string => {
  if (ok === 'warn') return 'warn'
  if (ok === 'skipped') return 'skip'
  return ok ? 'ok' : 'FAIL'
}

const checkText = ({ name, ok, detail, next }: Check, context: Context): string => {
  const paint = painter(context.streams.out.colour)
  const word = wordOf(ok)
  const line = `${paint(styleOf(word), word.padEnd(4))}  ${oneLine(name).padEnd(22)}  ${oneLine(detail)}\n`
  return next === undefined ? line : `${line}      ${paint('bold', 'next:')} ${oneLine(next)}\n`
}
