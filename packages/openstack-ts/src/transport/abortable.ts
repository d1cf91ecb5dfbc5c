import { OpenStackError } from '../error/openstack-error.ts'

/** Stops waiting for a promise that others share when the caller's signal fires; the promise itself goes on. */
export function abortable<T>(shared: Promise<T>, signal: AbortSignal | undefined, service: string): Promise<T> {
  return signal === undefined ? shared : orAborted(shared, signal, () => abortedError(signal, service))
}

/** The promise's outcome, or an error as soon as the signal fires. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal, error: () => unknown): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(error())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

export function abortedError(signal: AbortSignal, service: string): OpenStackError {
  return new OpenStackError(`${service}: aborted`, { code: 'Aborted', service }, { cause: signal.reason })
}
