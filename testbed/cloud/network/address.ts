/** IPv4 arithmetic; addresses as unsigned 32-bit numbers. */
export function toNumber(address: string): number {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    throw new RangeError(`${address} is no IPv4 address`)
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

export const toText = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.')

/** First and last usable host address of a subnet. */
export function hostRange(cidr: string): [first: number, last: number] {
  const [base = '', bits = ''] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  if (!(size >= 4)) throw new RangeError(`${cidr} is no IPv4 subnet with room for hosts`)
  const start = Math.floor(toNumber(base) / size) * size
  return [start + 1, start + size - 2]
}

/** The subnet's own settings, filled in as Neutron does: gateway first, pool all the rest. */
export function defaultPool(cidr: string, gateway: string | null): [first: string, last: string] {
  const [first, last] = hostRange(cidr)
  return [toText(gateway !== null && toNumber(gateway) === first ? first + 1 : first), toText(last)]
}

/** The lowest free address of the pool; null = the pool is used up. */
export function nextFree(pool: [string, string], taken: ReadonlySet<string>, gateway: string | null): string | null {
  for (let n = toNumber(pool[0]); n <= toNumber(pool[1]); n++) {
    const address = toText(n)
    if (address !== gateway && !taken.has(address)) return address
  }
  return null
}
