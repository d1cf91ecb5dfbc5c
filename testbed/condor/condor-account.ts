import { execa } from 'execa'
import { isRoot } from '../instance/folders.ts'
import { withLock } from '../instance/lock.ts'

/** Numeric ids of an account, or nothing if there is none of that name. */
async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  const { stdout } = await execa('getent', ['passwd', name], { reject: false })
  const [, , uid, gid] = stdout.split(':')
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

/**
 * The system account that HTCondor's daemons use when root starts them; made if missing, as Debian's package would. It
 * belongs to the host, not to an instance, and stays. Without root: nothing, the daemons run as their user.
 */
export async function condorAccount(): Promise<{ uid: number; gid: number } | undefined> {
  if (!isRoot()) return undefined
  return withLock('accounts', async () => {
    const present = await idsOf('condor')
    if (present !== undefined) return present
    await execa('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/var/lib/condor',
      '--shell',
      '/usr/sbin/nologin',
      'condor',
    ])
    const made = await idsOf('condor')
    if (made === undefined) throw new Error('the account condor was made and is not there')
    return made
  })
}
