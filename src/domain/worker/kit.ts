/** Where the worker kit stands inside a worker VM. */
export const kitFolder = '/usr/local/libexec/canfar-batch'

/** The files of `worker-kit/`, which an activity reads: the domain does not touch files. */
export const kitFiles = [
  'worker-init',
  'scratch-disk',
  'worker-watch',
  'power-off',
  'job-wrapper',
  'canfar_batch_cert',
] as const

/** Their contents, by name. */
export type WorkerKit = Readonly<Record<(typeof kitFiles)[number], string>>

/** The kit from whatever can tell a file's content. */
export function kitFrom(read: (name: (typeof kitFiles)[number]) => string): WorkerKit {
  return {
    'worker-init': read('worker-init'),
    'scratch-disk': read('scratch-disk'),
    'worker-watch': read('worker-watch'),
    'power-off': read('power-off'),
    'job-wrapper': read('job-wrapper'),
    canfar_batch_cert: read('canfar_batch_cert'),
  }
}
