import type { Flavor } from './server-file.ts'

/**
 * What a guest's kernel leaves of its flavor's memory, in MiB: less than was asked for, as on a real hypervisor
 * (firmware, the kernel itself, its page tables; 7,500 MiB show as about 7,316).
 */
export function visibleMemoryMb(ramMb: number): number {
  return Math.floor(ramMb - 64 - ramMb * 0.016)
}

/** A `/proc/meminfo` of that much memory, nearly all of it free. */
export function memInfo(memoryMb: number): string {
  const kb = (share: number): string => `${Math.floor(memoryMb * 1024 * share)} kB`
  const rows = [
    ['MemTotal', kb(1)],
    ['MemFree', kb(0.9)],
    ['MemAvailable', kb(0.93)],
    ['Buffers', kb(0.005)],
    ['Cached', kb(0.04)],
    ['SwapTotal', '0 kB'],
    ['SwapFree', '0 kB'],
  ]
  return rows.map(([name, value]) => `${`${name}:`.padEnd(16)}${value}\n`).join('')
}

/** A `/proc/cpuinfo` of `count` processors of one core each, otherwise like the host's first. */
export function cpuInfo(count: number, hostCpuInfo: string): string {
  const first = hostCpuInfo.split(/\n\n/)[0] ?? ''
  const numbered: Record<string, (n: number) => number> = {
    processor: (n) => n,
    'physical id': (n) => n,
    'core id': () => 0,
    apicid: (n) => n,
    'initial apicid': (n) => n,
    siblings: () => 1,
    'cpu cores': () => 1,
  }
  const stanza = (n: number): string =>
    first
      .split('\n')
      .map((line) => {
        const [name = '', tabs = ''] = /^(.*?)(\t*): ?/.exec(line)?.slice(1) ?? []
        const value = numbered[name]
        return value === undefined ? line : `${name}${tabs}: ${value(n)}`
      })
      .join('\n')
  return Array.from({ length: count }, (_, n) => `${stanza(n)}\n\n`).join('')
}

/**
 * HTCondor takes memory from sysinfo(2), which no name space covers, and processors from /proc/cpuinfo. So the
 * "hypervisor" states the memory in HTCondor's configuration, before everything that the worker is configured with;
 * where /proc/cpuinfo can't be covered either (`withCpus`), the processors too.
 */
export function hardwareConfig(flavor: Flavor, withCpus: boolean): string {
  const memory = visibleMemoryMb(flavor.ramMb)
  const lines = ['# The machine, as its hypervisor made it.', `DETECTED_MEMORY = ${memory}`, `MEMORY = ${memory}`]
  if (withCpus) lines.push(`NUM_CPUS = ${flavor.vcpus}`)
  return `${lines.join('\n')}\n`
}
