import { OpenStackError } from '../error/openstack-error.ts'

/** Stops waiting for a promise that others share when the caller's signal fires; the promise itself goes on. */
export function abortable<T>(shared: Promise<T>, signal: AbortSignal | undefined, service: string): Promise<T> {
  if (signal === undefined) return shared
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(abortedError(signal, service))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

export function abortedError(signal: AbortSignal, service: string): OpenStackError {
  return new OpenStackError(`${service}: aborted`, { code: 'Aborted', service }, { cause: signal.reason })
}
