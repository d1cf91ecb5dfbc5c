import { findAstronomyTools, findCondor } from '#testbed/condor/find.ts'
import { ensureGuestImage } from '#testbed/guest/image/build.ts'
import { findTemporal } from '#testbed/temporal/find.ts'
import type { Guests, Progress } from './options.ts'
import { together } from './together.ts'

/** What has to be fetched or built once and is then in the cache. */
export interface Provisions {
  temporal: string
  condorVersion: string
  /** Root file system of the guests; absent for plain worker processes. */
  guestImage?: string
}

/** Fetches and builds what is missing, side by side. @throws Problem that names each way to get what is missing */
export async function provide(guests: Guests, progress: Progress): Promise<Provisions> {
  const condor = async (): Promise<string> => {
    const { version } = await findCondor({ progress })
    // The same tree has both, so one after the other.
    await findAstronomyTools({ progress })
    return version
  }
  const image = async (): Promise<string | undefined> =>
    guests === 'guest' ? ensureGuestImage({ progress }) : undefined
  const [temporal, condorVersion, guestImage] = await together([findTemporal({ progress }), condor(), image()])
  return { temporal, condorVersion, ...(guestImage === undefined ? {} : { guestImage }) }
}
