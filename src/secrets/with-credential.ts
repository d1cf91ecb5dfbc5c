import { OpenStack, type ConnectOptions } from 'openstack-ts'
import { accountOf } from '#htcondor/account.ts'
import { readFileAs } from '#htcondor/files-as.ts'
import { openCredential } from './user-credential.ts'

/** Connects with a user's credential, read with that user's own rights, for as long as the work takes. */
export async function withCredential<T>(
  name: { file: string; entry: string; user?: string },
  work: (cloud: OpenStack) => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  const text = await readFileAs(name.user === undefined ? 'self' : await accountOf(name.user), name.file)
  const cloud = OpenStack.connect(openCredential(text, name.file, name.entry), {
    userAgent: 'canfar-batch',
    env: process.env,
    ...options,
  })
  try {
    return await work(cloud)
  } finally {
    await cloud.close()
  }
}
