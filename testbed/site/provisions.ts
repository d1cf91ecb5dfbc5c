import { Problem } from '#domain/problem.ts'
import { findAstronomyTools, findCondor } from '#testbed/condor/find.ts'
import { ensureGuestImage } from '#testbed/guest/image/build.ts'
import { findTemporal } from '#testbed/temporal/find.ts'
import type { Guests, Progress } from './options.ts'

/** What has to be fetched or built once and is then in the cache. */
export interface Provisions {
  temporal: string
  condorVersion: string
  /** Root file system of the guests; absent for plain worker processes. */
  guestImage?: string
}

/**
 * Fetches and builds what is missing, side by side.
 * @throws {@link Problem} that names everything that could not be had, and each way to get it
 */
export async function provide(guests: Guests, progress: Progress): Promise<Provisions> {
  const condor = async (): Promise<string> => {
    const { version } = await findCondor({ progress })
    // The same tree has both, so one after the other.
    await findAstronomyTools({ progress })
    return version
  }
  const image = async (): Promise<string | undefined> =>
    guests === 'guest' ? ensureGuestImage({ progress }) : undefined
  const results = await Promise.allSettled([findTemporal({ progress }), condor(), image()])
  const [temporal, condorVersion, guestImage] = results
  if (temporal.status === 'fulfilled' && condorVersion.status === 'fulfilled' && guestImage.status === 'fulfilled') {
    return {
      temporal: temporal.value,
      condorVersion: condorVersion.value,
      ...(guestImage.value !== undefined && { guestImage: guestImage.value }),
    }
  }
  throw oneOf(results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])))
}

/** Whoever has to mend several things wants to hear of all of them at once. */
function oneOf(reasons: readonly unknown[]): unknown {
  const problems = reasons.filter((reason) => reason instanceof Problem)
  const [first] = problems
  if (first === undefined || problems.length < reasons.length || problems.length === 1) {
    return reasons.find((reason) => !(reason instanceof Problem)) ?? first
  }
  return new Problem({
    code: 'ThingsMissing',
    kind: first.data.kind,
    message: `${problems.length} things are missing and could not be had`,
    details: problems.flatMap(({ message, data: { details = [], next } }) => [
      message,
      ...details.map((line) => `    ${line}`),
      ...(next === undefined ? [] : [`  next: ${next}`]),
    ]),
    next: 'Mend each, and run the command again: what was had is kept',
  })
}
