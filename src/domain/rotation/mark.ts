/**
 * What stands in the description of a credential that a rotation has made. Keystone keeps no time of birth, and no record of what
 * a credential is for: who comes later, after whatever has happened to the rotation, learns it from here.
 */
export interface Mark {
  controlPlane: string
  cloud: string
  /** ms since 1970 */
  made: number
  /** `batch`: of the batch project, for the worker process. `owner`: of one rotation, to make and delete the others. */
  use: 'batch' | 'owner'
  /** Id of the credential whose place it takes. */
  replaces?: string
}

export function markText({ controlPlane, cloud, made, use, replaces }: Mark): string {
  const what = use === 'batch' ? 'batch credential' : 'owner of a rotation'
  const instead = replaces === undefined ? '' : `, in place of ${replaces}`
  return `canfar-batch ${controlPlane}: ${what} of ${cloud}, made ${new Date(made).toISOString()}${instead}`
}

const form =
  /^canfar-batch (.+): (batch credential|owner of a rotation) of (\S+), made (\d{4}-\S+Z)(?:, in place of (\S+))?$/

/** Undefined for what no rotation has made. */
export function markOf(description: string | null): Mark | undefined {
  const [, controlPlane = '', what, cloud = '', made = '', replaces] = form.exec(description ?? '') ?? []
  if (what === undefined) return undefined
  return {
    controlPlane,
    cloud,
    made: Date.parse(made),
    use: what === 'batch credential' ? 'batch' : 'owner',
    ...(replaces === undefined ? {} : { replaces }),
  }
}

/**
 * The name of the credential that a rotation makes: the same at each of its attempts, and no other's. Names are unique among a
 * user's, so that an attempt whose answer was lost can leave no second one.
 * @param started ms since 1970
 * @param run id of the rotation's workflow run
 */
export const credentialName = (cloud: string, started: number, run: string): string =>
  `canfar-batch-${cloud}-${new Date(started).toISOString().slice(0, 10)}-${run.slice(-8)}`
