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
