import { describe, expect, it } from 'vitest'
import { cpuInfo, hardwareConfig, memInfo, visibleMemoryMb } from '#testbed/guest/hardware.ts'

const HOST = `processor\t: 0\nmodel name\t: Some CPU @ 2: fast\nphysical id\t: 0\nsiblings\t: 2\ncore id\t\t: 0\ncpu cores\t: 1\nflags\t\t: fpu avx2\n\nprocessor\t: 1\n\n`

describe('the hardware of a guest', () => {
  it('has a little less memory than its flavor', () => {
    for (const ram of [1024, 7500, 245_760]) {
      expect(visibleMemoryMb(ram)).toBeLessThan(ram)
      expect(visibleMemoryMb(ram)).toBeGreaterThan(ram * 0.9)
    }
    expect(memInfo(7316)).toMatch(/^MemTotal: {7}7491584 kB\n/)
  })

  it('has the flavor’s processors, each like the host’s first', () => {
    const text = cpuInfo(3, HOST)
    expect([...text.matchAll(/^processor\t: (\d+)$/gm)].map((match) => match[1])).toEqual(['0', '1', '2'])
    expect([...text.matchAll(/^physical id\t: (\d+)$/gm)].map((match) => match[1])).toEqual(['0', '1', '2'])
    expect(text.match(/^siblings\t: 1$/gm)).toHaveLength(3)
    expect(text.match(/^model name\t: Some CPU @ 2: fast$/gm)).toHaveLength(3)
  })

  it('is stated to HTCondor, processors only where it could not count them', () => {
    const flavor = { name: 'c2', vcpus: 2, ramMb: 7500, diskGb: 20, ephemeralGb: 31 }
    expect(hardwareConfig(flavor, false)).toContain('MEMORY = 7316\n')
    expect(hardwareConfig(flavor, false)).not.toContain('NUM_CPUS')
    expect(hardwareConfig(flavor, true)).toContain('NUM_CPUS = 2\n')
  })
})
