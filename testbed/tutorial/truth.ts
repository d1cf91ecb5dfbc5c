import { fitsFile } from './fits.ts'
import { seeded } from './random.ts'
import { expose, placeStars, type Sky, type Star, TUTORIAL_SKY } from './sky.ts'

/** The stars that were put into an image, extension by extension. */
export interface Truth {
  id: string
  seed: number
  extensions: { name: string; stars: Star[] }[]
}

/** An exposure of several detectors and what is in it; the same for the same id and seed on every machine. */
export function makeExposure(
  id: string,
  seed: number,
  extensions = 4,
  sky: Sky = TUTORIAL_SKY,
): { fits: Buffer; truth: Truth } {
  const random = seeded(seed)
  const parts = Array.from({ length: extensions }, (_, n) => {
    const name = `ccd${String(n).padStart(2, '0')}`
    const stars = placeStars(sky, random)
    return { name, stars, pixels: expose(sky, stars, random) }
  })
  const images = parts.map(({ name, pixels }) => ({ name, pixels, width: sky.width, height: sky.height }))
  const fits = fitsFile(images, [
    ['OBJECT', `field ${seed}`],
    ['OBSID', id],
  ])
  return { fits, truth: { id, seed, extensions: parts.map(({ name, stars }) => ({ name, stars })) } }
}
