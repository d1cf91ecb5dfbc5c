import type { ProblemData } from '../problem.ts'
import type { QueueView } from './inspect.ts'
import { readBoolean, readSize, readString } from './literals.ts'
import { canonicalName } from './names.ts'
import type { SubmitFile } from './statement.ts'

/** One program that the jobs run. */
export interface Executable {
  line: number
  /** The path; relative ones are relative to the directory in which the file is submitted. Undefined: it depends on more than the file. */
  path?: string
  written: string
  /** False if it is expected on the worker VM (`transfer_executable = false`): then it need not exist where the file is submitted. */
  transferred: boolean
}

/** The resources that jobs ask for, the largest over the file; a field is absent where no plain number says it. */
export interface ResourceRequest {
  cpus?: number
  memoryMb?: number
  diskKb?: number
}

/** What was noticed in a submit file. */
export interface SubmitReport {
  /** In order of their lines; none: the file can be rendered. */
  problems: ProblemData[]
  executables: Executable[]
  /** Lines of the queue statements. */
  queues: number[]
  /** The user's own `hold` at each queue statement, in the same order. */
  hold: boolean[]
  /** The file asks for a job factory (`max_materialize`, `max_idle`). */
  factory: boolean
  /** The largest `+VMKeepAlive`, minutes. */
  keepalive?: number
  targetClouds?: string
  x509userproxy?: string
  /** The user has a pre-command of their own, so ours is left out. */
  ownPreCommand: boolean
  /** `+VMImage` and `+VMFlavor` of the file. */
  image?: string
  flavor?: string
  /** Lines with `requirements` of the user's. */
  requirements: number[]
  /** Lines whose effect is not in the file itself. */
  includes: number[]
  resources: ResourceRequest
}

export function report(file: SubmitFile, views: QueueView[]): Omit<SubmitReport, 'problems'> {
  const assigned = (name: string): number[] =>
    file.statements.flatMap((one) => (one.kind === 'assignment' && canonicalName(one.name) === name ? [one.line] : []))
  const values = (name: string): string[] => views.flatMap((view) => view.setting(name)?.value ?? [])
  const firstString = (name: string): string | undefined =>
    values(name)
      .map(readString)
      .find((text) => text !== undefined)
  const [targetClouds, image, flavor] = ['+TargetClouds', '+VMImage', '+VMFlavor'].map(firstString)
  const [x509userproxy] = values('x509userproxy')
  const keepalives = values('+VMKeepAlive').map(Number).filter(Number.isInteger)

  return {
    executables: executablesOf(views),
    queues: views.map((view) => view.queue.line),
    hold: views.map((view) => readBoolean(view.setting('hold')?.value) ?? false),
    factory: assigned('max_materialize').length > 0 || assigned('max_idle').length > 0,
    ownPreCommand: assigned('my.precmd').length > 0,
    requirements: assigned('requirements'),
    includes: file.statements.flatMap((one) =>
      one.kind === 'directive' && (one.word === 'include' || one.word === 'use') ? [one.line] : [],
    ),
    resources: resourcesOf(values),
    ...(keepalives.length === 0 ? {} : { keepalive: Math.max(...keepalives) }),
    ...(targetClouds === undefined ? {} : { targetClouds }),
    ...(x509userproxy === undefined ? {} : { x509userproxy }),
    ...(image === undefined ? {} : { image }),
    ...(flavor === undefined ? {} : { flavor }),
  }
}

function executablesOf(views: QueueView[]): Executable[] {
  const found = new Map<string, Executable>()
  for (const view of views) {
    const setting = view.setting('executable')
    if (setting === undefined) continue
    const transferred = readBoolean(view.setting('transfer_executable')?.value) !== false
    const { line, written } = setting
    for (const path of view.valuesOver('executable') ?? [undefined]) {
      const plain = path === undefined ? undefined : (readString(path) ?? path)
      found.set(`${line} ${plain ?? ''} ${transferred}`, {
        line,
        written,
        transferred,
        ...(plain === undefined ? {} : { path: plain }),
      })
    }
  }
  return [...found.values()]
}

function resourcesOf(values: (name: string) => string[]): ResourceRequest {
  const largest = (name: string, read: (text: string) => number | undefined): number | undefined => {
    const numbers = values(name).flatMap((text) => read(text) ?? [])
    return numbers.length === 0 ? undefined : Math.max(...numbers)
  }
  const cpus = largest('request_cpus', (text) => (/^\d+$/.test(text) ? Number(text) : undefined))
  const memory = largest('request_memory', (text) => readSize(text, 'M'))
  const disk = largest('request_disk', (text) => readSize(text, 'K'))
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memory === undefined ? {} : { memoryMb: Math.ceil(memory / 1024 ** 2) }),
    ...(disk === undefined ? {} : { diskKb: Math.ceil(disk / 1024) }),
  }
}
