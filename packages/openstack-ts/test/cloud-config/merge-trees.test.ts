import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTree, mergeTrees, type Tree } from '../../src/tree.ts'

const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(
    fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'),
    fc.oneof({ maxDepth: 3 }, fc.integer(), fc.array(fc.integer()), tie('tree')),
  ),
})).tree

/** Every path to a value that is no mapping. */
function leaves(node: unknown, path: readonly string[] = []): string[] {
  if (!isTree(node)) return [JSON.stringify([path, node])]
  return Object.entries(node).flatMap(([key, value]) => leaves(value, [...path, key]))
}

test('all that the upper tree says holds in the merged one, and nothing is invented', () => {
  fc.assert(
    fc.property(tree, tree, (base, over) => {
      const merged = leaves(mergeTrees(base, over))
      const below = leaves(base)
      const above = leaves(over)
      expect(above.filter((leaf) => !merged.includes(leaf))).toEqual([])
      expect(merged.filter((leaf) => !below.includes(leaf) && !above.includes(leaf))).toEqual([])
    }),
  )
})

test('merging with nothing, or with itself, changes nothing', () => {
  fc.assert(
    fc.property(tree, (one) => {
      expect(leaves(mergeTrees(one, {}))).toEqual(leaves(one))
      expect(leaves(mergeTrees({}, one))).toEqual(leaves(one))
      expect(leaves(mergeTrees(one, one))).toEqual(leaves(one))
    }),
  )
})
