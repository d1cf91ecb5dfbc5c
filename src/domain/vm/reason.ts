/** Why a worker VM left its course early, or ended. The same words are in search attributes, metrics, breakers and the CLI. */
export const vmReasons = [
  'CreateUnknown',
  'NameTaken',
  'BuildTimeout',
  'JoinTimeout',
  'NoFirstJob',
  'NeverMatched',
  'CloudError',
  'NoCapacity',
  'QuotaExceeded',
  'ImageUnusable',
  'BlackHole',
  'Idle',
  'Lifetime',
  'NoDemand',
  'Retired',
  'SelfShutdown',
  'Vanished',
  'DeleteStuck',
] as const

export type VmReason = (typeof vmReasons)[number]
