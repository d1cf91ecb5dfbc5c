/**
 * Waits for all of them, also when one fails, and then throws the first failure: nothing may go on behind the back of a
 * clean-up.
 */
export async function together<T extends readonly unknown[]>(work: {
  [K in keyof T]: Promise<T[K]>
}): Promise<T> {
  const results = await Promise.allSettled(work)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  // Fulfilled, every one of them, in the order of the tuple.
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T
}
