import { describe, expect, it } from 'vitest'
import { compareCatalogue } from '#testbed/tutorial/compare-catalogue.ts'
import type { Truth } from '#testbed/tutorial/truth.ts'

const star = (x: number, y: number): Truth['extensions'][0]['stars'][0] => ({ x, y, peak: 1000 })
const truth: Truth = {
  id: 'a',
  seed: 1,
  extensions: [
    { name: 'ccd00', stars: [star(10, 10), star(50, 60)] },
    { name: 'ccd01', stars: [star(30, 30)] },
  ],
}
const HEADER = `#   1 NUMBER     Running object number
#   2 MAG_AUTO   Kron-like magnitude   [mag]
#   3 X_IMAGE    Object position along x   [pixel]
#   4 Y_IMAGE    Object position along y   [pixel]
`

describe('compareCatalogue', () => {
  it('finds each star in its own extension', () => {
    const text = `${HEADER}  1 -11.2 10.2 9.9\n  2 -10 50.1 60.3\n  1 -9 30.5 30.1\n`
    expect(compareCatalogue(text, truth)).toEqual({ found: 3, placed: 3, matched: 3 })
  })

  it('does not take a source for a star that is elsewhere or in another extension', () => {
    const text = `${HEADER}  1 -11.2 30 30\n  2 -10 50.1 62\n  1 -9 10 10\n`
    expect(compareCatalogue(text, truth)).toEqual({ found: 3, placed: 3, matched: 0 })
  })

  it('does not take one source for two stars', () => {
    const twins = { ...truth, extensions: [{ name: 'ccd00', stars: [star(10, 10), star(10.5, 10)] }] }
    expect(compareCatalogue(`${HEADER}  1 -11 10.2 10\n`, twins)).toEqual({ found: 1, placed: 2, matched: 1 })
  })

  it('goes by the header’s order of columns', () => {
    const text = '# 1 Y_IMAGE\n# 2 X_IMAGE\n# 3 NUMBER\n60 50 1\n'
    expect(compareCatalogue(text, truth).matched).toBe(1)
  })

  it('refuses what is no catalogue', () => {
    expect(() => compareCatalogue('command not found\n', truth)).toThrow('no column NUMBER')
    expect(compareCatalogue(HEADER, truth)).toEqual({ found: 0, placed: 3, matched: 0 })
  })
})
