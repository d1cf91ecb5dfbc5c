/** Without what else the cloud sent: that `extra` holds it has a test of its own, over all resources. */
export function known(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(known)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'extra')
      .map(([name, inner]) => [name, known(inner)]),
  )
}
