import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readClauses, readVerdict } from '#htcondor/analysis.ts'

const recorded = (name: string): string => readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8')

describe('an analysis of condor_q', () => {
  it('names the parts of the job that no machine meets, alternatives together', () => {
    const analysis = recorded('analysis-job')
    expect(readVerdict(analysis)).toBe('job')
    expect(readClauses(analysis)).toEqual([
      'stringListIMember(TARGET.VMInstanceType,MY.VMInstanceType)',
      '(Memory > 100) || (Cpus == 3)',
      'TARGET.Memory >= RequestMemory',
    ])
  })

  it('tells when the machine is what refuses', () => {
    expect(readVerdict(recorded('analysis-machine'))).toBe('machine')
    expect(readClauses(recorded('analysis-reverse'))).toEqual([
      'TARGET.Owner == "demo"',
      'TARGET.RequestMemory <= MY.Memory',
    ])
  })

  it('tells a match', () => {
    expect(readVerdict(recorded('analysis-match'))).toBe('matches')
    expect(readClauses(recorded('analysis-match'))).toEqual([])
  })

  it('says nothing where there is no verdict', () => {
    expect(readVerdict('')).toBeUndefined()
    expect(readVerdict('\n\n-- Jobads: -\n')).toBeUndefined()
  })
})
