import { PassThrough } from 'node:stream'
import type { Api } from '#api/types.ts'
import { wantsColour } from '../../cli/io.ts'
import { run } from '../../cli/run.ts'

/** 2025-11-21T08:00:00Z */
export const now = Date.UTC(2025, 10, 21, 8)

const refuse = (name: string) => (): never => {
  throw new Error(`the command asked for ${name}`)
}

const refusing: Api = {
  submit: refuse('submit'),
  previewSubmission: refuse('previewSubmission'),
  watchSubmission: refuse('watchSubmission'),
  listJobs: refuse('listJobs'),
  showJob: refuse('showJob'),
  whyJob: refuse('whyJob'),
  removeJobs: refuse('removeJobs'),
  listVms: refuse('listVms'),
  showVm: refuse('showVm'),
  retireVm: refuse('retireVm'),
  listClouds: refuse('listClouds'),
  showCloud: refuse('showCloud'),
  enableCloud: refuse('enableCloud'),
  disableCloud: refuse('disableCloud'),
  cloudNames: refuse('cloudNames'),
  rotateCredential: refuse('rotateCredential'),
  watchRotation: refuse('watchRotation'),
  checkCloud: refuse('checkCloud'),
  showFleet: refuse('showFleet'),
  planFleet: refuse('planFleet'),
  listImages: refuse('listImages'),
  listFlavors: refuse('listFlavors'),
  shareImage: refuse('shareImage'),
  unshareImage: refuse('unshareImage'),
  replicateImage: refuse('replicateImage'),
  watchReplication: refuse('watchReplication'),
  planCleanup: refuse('planCleanup'),
  runCleanup: refuse('runCleanup'),
  listCleanups: refuse('listCleanups'),
  diagnose: refuse('diagnose'),
  showConfig: refuse('showConfig'),
  close: async () => {},
}

/** An api that has only the given functions; any other throws, so that a command's every question is seen. */
export const apiWith = (parts: Partial<Api>): Api => ({ ...refusing, ...parts })

interface Options {
  api?: Partial<Api>
  /** What opening the api throws. */
  openError?: Error
  environment?: Record<string, string>
  /** Both streams are terminals of that width, and somebody can be asked. */
  terminal?: number
  answer?: string
  signal?: AbortSignal
}

export interface Ran {
  code: number
  out: string
  err: string
  opened: number
  closed: number
}

/** Runs one command line in this process with the api behind the door replaced. */
export const runCli = async (argv: string[], options: Options = {}): Promise<Ran> => {
  const { environment = {}, terminal } = options
  const ran: Ran = { code: -1, out: '', err: '', opened: 0, closed: 0 }
  const tty = terminal !== undefined
  const output = (write: (text: string) => void) => ({
    write,
    tty,
    columns: terminal,
    colour: wantsColour(tty, environment, argv),
  })
  const input = new PassThrough()
  if (options.answer !== undefined) input.end(options.answer)
  ran.code = await run(argv, {
    streams: {
      out: output((text) => (ran.out += text)),
      err: output((text) => (ran.err += text)),
      input,
      interactive: tty,
    },
    environment,
    directory: '/home/alice',
    signal: options.signal ?? new AbortController().signal,
    now: () => now,
    loadApi: async () => async () => {
      ran.opened += 1
      if (options.openError !== undefined) throw options.openError
      const close = async () => {
        ran.closed += 1
      }
      return { ...apiWith(options.api ?? {}), close }
    },
  })
  return ran
}
