import type { Truth } from './truth.ts'

export interface Comparison {
  /** Sources in the catalogue. */
  found: number
  /** Stars that were put into the image. */
  placed: number
  /** Stars that have a source of their own where they were put, in their own extension. */
  matched: number
}

interface Source {
  number: number
  x: number
  y: number
}

/**
 * Compares a catalogue of source-extractor with what is in the image.
 * @param tolerance pixels between a star's place and its source's; the stars' own width is 1.8
 */
export function compareCatalogue(catalogue: string, truth: Truth, tolerance = 1): Comparison {
  const extensions = sourcesByExtension(catalogue)
  let matched = 0
  for (const [n, { stars }] of truth.extensions.entries()) {
    const free = new Set(extensions[n] ?? [])
    for (const star of stars) {
      const near = [...free].find((source) => Math.hypot(source.x - star.x, source.y - star.y) <= tolerance)
      if (near === undefined) continue
      free.delete(near)
      matched += 1
    }
  }
  const placed = truth.extensions.reduce((sum, { stars }) => sum + stars.length, 0)
  return { found: extensions.flat().length, placed, matched }
}

/** source-extractor writes one table for all extensions; its NUMBER begins at 1 again with each. */
function sourcesByExtension(catalogue: string): Source[][] {
  const columns = columnsOf(catalogue)
  const extensions: Source[][] = []
  let last = Number.POSITIVE_INFINITY
  for (const line of catalogue.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const fields = line.trim().split(/\s+/).map(Number)
    const value = (name: keyof Source): number => fields[columns[name]] ?? Number.NaN
    const source = { number: value('number'), x: value('x'), y: value('y') }
    if (source.number <= last) extensions.push([])
    last = source.number
    extensions.at(-1)?.push(source)
  }
  return extensions
}

/** Where the columns are, from header lines like `#   3 X_IMAGE   Object position along x   [pixel]`. */
function columnsOf(catalogue: string): Record<keyof Source, number> {
  const place = (name: string): number => {
    const found = new RegExp(`^#\\s+(\\d+)\\s+${name}\\b`, 'm').exec(catalogue)
    if (found === null) throw new Error(`the catalogue has no column ${name}`)
    return Number(found[1]) - 1
  }
  return { number: place('NUMBER'), x: place('X_IMAGE'), y: place('Y_IMAGE') }
}
