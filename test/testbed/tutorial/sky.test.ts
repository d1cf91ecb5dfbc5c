import { describe, expect, it } from 'vitest'
import { seeded } from '#testbed/tutorial/random.ts'
import { expose, placeStars, TUTORIAL_SKY } from '#testbed/tutorial/sky.ts'
import { makeExposure } from '#testbed/tutorial/truth.ts'

describe('an exposure', () => {
  it('is the same for the same seed and another for another', () => {
    const first = makeExposure('1056215p', 7)
    expect(makeExposure('1056215p', 7).fits.equals(first.fits)).toBe(true)
    expect(makeExposure('1056215p', 8).fits.equals(first.fits)).toBe(false)
    expect(first.truth.extensions.map(({ stars }) => stars.length)).toEqual([60, 60, 60, 60])
  })

  it('has stars as far apart and as bright as asked for', () => {
    const stars = placeStars(TUTORIAL_SKY, seeded(3))
    for (const [n, a] of stars.entries()) {
      expect(a.peak).toBeGreaterThanOrEqual(300)
      expect(a.peak).toBeLessThan(3000)
      for (const b of stars.slice(n + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(30)
    }
    expect(() => placeStars({ ...TUTORIAL_SKY, stars: 1000 }, seeded(3))).toThrow(RangeError)
  })

  it('has its background, its noise, and a star where it was put', () => {
    const sky = { ...TUTORIAL_SKY, width: 128, height: 128 }
    const star = { x: 41, y: 73, peak: 2000 }
    const pixels = expose(sky, [star], seeded(5))
    const at = (x: number, y: number): number => pixels[(y - 1) * 128 + (x - 1)] ?? 0
    expect(Math.abs(at(41, 73) - 3000)).toBeLessThan(30)
    const empty = [...pixels].filter(
      (_, n) => Math.hypot((n % 128) + 1 - star.x, Math.floor(n / 128) + 1 - star.y) > 15,
    )
    const mean = empty.reduce((sum, value) => sum + value, 0) / empty.length
    const spread = Math.sqrt(empty.reduce((sum, value) => sum + (value - mean) ** 2, 0) / empty.length)
    expect(Math.abs(mean - 1000)).toBeLessThan(0.3)
    expect(Math.abs(spread - 5)).toBeLessThan(0.2)
  })
})
