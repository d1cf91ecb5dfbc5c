import { normal, type Random } from './random.ts'

export interface Star {
  /** FITS pixel coordinates: the centre of the first pixel is (1, 1). */
  x: number
  y: number
  /** Height above the sky, in counts. */
  peak: number
}

export interface Sky {
  width: number
  height: number
  stars: number
  /** Counts, and their standard deviation. */
  background: number
  noise: number
  /** Standard deviation of a star's Gaussian profile, in pixels. */
  sigma: number
  peak: readonly [number, number]
  /** Least distance between two stars and, halved, from the edge: they must not blend. */
  apart: number
}

export const TUTORIAL_SKY: Sky = {
  width: 512,
  height: 512,
  stars: 60,
  background: 1000,
  noise: 5,
  sigma: 1.8,
  peak: [300, 3000],
  apart: 30,
}

/** @throws RangeError if so many stars that far apart find no room */
export function placeStars(sky: Sky, random: Random): Star[] {
  const stars: Star[] = []
  const between = (low: number, high: number): number => low + (high - low) * random()
  const margin = sky.apart / 2
  for (let tries = 0; stars.length < sky.stars; tries += 1) {
    if (tries > 100 * sky.stars) throw new RangeError(`no room for ${sky.stars} stars ${sky.apart} pixels apart`)
    const x = between(1 + margin, sky.width - margin)
    const y = between(1 + margin, sky.height - margin)
    if (stars.some((star) => Math.hypot(star.x - x, star.y - y) < sky.apart)) continue
    stars.push({ x, y, peak: between(...sky.peak) })
  }
  return stars
}

/** What a detector would have counted: background, noise and stars, as whole numbers, row by row from the bottom. */
export function expose(sky: Sky, stars: readonly Star[], random: Random): Uint16Array {
  const light = new Float64Array(sky.width * sky.height).fill(sky.background)
  const reach = Math.ceil(6 * sky.sigma)
  for (const star of stars) {
    for (let y = Math.max(1, Math.floor(star.y) - reach); y <= Math.min(sky.height, star.y + reach); y += 1) {
      for (let x = Math.max(1, Math.floor(star.x) - reach); x <= Math.min(sky.width, star.x + reach); x += 1) {
        const distance = (x - star.x) ** 2 + (y - star.y) ** 2
        const at = (y - 1) * sky.width + (x - 1)
        light[at] = (light[at] ?? 0) + star.peak * Math.exp(-distance / (2 * sky.sigma ** 2))
      }
    }
  }
  const noise = normal(random)
  return Uint16Array.from(light, (counts) => Math.min(65_535, Math.max(0, Math.round(counts + sky.noise * noise()))))
}
