import { failed, passed, type Check } from '../check.ts'
import { Problem } from '../problem.ts'
import { largestUserData } from '#domain/worker/user-data.ts'

/** Whether what a worker VM is told at its boot is small enough for Nova; and how long it is in base64. */
export function judgeUserData(build: () => Uint8Array): { check: Check; length: number } {
  const name = 'user-data'
  try {
    const bytes = build()
    const length = 4 * Math.ceil(bytes.length / 3)
    // the magic number of gzip
    const note = bytes[0] === 0x1f && bytes[1] === 0x8b ? ', compressed' : ''
    return { check: passed(name, `${length} of ${largestUserData} bytes${note}`), length }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { message, next } = error.data
    return { check: failed(name, message, next ?? 'Shorten condor.workerSettings or sshKeys.'), length: 0 }
  }
}
