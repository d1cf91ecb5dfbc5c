import { Problem } from '../problem.ts'
import { ourBlock } from './markers.ts'
import { canonicalName } from './names.ts'
import { parseSubmitFile } from './parse.ts'
import { inspectQueues, type QueueView } from './inspect.ts'
import { readBoolean } from './literals.ts'
import { stampAttributes, stampRequirements, type JobStamp } from './stamp.ts'
import type { Statement, SubmitFile } from './statement.ts'

export interface RenderOptions extends JobStamp {
  /** The user's file, byte for byte. */
  text: string
  /** Minutes. `value` goes to files that name none; what a file names is cut to `cap`. */
  keepalive: { value: number; cap: number }
  /** Hand the jobs in on hold, to be released once they are known. The user's own hold is kept as `CanfarUserHold`. */
  hold: boolean
  /** The user's proxy certificate, and the pre-command that links it into the worker VM: absolute paths on the access point. */
  proxy?: { path: string; preCommand: string }
  /** Where relative paths of the file begin, if not the directory in which condor_submit runs. */
  initialDir?: string
  /**
   * Which files of a job come back, beside its output and error, if its file does not say: `none` (the original system's rule: results
   * go to VOSpace), or `new` (HTCondor's rule: everything that the job made). The original's `/dev/null` leaves an empty file `null`
   * behind; an empty list does not.
   */
  outputs?: 'none' | 'new'
  strictRequirements?: boolean
}

/**
 * The submit file for our pool: the user's text untouched, ours around it. Presets stand before it, where any line of the user's wins.
 * What must win stands directly before each queue statement, because a later line wins until the next queue; HTCondor allows no queue
 * statement in an included file. `userText` gives the user's bytes back.
 * The file must have been found free of problems by `validateSubmitFile` with the same options.
 */
export function renderSubmitFile(options: RenderOptions): string {
  const file = parseSubmitFile(options.text)
  const views = inspectQueues(file)
  const viewOf = new Map<Statement, QueueView>(views.map((view) => [view.queue, view]))
  const plan = planOf(file, options)
  const parts = [ourBlock(presetLines(options, plan))]
  let at = 0
  let changed: Statement[] = []
  for (const statement of file.statements) {
    const view = viewOf.get(statement)
    if (view === undefined) {
      changed.push(statement)
      continue
    }
    parts.push(
      options.text.slice(at, statement.start),
      ourBlock(forcedLines(view, view === views[0], changed, options, plan)),
    )
    at = statement.start
    changed = []
  }
  parts.push(options.text.slice(at))
  return parts.join('')
}

interface Plan {
  /** Some line of the file has an effect that the file does not show. */
  opaque: boolean
  /** The pre-command to add; undefined without a proxy, or if the user has one of their own. */
  preCommand?: string
  userHold: boolean
  /** Lower-case names as written, by the one name that they mean. */
  spellings: ReadonlyMap<string, ReadonlySet<string>>
}

function planOf(file: SubmitFile, options: RenderOptions): Plan {
  const spellings = new Map<string, Set<string>>()
  for (const statement of file.statements) {
    if (statement.kind !== 'assignment') continue
    const name = canonicalName(statement.name)
    const written = statement.name.toLowerCase().replace(/^[+-]/, 'my.')
    spellings.set(name, (spellings.get(name) ?? new Set()).add(written))
  }
  const preCommand = spellings.has('my.precmd') ? undefined : options.proxy?.preCommand
  return {
    opaque: file.statements.some(isOpaque),
    userHold: spellings.has('hold'),
    spellings,
    ...(preCommand === undefined ? {} : { preCommand: plainPath(preCommand) }),
  }
}

/** HTCondor reads an alias only where the keyword itself is absent: what the user calls it decides what we call it. */
function aliasOf(name: string, plan: Plan): string | undefined {
  const written = plan.spellings.get(name)
  return written === undefined || written.has(name) ? undefined : [...written][0]
}

function isOpaque(statement: Statement): boolean {
  return statement.kind === 'directive' && (statement.word === 'include' || statement.word === 'use')
}

/** Lines that any line of the user's outweighs. One that the user has under an alias is left out: it would outweigh the alias. */
function presetLines(options: RenderOptions, plan: Plan): string[] {
  const presets: [name: string, value: string][] = [
    ['universe', 'vanilla'],
    ['should_transfer_files', 'YES'],
    ['when_to_transfer_output', 'ON_EXIT_OR_EVICT'],
    ...(options.outputs === 'new' ? [] : [['transfer_output_files', '""'] satisfies [string, string]]),
    ['+RunAsOwner', 'True'],
    ['+VMKeepAlive', String(Math.min(options.keepalive.value, options.keepalive.cap))],
  ]
  if (options.initialDir !== undefined) presets.push(['initialdir', plainPath(options.initialDir)])
  if (options.proxy !== undefined) presets.push(['x509userproxy', plainPath(options.proxy.path)])
  if (plan.preCommand !== undefined) {
    presets.push(['+PreCmd', `"${plan.preCommand.slice(plan.preCommand.lastIndexOf('/') + 1)}"`])
    // the proxy's file name, whichever proxy is in force at the queue statement
    presets.push(['+PreArguments', '"$Fnx(x509userproxy)"'])
  }
  return presets
    .filter(([name]) => aliasOf(canonicalName(name), plan) === undefined)
    .map(([name, value]) => `${name} = ${value}`)
}

/** Lines that outweigh whatever stands before the queue statement. `changed` is what the user wrote since the one before. */
function forcedLines(
  view: QueueView,
  first: boolean,
  changed: Statement[],
  options: RenderOptions,
  plan: Plan,
): string[] {
  // a line that refers to its own old value is added again only where that value may be another than the one we gave it
  const touched = (name: string): boolean =>
    first || changed.some((one) => isOpaque(one) || (one.kind === 'assignment' && canonicalName(one.name) === name))
  const lines: string[] = []
  // an included file may hold what is refused in the file itself
  if (plan.opaque) lines.push('universe = vanilla', 'MY.Requirements =')
  if (touched('requirements')) {
    const own = options.strictRequirements === true ? '' : ' && ($(requirements:True))'
    lines.push(`requirements = (${stampRequirements(options)})${own}`)
  }
  for (const [name, expression] of stampAttributes(options)) lines.push(`+${name} = ${expression}`)
  const keepalive = Number(view.setting('+VMKeepAlive')?.value ?? 0)
  if (keepalive > options.keepalive.cap) lines.push(`+VMKeepAlive = ${options.keepalive.cap}`)
  if (options.hold) {
    const own = readBoolean(view.setting('hold')?.value) ?? false
    if (plan.userHold) lines.push(`+CanfarUserHold = ${own ? 'True' : 'False'}`)
    lines.push('hold = True')
  }
  if (plan.preCommand !== undefined && touched('transfer_input_files')) {
    const name = aliasOf('transfer_input_files', plan) ?? 'transfer_input_files'
    lines.push(`${name} = $(${name}), ${plan.preCommand}`)
  }
  return lines
}

const path = /^\/[A-Za-z0-9._+@%=~/ -]*$/

function plainPath(text: string): string {
  if (path.test(text) && !text.endsWith(' ')) return text
  throw new Problem({
    code: 'PathUnsafe',
    kind: 'usage',
    message: `the path ${JSON.stringify(text)} cannot stand in a submit file`,
    next: 'Use a path of letters, digits, blanks and . _ + - @ % = ~ /',
  })
}
