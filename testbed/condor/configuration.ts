import type { Condor } from './find.ts'

/** HTCondor configuration as name and value; a value has no trailing comment, since that would belong to it. */
export type Settings = Readonly<Record<string, string | number | boolean>>

export function render(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${typeof value === 'boolean' ? (value ? 'True' : 'False') : value}\n`)
    .join('')
}

export const TRUST_DOMAIN = 'pool.test'

/** Where an installation's files are; for every daemon and tool on this host. */
export function installation(condor: Condor, localDir: string): Settings {
  return {
    LOCAL_DIR: localDir,
    RELEASE_DIR: condor.binDir.replace(/\/bin$/, ''),
    BIN: condor.binDir,
    SBIN: condor.sbinDir,
    LIB: condor.libDir,
    LIBEXEC: condor.libexecDir,
    SHARE: condor.shareDir,
    LOG: '$(LOCAL_DIR)/log',
    SPOOL: '$(LOCAL_DIR)/spool',
    EXECUTE: '$(LOCAL_DIR)/execute',
    LOCK: '$(LOCAL_DIR)/lock',
    RUN: '$(LOCAL_DIR)/run',
    LOCAL_CONFIG_DIR: '',
    LOCAL_CONFIG_FILE: '',
    // Nobody's ~/.condor/user_config changes what is tested.
    USER_CONFIG_FILE: '',
  }
}

/** What this kind of host needs, whatever the daemon: nothing of it is policy. */
export const HOST: Settings = {
  BIND_ALL_INTERFACES: false,
  ENABLE_IPV6: false,
  // An unreachable name server costs a worker 10 s for each reverse look-up.
  NO_DNS: true,
  DEFAULT_DOMAIN_NAME: TRUST_DOMAIN,
  UID_DOMAIN: TRUST_DOMAIN,
  TRUST_UID_DOMAIN: true,
  // Another one on each host, so files are always transferred.
  FILESYSTEM_DOMAIN: '$(FULL_HOSTNAME)',
  TRUST_DOMAIN,
  BASE_CGROUP: '',
  USE_PID_NAMESPACES: false,
  DOCKER: '',
  SINGULARITY: '',
  MAIL: '',
  CREATE_CORE_FILES: false,
  // The master, as root, would change the host's sysctls.
  ENABLE_KERNEL_TUNING: false,
  DISCARD_SESSION_KEYRING_ON_STARTUP: false,
  STARTD_CRON_JOBLIST: '',
  SCHEDD_CRON_JOBLIST: '',
  RUNBENCHMARKS: false,
  MASTER_NEW_BINARY_RESTART: 'NEVER',
  // Delegation of X.509 proxies fails in Debian's build; the file is copied with the job instead.
  DELEGATE_JOB_GSI_CREDENTIALS: false,
}

export const SECURITY: Settings = {
  SEC_DEFAULT_AUTHENTICATION: 'REQUIRED',
  SEC_DEFAULT_ENCRYPTION: 'REQUIRED',
  SEC_DEFAULT_INTEGRITY: 'REQUIRED',
  SEC_DEFAULT_AUTHENTICATION_METHODS: 'FS, IDTOKENS',
  SEC_CLIENT_AUTHENTICATION_METHODS: 'FS, IDTOKENS',
}

/**
 * Short intervals for tests, both sides. HTCondor's defaults are 20 to 100 times as long. The job lease and the claim's
 * keep-alives are left alone: jobs have to survive a schedd's absence in tests as on a site.
 */
export const FAST: Settings = {
  NEGOTIATOR_INTERVAL: 2,
  NEGOTIATOR_MIN_INTERVAL: 1,
  NEGOTIATOR_CYCLE_DELAY: 1,
  NEGOTIATOR_UPDATE_INTERVAL: 5,
  SCHEDD_INTERVAL: 2,
  SCHEDD_MIN_INTERVAL: 1,
  UPDATE_INTERVAL: 5,
  MASTER_UPDATE_INTERVAL: 5,
  MASTER_BACKOFF_CONSTANT: 1,
  MASTER_BACKOFF_CEILING: 3,
  POLLING_INTERVAL: 1,
  STARTER_UPDATE_INTERVAL: 5,
  STARTER_INITIAL_UPDATE_INTERVAL: 2,
  SHADOW_QUEUE_UPDATE_INTERVAL: 5,
  SHADOW_LAZY_QUEUE_UPDATE: false,
  CLASSAD_LIFETIME: 20,
  COLLECTOR_UPDATE_INTERVAL: 10,
  HOUSEKEEPING_INTERVAL: 5,
  JOB_START_DELAY: 0,
  PERIODIC_EXPR_INTERVAL: 5,
  CONDOR_FSYNC: false,
}

/** Starts after which a job that never finishes is held; counted anew after each such hold. */
const STARTS = 10

/** Last element of `text` split at `separator`, as a ClassAd expression; no regular expression, since an ad's author chose the text. */
const last = (text: string, separator: string): string =>
  `split(${text}, "${separator}")[size(split(${text}, "${separator}")) - 1]`

/**
 * What the collector accepts. A worker's identity is `<tenant>.<vm>`, and it may advertise what bears the name of its VM,
 * nothing else. The other daemons are of one family with the collector or run as an administrator: no dot, or listed.
 */
function ownAdsOnly(administrators: readonly string[]): string {
  const account = 'split(AuthenticatedIdentity, "@")[0]'
  const vm = last(account, '.')
  const trusted = `size(split(${account}, ".")) == 1 || stringListMember(${account}, "${administrators.join(',')}")`
  const host = last('Name', '@')
  // The collector's own ad has no identity; all that comes from outside was authenticated.
  return `AuthenticatedIdentity =?= undefined || ${trusted} || (split(Machine, ".")[0] == ${vm} && split(${host}, ".")[0] == ${vm})`
}

export interface CentralOptions {
  /** Address and port of the collector; both share one port. */
  address: string
  port: number
  secrets: { passwords: string; tokens: string }
  /** Account names that may administer: `condor` and `root`, or the one user of a personal pool. */
  administrators: readonly string[]
  eventLog: string
}

/** Central manager and access point in one, and what the tools of this host read. */
export function central({ address, port, secrets, administrators, eventLog }: CentralOptions): Settings {
  const us = administrators.map((name) => `${name}@${TRUST_DOMAIN}`).join(', ')
  const everyone = `*@${TRUST_DOMAIN}`
  return {
    CONDOR_HOST: address,
    COLLECTOR_HOST: `${address}:${port}`,
    NETWORK_INTERFACE: address,
    NETWORK_HOSTNAME: `central.${TRUST_DOMAIN}`,
    DAEMON_LIST: 'MASTER, COLLECTOR, NEGOTIATOR, SCHEDD',
    USE_SHARED_PORT: true,
    SHARED_PORT_PORT: port,
    COLLECTOR_PORT: port,
    SEC_PASSWORD_DIRECTORY: secrets.passwords,
    SEC_TOKEN_SYSTEM_DIRECTORY: secrets.tokens,
    SEC_TOKEN_POOL_SIGNING_KEY_FILE: `${secrets.passwords}/POOL`,
    ALLOW_READ: everyone,
    ALLOW_WRITE: everyone,
    ALLOW_DAEMON: us,
    ALLOW_NEGOTIATOR: us,
    ALLOW_ADMINISTRATOR: us,
    ALLOW_ADVERTISE_SCHEDD: us,
    // Every worker VM has an identity of its own, `<tenant>.<vm>`, and a token that may advertise and read. An account of
    // this host proves itself by the file system instead, and so can't advertise a machine.
    ALLOW_ADVERTISE_STARTD: everyone,
    ALLOW_ADVERTISE_MASTER: everyone,
    SEC_ADVERTISE_STARTD_AUTHENTICATION_METHODS: 'IDTOKENS',
    // Nor may it have a daemon make it a token that could: only root (or the pool's owner) makes tokens.
    SEC_ENABLE_TOKEN_FETCH: false,
    SEC_ENABLE_TOKEN_REQUEST: false,
    COLLECTOR_REQUIREMENTS: ownAdsOnly(administrators),
    // Jobs stay here, and nobody else's come.
    FLOCK_TO: '',
    FLOCK_FROM: '',
    SHADOW_CHECKPROXY_INTERVAL: 30,
    // A shadow for each job: that of a VM which is gone has to be found by its command line, which names its first job.
    SHADOW_WORKLIFE: 0,
    MAX_JOBS_PER_OWNER: 400_000,
    MAX_JOBS_PER_SUBMISSION: 300_000,
    MAX_JOBS_SUBMITTED: 1_000_000,
    SYSTEM_PERIODIC_HOLD_NAMES: 'Starts, Shadows',
    SYSTEM_PERIODIC_HOLD_Starts: `JobStatus == 1 && NumJobStarts >= ${STARTS} * (1 + (NumHoldsByReason.SystemPolicy ?: 0))`,
    SYSTEM_PERIODIC_HOLD_Starts_REASON: '"The job was started too often without an end; see the machines in its log"',
    SYSTEM_PERIODIC_HOLD_Starts_SUBCODE: 1,
    SYSTEM_PERIODIC_HOLD_Shadows: `JobStatus == 1 && NumShadowExceptions >= ${STARTS} * (1 + (NumHoldsByReason.SystemPolicy ?: 0))`,
    SYSTEM_PERIODIC_HOLD_Shadows_REASON:
      '"The job could not be run on any machine that took it; see the reasons in its log"',
    SYSTEM_PERIODIC_HOLD_Shadows_SUBCODE: 2,
    // HTCondor's own line format: its JSON form is not one object a line.
    EVENT_LOG: eventLog,
    EVENT_LOG_USE_XML: false,
    EVENT_LOG_FORMAT_OPTIONS: 'ISO_DATE, UTC',
    EVENT_LOG_MAX_SIZE: 500_000_000,
    EVENT_LOG_MAX_ROTATIONS: 9,
    // what has left the queue must be found to the end, thousands of jobs later
    MAX_HISTORY_LOG: 500_000_000,
    EVENT_LOG_JOB_AD_INFORMATION_ATTRS: 'Owner, CanfarSubmission, VMType, RemoteHost, JobStatus',
  }
}

/** A worker on this host besides the pool's own daemons; appended after the configuration that it was given. */
export function plainWorker({
  address,
  tokens,
  passwords,
  name,
}: {
  address: string
  tokens: string
  passwords: string
  name: string
}): Settings {
  return {
    DAEMON_LIST: 'MASTER, STARTD',
    USE_SHARED_PORT: false,
    // A second master on the host must not take the collector for its own family.
    SEC_USE_FAMILY_SESSION: false,
    NETWORK_INTERFACE: address,
    NETWORK_HOSTNAME: name,
    // The first is read by root's daemons, the second by an ordinary account's.
    SEC_TOKEN_SYSTEM_DIRECTORY: tokens,
    SEC_TOKEN_DIRECTORY: tokens,
    SEC_PASSWORD_DIRECTORY: passwords,
  }
}
