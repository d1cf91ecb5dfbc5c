import type { ProblemData } from '../problem.ts'
import { unbalanced } from './expression.ts'
import { inspectQueues, type QueueView } from './inspect.ts'
import { readBoolean, readString } from './literals.ts'
import { isOurMarker } from './markers.ts'
import { canonicalName, refusalOf, variableRefusalOf } from './names.ts'
import type { ValidationOptions } from './options.ts'
import { parseSubmitFile } from './parse.ts'
import { report, type SubmitReport } from './report.ts'
import type { Assignment, Statement, SubmitFile } from './statement.ts'

/**
 * Judges a submit file before anything is shared, booted or submitted.
 * @param name how the user knows the file; problems say `name:line`
 */
export function validateSubmitFile(text: string, name: string, options: ValidationOptions = {}): SubmitReport {
  const file = parseSubmitFile(text)
  const views = inspectQueues(file)
  const found: Found[] = [
    ...(text.includes('\0')
      ? [
          {
            line: 1,
            code: 'SubmitFileSyntax',
            message: 'this is not a text file',
            next: 'Name an HTCondor submit file.',
          },
        ]
      : []),
    ...file.statements.flatMap((statement) => judge(statement, options)),
    ...ends(file, views),
    ...views.flatMap(judgeQueue),
    ...imageAndFlavor(file, options),
  ]
  // one line may be in force at several queue statements
  const once = new Map(found.map((one) => [JSON.stringify(one), one]))
  const problems = [...once.values()].toSorted((a, b) => a.line - b.line).map((one) => asProblem(one, name))
  return { problems, ...report(file, views) }
}

interface Found {
  line: number
  code: string
  message: string
  next?: string
}

function asProblem({ line, code, message, next }: Found, name: string): ProblemData {
  return { code, kind: 'usage', message, where: `${name}:${line}`, ...(next === undefined ? {} : { next }) }
}

function judge(statement: Statement, options: ValidationOptions): Found[] {
  const { line } = statement
  switch (statement.kind) {
    case 'invalid':
      return [
        {
          line,
          code: 'SubmitFileSyntax',
          message: `${statement.message}: ${shorten(statement.text)}`,
          next: 'Correct the line, or make it a comment with # as its first character.',
        },
      ]
    case 'remark':
      return isOurMarker(statement.text)
        ? [
            {
              line,
              code: 'AlreadyRendered',
              message: 'this file was made by canfar-batch',
              next: 'Submit your own file.',
            },
          ]
        : []
    case 'queue':
      return [
        ...(statement.depth === 0
          ? []
          : [
              {
                line,
                code: 'QueueInsideIf',
                message: 'HTCondor cannot have a queue statement inside an if',
                next: 'Set a count in the if, and queue $(count) after its endif.',
              },
            ]),
        ...statement.arguments.variables.flatMap((variable) => {
          const reason = variableRefusalOf(variable)
          return reason === undefined
            ? []
            : [
                {
                  line,
                  code: 'LineRefused',
                  message: `the queue variable ${variable} is refused: ${reason}`,
                  next: 'Call the variable otherwise.',
                },
              ]
        }),
      ]
    case 'assignment':
      return judgeAssignment(statement, options)
    default:
      return []
  }
}

function judgeAssignment({ line, name, value }: Assignment, options: ValidationOptions): Found[] {
  if (name.includes('$(')) {
    return [
      { line, code: 'NameUnclear', message: `which line "${name}" sets cannot be told`, next: 'Write the name out.' },
    ]
  }
  const reason = refusalOf(name)
  if (reason !== undefined) {
    return [{ line, code: 'LineRefused', message: `"${name}" is refused: ${reason}`, next: 'Remove the line.' }]
  }
  const key = canonicalName(name)
  // one that is made of macros is judged where its queue statement stands
  if (key === 'universe') return value.includes('$') ? [] : judgeUniverse(line, value)
  if (key === 'requirements') {
    if (options.strictRequirements === true) {
      const message =
        'requirements are refused here: canfar-batch writes those that bring the job to its own worker VMs'
      return [{ line, code: 'RequirementsRefused', message, next: 'Remove the line, or choose another flavor.' }]
    }
    const fault = unbalanced(value)
    return fault === undefined
      ? []
      : [
          {
            line,
            code: 'RequirementsUnbalanced',
            message: `these requirements cannot be combined with ours: ${fault}`,
            next: 'Correct the expression.',
          },
        ]
  }
  if (['docker_image', 'container_image', 'vm_type'].includes(key)) {
    return [
      {
        line,
        code: 'UniverseRefused',
        message: `${name} asks for a container or a VM inside the worker VM, where only plain (vanilla) jobs run`,
        next: 'Install the software in the VM image.',
      },
    ]
  }
  return []
}

function judgeUniverse(line: number, universe: string): Found[] {
  if (universe.trim().toLowerCase() === 'vanilla') return []
  const message = `the universe ${universe} is refused: worker VMs run vanilla jobs only`
  return [{ line, code: 'UniverseRefused', message, next: 'Write "universe = vanilla", or leave the line out.' }]
}

function judgeQueue(view: QueueView): Found[] {
  const found: Found[] = []
  if (view.circle !== undefined) {
    const { line, names } = view.circle
    const message = `these values refer to each other in a circle: ${[...names, names[0]].join(' → ')}`
    found.push({ line, code: 'MacroCircle', message, next: 'Write one of them out.' })
  }
  const universe = view.setting('universe')
  if (universe?.written.includes('$') === true)
    found.push(...judgeUniverse(universe.line, universe.value ?? universe.written))
  const hold = view.setting('hold')
  if (hold !== undefined && readBoolean(hold.value) === undefined) {
    found.push({
      line: hold.line,
      code: 'HoldUnclear',
      message: `hold = ${hold.written} cannot be told from the file alone`,
      next: 'Write true or false, outside of any if.',
    })
  }
  const keepalive = view.setting('+VMKeepAlive')
  if (keepalive !== undefined && !/^\d{1,6}$/.test(keepalive.value?.trim() ?? '')) {
    found.push({
      line: keepalive.line,
      code: 'KeepaliveInvalid',
      message: `+VMKeepAlive = ${keepalive.written} is not a number of minutes`,
      next: 'Write whole minutes, for example "+VMKeepAlive = 5".',
    })
  }
  return found
}

/** What the file as a whole lacks. */
function ends(file: SubmitFile, views: QueueView[]): Found[] {
  const last = file.statements.at(-1)?.lastLine ?? 1
  const found: Found[] = []
  if (views.length === 0 && !file.statements.some((statement) => statement.kind === 'invalid')) {
    found.push({
      line: last,
      code: 'NoQueue',
      message: 'there is no queue statement, so there are no jobs',
      next: 'End the file with a line "queue".',
    })
  }
  const opaque = file.statements.some((statement) => statement.kind === 'directive')
  const bare = views.find((view) => view.setting('executable') === undefined)
  if (bare !== undefined && !opaque) {
    found.push({
      line: bare.queue.line,
      code: 'NoExecutable',
      message: 'no executable is set before this queue statement',
      next: 'Add a line "executable = …".',
    })
  }
  return found
}

/** The file may name image and flavor itself (`+VMImage`, `+VMFlavor`); two different answers are an error. */
function imageAndFlavor(file: SubmitFile, options: ValidationOptions): Found[] {
  return (['image', 'flavor'] as const).flatMap((what) => {
    const key = what === 'image' ? 'my.vmimage' : 'my.vmflavor'
    const lines = file.statements.filter((one) => one.kind === 'assignment' && canonicalName(one.name) === key)
    let wanted = options[what]
    let source = 'the command line'
    return lines.flatMap((one): Found[] => {
      if (one.kind !== 'assignment') return []
      const value = readString(one.value)
      if (value === undefined) {
        return [
          {
            line: one.line,
            code: 'LineRefused',
            message: `${one.name} = ${one.value} is not a name in double quotes`,
            next: `Write ${one.name} = "…".`,
          },
        ]
      }
      const clash = wanted !== undefined && wanted !== value
      if (clash) {
        const message = `this line asks for the ${what} "${value}", ${source} for "${wanted ?? ''}"`
        return [
          {
            line: one.line,
            code: what === 'image' ? 'ImageConflict' : 'FlavorConflict',
            message,
            next: `Name one ${what} in one place.`,
          },
        ]
      }
      wanted = value
      source = `line ${one.line}`
      return []
    })
  })
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
