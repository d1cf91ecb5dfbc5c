import type { QueueArguments } from './queue-arguments.ts'

interface Placed {
  /** First and last physical line, from 1. */
  line: number
  lastLine: number
  /** `[start, end)` in the file's text. */
  start: number
  end: number
  /** How many `if` blocks stand around it. */
  depth: number
}

/** `name = value`, `+Attr = value`, `MY.Attr = value`, `name += value`, or `name @=tag … @tag`. */
export interface Assignment extends Placed {
  kind: 'assignment'
  /** As written, `+`, `-` or `MY.` included. */
  name: string
  operator: '=' | '+=' | '@='
  value: string
}

/** `if`, `elif`, `else`, `endif`. */
export interface Conditional extends Placed {
  kind: 'conditional'
  word: 'if' | 'elif' | 'else' | 'endif'
  condition: string
}

/** Lines whose effect is not in the file: `include`, `use`; and the messages `error`, `warning`. */
export interface Directive extends Placed {
  kind: 'directive'
  word: 'include' | 'use' | 'error' | 'warning'
  text: string
}

export interface Queue extends Placed {
  kind: 'queue'
  arguments: QueueArguments
}

export interface Remark extends Placed {
  kind: 'remark'
  text: string
}

/** A line that HTCondor refuses. */
export interface Invalid extends Placed {
  kind: 'invalid'
  message: string
  text: string
}

export type Statement = Assignment | Conditional | Directive | Queue | Remark | Invalid

/** A submit file, read but not judged. Its statements cover the text without gaps, in order. */
export interface SubmitFile {
  text: string
  statements: Statement[]
}
