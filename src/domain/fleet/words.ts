import type { QuotaName, Resources } from './types.ts'

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

export function resourcesText({ cpus, memoryMb, diskKb }: Resources): string {
  return `${plural(cpus, 'core')}, ${memoryMb} MB of memory and ${(diskKb / 1024 ** 2).toFixed(1)} GB of disk`
}

const minute = 60_000

export function durationText(ms: number): string {
  if (ms < 1.5 * minute) return `${Math.max(1, Math.ceil(ms / 1000))} s`
  if (ms < 90 * minute) return `${Math.round(ms / minute)} min`
  return `${(ms / (60 * minute)).toFixed(1)} h`
}

const amounts: Record<QuotaName, (amount: number) => string> = {
  instances: (amount) => plural(amount, 'server'),
  cores: (amount) => plural(amount, 'core'),
  ramMb: (amount) => `${amount} MB of RAM`,
  ports: (amount) => plural(amount, 'port'),
  addresses: (amount) => plural(amount, 'address', 'addresses'),
  volumes: (amount) => plural(amount, 'volume'),
  volumeGb: (amount) => `${amount} GB of volumes`,
}

/** How an amount of a quota is said: `8 cores`, `7680 MB of RAM`. */
export const amountText = (name: QuotaName, amount: number): string => amounts[name](amount)
