import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recipeDigest } from '../image/recipe.ts'

/** Everything that a fresh state depends on: the image and all that is in this folder, as 16 hex digits. */
export function stateDigest(): string {
  const hash = createHash('sha256').update(recipeDigest())
  for (const name of readdirSync(import.meta.dirname).toSorted()) {
    hash.update(`${name}\n`).update(readFileSync(join(import.meta.dirname, name)))
  }
  return hash.digest('hex').slice(0, 16)
}
