import { requirePlain } from '../plain-text.ts'
import { attribute, expression, flag, list, number, text, type Setting } from './condor-settings.ts'
import { kitFolder } from './kit.ts'

/** What a worker VM must know of its pool. */
export interface WorkerPool {
  /** The central manager as a worker VM reaches it, an address or a resolvable name, and its collector's port. */
  host: string
  port: number
  /** TRUST_DOMAIN of the pool's tokens. */
  trustDomain: string
  /** UID_DOMAIN of the access point: jobs run as their owner only where both agree. */
  uidDomain: string
  /** `shared`: one inbound port for all daemons. `direct`: a port each. */
  ports: { kind: 'shared'; port: number } | { kind: 'direct'; lowest?: number; highest?: number }
  /** Workers that cannot be reached from outside let the collector broker connections to them. */
  ccb: boolean
  /** Where the worker kit stands, if not where user-data puts it: for workers that are no VMs. */
  kitFolder?: string
}

/** One worker VM, as it will describe itself to the pool. */
export interface WorkerIdentity {
  /** The server's name. */
  name: string
  cloud: string
  imageId: string
  flavorId: string
  vmType: string
  /** Whom this VM may serve, and the only account whose jobs it starts. */
  tenant: string
  owner: string
}

export interface WorkerLimits {
  /** How long running jobs may go on once the VM drains, ms. */
  drain: number
  /** The site's cap on keepalive, minutes: the dead-man's switch is derived from it. */
  keepaliveCap: number
}

/**
 * The configuration of one worker VM's execution point.
 * @param extra settings of the site's, for example short intervals for tests ({@link siteSettings}); they cannot replace one of ours
 */
export function workerConfiguration(
  pool: WorkerPool,
  worker: WorkerIdentity,
  limits: WorkerLimits,
  extra: readonly Setting[] = [],
): Setting[] {
  const settings = [
    // images may bring files of their own, which would be read after this one
    text('LOCAL_CONFIG_FILE', ''),
    ...network(pool, worker),
    ...security(pool),
    ...identity(worker),
    ...policy(worker, limits),
    ...running(pool.kitFolder ?? kitFolder),
  ]
  const ours = new Set(settings.map((setting) => setting.name.toLowerCase()))
  return [...extra.filter((setting) => !ours.has(setting.name.toLowerCase())), ...settings]
}

function network(pool: WorkerPool, worker: WorkerIdentity): Setting[] {
  const { ports } = pool
  return [
    text('CONDOR_HOST', pool.host),
    text('COLLECTOR_HOST', `${pool.host}:${pool.port}`),
    list('DAEMON_LIST', 'MASTER', 'STARTD'),
    // each reverse look-up without a name server costs 10 s
    flag('NO_DNS', true),
    text('DEFAULT_DOMAIN_NAME', pool.uidDomain),
    text('NETWORK_HOSTNAME', worker.name),
    flag('USE_SHARED_PORT', ports.kind === 'shared'),
    ...(ports.kind === 'shared' ? [number('SHARED_PORT_PORT', ports.port)] : []),
    ...(ports.kind === 'direct' && ports.lowest !== undefined ? [number('LOWPORT', ports.lowest)] : []),
    ...(ports.kind === 'direct' && ports.highest !== undefined ? [number('HIGHPORT', ports.highest)] : []),
    text('CCB_ADDRESS', pool.ccb ? `${pool.host}:${pool.port}` : ''),
    flag('UPDATE_COLLECTOR_WITH_TCP', true),
  ]
}

function security(pool: WorkerPool): Setting[] {
  return [
    text('TRUST_DOMAIN', pool.trustDomain),
    text('UID_DOMAIN', pool.uidDomain),
    flag('TRUST_UID_DOMAIN', true),
    expression('FILESYSTEM_DOMAIN', '$(FULL_HOSTNAME)'),
    ...['AUTHENTICATION', 'ENCRYPTION', 'INTEGRITY'].map((what) => text(`SEC_DEFAULT_${what}`, 'REQUIRED')),
    text('SEC_DEFAULT_AUTHENTICATION_METHODS', 'IDTOKENS'),
    text('SEC_CLIENT_AUTHENTICATION_METHODS', 'IDTOKENS'),
    text('SEC_TOKEN_SYSTEM_DIRECTORY', '/etc/condor/tokens.d'),
    // several masters on one host would take each other for family; a worker VM has one and loses nothing
    flag('SEC_USE_FAMILY_SESSION', false),
    // the schedd that was given the claim, by the session that came with the match; and nobody else
    text('ALLOW_WRITE', 'submit-side@matchsession'),
    text('ALLOW_READ', `condor@${pool.trustDomain}, submit-side@matchsession`),
    text('ALLOW_DAEMON', `condor@${pool.trustDomain}`),
    // administrators of the pool come with the capability that the collector hands out
    flag('SEC_ENABLE_REMOTE_ADMINISTRATION', true),
    text('ALLOW_ADMINISTRATOR', `condor@${pool.trustDomain}`),
    text('ALLOW_CONFIG', ''),
    flag('ENABLE_RUNTIME_CONFIG', false),
    flag('ENABLE_PERSISTENT_CONFIG', false),
  ]
}

const advertised = ['VMType', 'VMAMI', 'VMInstanceType', 'CloudName', 'VMName', 'Tenant', 'VMUnusable']

function identity(worker: WorkerIdentity): Setting[] {
  for (const [what, value] of Object.entries(worker)) requirePlain(what, value)
  return [
    attribute('VMType', worker.vmType),
    attribute('VMAMI', `${worker.cloud}:${worker.imageId}`),
    attribute('VMInstanceType', `${worker.cloud}:${worker.flavorId}`),
    attribute('CloudName', worker.cloud),
    attribute('VMName', worker.name),
    attribute('Tenant', worker.tenant),
    list('STARTD_ATTRS', ...advertised),
    // jobs may disagree on how long their VM waits for another: the slots tell the pool's watch
    list('STARTD_JOB_ATTRS', 'VMKeepAlive'),
  ]
}

/** How long a job that is evicted may take to end: HTCondor's own default. */
const vacateSeconds = 600

function policy(worker: WorkerIdentity, limits: WorkerLimits): Setting[] {
  const drain = Math.ceil(limits.drain / 1000)
  const never = ['SUSPEND', 'WANT_SUSPEND', 'PREEMPT', 'WANT_VACATE', 'KILL']
  return [
    // dynamic slots share what one partitionable slot has
    number('NUM_SLOTS', 1),
    number('NUM_SLOTS_TYPE_1', 1),
    text('SLOT_TYPE_1', '100%'),
    flag('SLOT_TYPE_1_PARTITIONABLE', true),
    expression(
      'START',
      `(TARGET.Owner == "${worker.owner}") && (TARGET.VMType =?= MY.VMType) && (MY.VMUnusable =?= undefined)`,
    ),
    ...never.map((name) => flag(name, false)),
    expression('RANK', '0'),
    // a drain must let running jobs end: HTCondor begins to evict them this much before their retirement time is over (23.9)
    number('MACHINEMAXVACATETIME', vacateSeconds),
    number('MAXJOBRETIREMENTTIME', drain + vacateSeconds + 60),
    // the two hours more are for the way back of their files
    number('SHUTDOWN_GRACEFUL_TIMEOUT', drain + 2 * 3600),
    // dead-man's switch: unclaimed for long, the VM ends itself, whatever the control plane does
    number('STARTD_NOCLAIM_SHUTDOWN', noClaimSeconds(limits.keepaliveCap)),
    expression('MASTER.DAEMON_SHUTDOWN', '(STARTD_StartTime =?= 0)'),
  ]
}

/** How long a worker VM stays in the pool without a claim before it ends itself, seconds. `keepaliveCap` in minutes. */
export function noClaimSeconds(keepaliveCap: number): number {
  return Math.max(60, 6 * keepaliveCap) * 60
}

function running(kit: string): Setting[] {
  return [
    text('USER_JOB_WRAPPER', `${kit}/job-wrapper`),
    expression('STARTER_ALLOW_RUNAS_OWNER', 'True'),
    // an x509 proxy is copied with the job; delegating one fails in several builds
    flag('DELEGATE_JOB_GSI_CREDENTIALS', false),
    flag('RUNBENCHMARKS', false),
    text('MASTER_NEW_BINARY_RESTART', 'NEVER'),
    flag('CREATE_CORE_FILES', false),
    // MAIL to nobody: a worker VM has no mail server
    text('MAIL', ''),
  ]
}
