import { execaSync } from 'execa'
import { describe, expect, it } from 'vitest'
import { demoOptions } from '#testbed/site/demo/options.ts'
import { exportLines } from '#testbed/site/environment.ts'
import { together } from '#testbed/site/together.ts'
import { measureTable, median } from '../../../script/lib/measure.ts'

describe('options of script/demo', () => {
  it('resolve a file against the folder that the caller is in', () => {
    expect(demoOptions(['--keep', '--json', 'x.json'], '/home/ada')).toEqual({
      help: false,
      openstack: false,
      keep: true,
      stop: false,
      json: '/home/ada/x.json',
    })
    expect(demoOptions(['--openstack'], '/')).toMatchObject({ openstack: true, keep: false })
  })

  it.each([[['--nonsense']], [['extra']], [['--stop', '--keep']], [['--json']]])('refuse %j', (args) => {
    expect(() => demoOptions(args, '/')).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ kind: 'usage' }) }),
    )
  })
})

describe('an environment file', () => {
  it('gives a shell the very values', () => {
    const value = `a b'c"d $HOME \`x\``
    const { stdout } = execaSync('sh', ['-c', `${exportLines({ TRICKY: value })}printf %s "$TRICKY"`])
    expect(stdout).toBe(value)
  })
})

describe('together', () => {
  it('waits for all before it throws', async () => {
    let ended = false
    const slow = new Promise<void>((resolve) => setTimeout(() => ((ended = true), resolve()), 20))
    await expect(together([Promise.reject(new Error('first')), slow])).rejects.toThrow('first')
    expect(ended).toBe(true)
  })
})

describe('the table of measures', () => {
  it('takes medians and says which goals are missed', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    const table = measureTable([
      { name: 'fast enough', unit: 'ms', goal: 100, values: [90, 80, 85] },
      { name: 'too slow', unit: 's', goal: 2, values: [2.5, 1.5, 3.25] },
      { name: 'just so', unit: 'events', values: [58] },
    ])
    expect(table.split('\n')).toEqual([
      'measure      median  least  most  unit    runs   goal',
      'fast enough      85     80    90  ms         3  ≤ 100  met',
      'too slow       2.50   1.50  3.25  s          3    ≤ 2  MISSED',
      'just so          58     58    58  events     1',
    ])
  })
})
