export type { Check } from '#domain/check.ts'

/** The server that a check of a cloud boots; what is not named is the smallest that fits. */
export interface TrialBoot {
  /** Name or id. */
  image?: string | undefined
  /** Name or id. */
  flavor?: string | undefined
}

export interface CloudCheckOptions {
  /** Boots a server and deletes it again; absent: nothing is changed. */
  boot?: TrialBoot | undefined
  /** Aborting ends the looking; a server that was booted is deleted all the same, before the check ends. */
  signal: AbortSignal
}

export interface ConfigEntry {
  /** Dotted path, e.g. `temporal.address`. */
  key: string
  value: string
  /** Where the value comes from: `flag --config`, `CANFAR_BATCH_CONFIG`, `/etc/canfar-batch/config.yaml:12`, `default`. */
  origin: string
}
