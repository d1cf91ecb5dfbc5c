/** What is wrong with a configuration; stable, callers may switch on it. */
export type ConfigErrorCode =
  | 'NoCredentials'
  | 'FileUnreadable'
  | 'FileInvalid'
  | 'CloudUnknown'
  | 'CloudAmbiguous'
  | 'KeyMissing'
  | 'KeyInvalid'

export interface ConfigErrorDetails {
  /** File, or `environment`. */
  path?: string | undefined
  /** Entry of clouds.yaml. */
  cloud?: string | undefined
  /** Key within the entry (`auth.password`) or name of a variable (`OS_PASSWORD`). */
  key?: string | undefined
  /** Every place that was looked at, and what was found there. */
  searched?: readonly string[]
}

/** A configuration that a person has to mend. The message names path, cloud and key as far as they are known. */
export class CloudConfigError extends Error {
  override readonly name = 'CloudConfigError'
  readonly code: ConfigErrorCode
  readonly path: string | undefined
  readonly cloud: string | undefined
  readonly key: string | undefined
  readonly searched: readonly string[]

  constructor(code: ConfigErrorCode, message: string, details: ConfigErrorDetails = {}, options?: ErrorOptions) {
    const { path, cloud, key, searched = [] } = details
    const where = [path, cloud === undefined ? undefined : `cloud ${cloud}`, key].filter((part) => part !== undefined)
    const places = searched.map((place) => `\n  ${place}`).join('')
    super(`${where.length > 0 ? `${where.join(': ')}: ` : ''}${message}${places}`, options)
    this.code = code
    this.path = path
    this.cloud = cloud
    this.key = key
    this.searched = searched
  }
}
