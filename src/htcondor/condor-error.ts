/**
 * - `unreachable`: the daemon did not answer; nothing is known about it
 * - `timeout`: neither did it in the time that we gave it
 * - `denied`: it knows us and says no, or does not want to know us
 * - `not-found`: no such job, machine or file
 * - `refused`: it understood and will not, e.g. a limit of jobs per owner
 * - `invalid`: what we gave it is wrong, e.g. a submit file; see {@link CondorError.submit}
 * - `missing-tool`: the program is not there
 * - `failed`: anything else
 */
export type CondorErrorCode =
  | 'unreachable'
  | 'denied'
  | 'not-found'
  | 'refused'
  | 'invalid'
  | 'timeout'
  | 'missing-tool'
  | 'failed'

/** What is wrong in a submit file, as `condor_submit` says it. */
export interface SubmitFault {
  message: string
  /** Line of the file that was given to `condor_submit`, from 1. */
  line?: number
  /** The attribute whose expression cannot be read. */
  attribute?: string
}

export interface CondorErrorData {
  tool: string
  code: CondorErrorCode
  message: string
  exitCode?: number | undefined
  stderr?: string
  submit?: SubmitFault | undefined
}

const retryable = new Set<CondorErrorCode>(['unreachable', 'timeout', 'failed'])

/** An HTCondor tool that did not do what it was asked. Its arguments are not repeated here. */
export class CondorError extends Error {
  override readonly name = 'CondorError'
  readonly tool: string
  readonly code: CondorErrorCode
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  readonly exitCode: number | undefined
  readonly stderr: string
  readonly submit: SubmitFault | undefined

  constructor(data: CondorErrorData, options?: ErrorOptions) {
    super(`${data.tool}: ${data.message}`, options)
    this.tool = data.tool
    this.code = data.code
    this.retryable = retryable.has(data.code)
    this.exitCode = data.exitCode
    this.stderr = data.stderr ?? ''
    this.submit = data.submit
  }
}
