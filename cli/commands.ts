import type { CommandSpec } from './command.ts'

export interface Leaf {
  name: string
  summary: string
  load: () => Promise<{ command: CommandSpec }>
}

export interface Group {
  name: string
  summary: string
  verbs: readonly Leaf[]
}

/** Every command in the order of the help. Only what the help of a noun needs is here; the rest is in the file that `load` names. */
export const commands: readonly (Leaf | Group)[] = [
  {
    name: 'submit',
    summary: 'hand in an HTCondor submit file',
    load: () => import('./submit/submit.ts'),
  },
  {
    name: 'job',
    summary: 'jobs in the queue: list, show, why, remove',
    verbs: [
      { name: 'list', summary: 'list your jobs', load: () => import('./job/list.ts') },
      { name: 'show', summary: 'show all that is known of one job', load: () => import('./job/show.ts') },
      { name: 'why', summary: 'explain why a job waits', load: () => import('./job/why.ts') },
      { name: 'remove', summary: 'remove jobs or whole clusters', load: () => import('./job/remove.ts') },
    ],
  },
  {
    name: 'vm',
    summary: 'worker VMs: list, show, retire',
    verbs: [
      { name: 'list', summary: 'list worker VMs', load: () => import('./vm/list.ts') },
      { name: 'show', summary: 'show one worker VM and its history', load: () => import('./vm/show.ts') },
      { name: 'retire', summary: 'drain worker VMs, then delete them', load: () => import('./vm/retire.ts') },
    ],
  },
  {
    name: 'cloud',
    summary: 'clouds: list, show, check, rotate, enable, disable',
    verbs: [
      { name: 'list', summary: 'list clouds', load: () => import('./cloud/list.ts') },
      { name: 'show', summary: 'show one cloud', load: () => import('./cloud/show.ts') },
      { name: 'check', summary: 'find out whether a cloud is fit for use', load: () => import('./cloud/check.ts') },
      {
        name: 'rotate',
        summary: 'replace the credential of the batch project',
        load: () => import('./cloud/rotate.ts'),
      },
      { name: 'enable', summary: 'let a cloud boot worker VMs again', load: () => import('./cloud/enable.ts') },
      { name: 'disable', summary: 'boot nothing more on a cloud', load: () => import('./cloud/disable.ts') },
    ],
  },
  {
    name: 'fleet',
    summary: 'all worker VMs of the pool: show, plan',
    verbs: [
      { name: 'show', summary: 'show demand, supply, clouds and breakers', load: () => import('./fleet/show.ts') },
      { name: 'plan', summary: 'show what would be booted and retired now', load: () => import('./fleet/plan.ts') },
    ],
  },
  {
    name: 'flavor',
    summary: 'VM flavors: list',
    verbs: [
      {
        name: 'list',
        summary: 'list flavors, and which would do for an image and jobs',
        load: () => import('./flavor/list.ts'),
      },
    ],
  },
  {
    name: 'image',
    summary: 'VM images: list, share, unshare, replicate',
    verbs: [
      { name: 'list', summary: 'list images that jobs can name', load: () => import('./image/list.ts') },
      {
        name: 'share',
        summary: 'share an image with the batch projects, or others',
        load: () => import('./image/share.ts'),
      },
      { name: 'unshare', summary: 'take an image back from projects', load: () => import('./image/unshare.ts') },
      { name: 'replicate', summary: 'copy an image to another cloud', load: () => import('./image/replicate.ts') },
    ],
  },
  {
    name: 'cleanup',
    summary: 'what clouds, pool and records disagree about: plan, run, log',
    verbs: [
      { name: 'plan', summary: 'show what would be cleaned up', load: () => import('./cleanup/plan.ts') },
      { name: 'run', summary: 'clean up now', load: () => import('./cleanup/run.ts') },
      { name: 'log', summary: 'show what was cleaned up, and why', load: () => import('./cleanup/log.ts') },
    ],
  },
  { name: 'doctor', summary: 'check everything that must work', load: () => import('./doctor/doctor.ts') },
  { name: 'worker', summary: 'run the worker process', load: () => import('./worker/worker.ts') },
  {
    name: 'config',
    summary: 'configuration: show',
    verbs: [{ name: 'show', summary: 'show the configuration in force', load: () => import('./config/show.ts') }],
  },
  {
    name: 'completion',
    summary: 'print a completion script for your shell',
    load: () => import('./completion/completion.ts'),
  },
  { name: 'version', summary: 'print the version', load: () => import('./version/version.ts') },
]
