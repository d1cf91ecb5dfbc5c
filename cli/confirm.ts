import { Writable } from 'node:stream'
import { Problem } from '#domain/problem.ts'
import type { Context } from './command.ts'
import { oneLine } from './render/text.ts'

/**
 * Asks before something that can't be taken back; `--yes` answers for the user.
 *
 * @throws Problem `ConfirmationNeeded` where nobody can be asked, `Declined` on any answer but yes
 */
export const confirm = async (context: Context, yes: boolean, question: string): Promise<void> => {
  if (yes) return
  if (!context.streams.interactive) {
    throw new Problem({
      code: 'ConfirmationNeeded',
      kind: 'usage',
      message: `not done without a yes: ${question}`,
      next: 'add --yes; there is no terminal to ask at',
    })
  }
  const { createInterface } = await import('node:readline/promises')
  const { err, input } = context.streams
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      err.write(String(chunk))
      done()
    },
  })
  // Not as a terminal: readline would put it in raw mode and take Ctrl-C for itself.
  const prompt = createInterface({ input, output, terminal: false })
  try {
    // The end of the input (Ctrl-D) is no yes either; readline leaves the question open for ever.
    const ended = new Promise<string>((resolve) => prompt.once('close', () => resolve('')))
    const asked = prompt.question(`${oneLine(question)} [y/N] `, { signal: context.signal })
    const answer = await Promise.race([asked, ended])
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new Problem({ code: 'Declined', kind: 'failure', message: 'nothing done: the answer was not yes' })
    }
  } finally {
    prompt.close()
  }
}
