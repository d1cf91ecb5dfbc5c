/** A parsed YAML mapping, before its meaning is known. */
export type Tree = { readonly [key: string]: unknown }

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A scalar as text; undefined for anything that is none. */
export function scalarText(value: unknown): string | undefined {
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return scalar ? String(value) : undefined
}

/** Mappings are merged key by key; anything else of `over` replaces what `base` has. */
export function mergeTrees(base: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined
    const next = isTree(below) && isTree(value) ? mergeTrees(below, value) : value
    // defineProperty, since a key may be called __proto__
    Object.defineProperty(merged, key, { value: next, enumerable: true, configurable: true, writable: true })
  }
  return merged
}
