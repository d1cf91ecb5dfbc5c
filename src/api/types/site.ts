/** One thing that the doctor looked at. */
export interface Check {
  name: string
  ok: boolean | 'warn'
  /** What was found, one line. */
  detail: string
  /** The one command or sentence that mends it. */
  next?: string | undefined
}

export interface ConfigEntry {
  /** Dotted path, e.g. `temporal.address`. */
  key: string
  value: string
  /** Where the value comes from: `flag --config`, `CANFAR_BATCH_CONFIG`, `/etc/canfar-batch/config.yaml:12`, `default`. */
  origin: string
}
