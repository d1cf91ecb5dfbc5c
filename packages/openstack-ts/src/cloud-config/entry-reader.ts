import { CloudConfigError } from './config-error.ts'
import { isTree, scalarText, type Tree } from '../tree.ts'

/** Reads one clouds.yaml entry key by key; every complaint names path, cloud and key. Keys may be dotted: `auth.password`. */
export class EntryReader {
  readonly #entry: Tree
  readonly #cloud: string
  readonly #path: string | undefined
  readonly #nameOf: (key: string) => string

  constructor(entry: Tree, cloud: string, path: string | undefined, nameOf: (key: string) => string = (key) => key) {
    this.#entry = entry
    this.#cloud = cloud
    this.#path = path
    this.#nameOf = nameOf
  }

  keys(): string[] {
    return Object.keys(this.#entry)
  }

  text(key: string): string | undefined {
    const value = this.#value(key)
    if (value === undefined || value === null || value === '') return undefined
    // YAML reads an all-digit password, version or id as a number.
    if (typeof value === 'number') return String(value)
    return typeof value === 'string' ? value : this.invalid(key, `must be text, not ${kindOf(value)}`)
  }

  /** A text, or a list of them. */
  texts(key: string): string[] | undefined {
    const value = this.#value(key)
    if (!Array.isArray(value)) {
      const single = this.text(key)
      return single === undefined ? undefined : [single]
    }
    return value.map((item) => scalarText(item) ?? this.invalid(key, `must be a list of texts, not of ${kindOf(item)}`))
  }

  url(key: string): string | undefined {
    // Public profiles have one host a region.
    const value = this.text(key)?.replaceAll(
      '{region_name}',
      () => this.text('region_name') ?? this.missing('region_name'),
    )
    if (value === undefined) return undefined
    const protocol = URL.canParse(value) ? new URL(value).protocol : undefined
    if (protocol === 'http:' || protocol === 'https:') return value.replace(/\/+$/, '')
    return this.invalid(key, `must be an http or https URL, not ${value}`)
  }

  flag(key: string): boolean | undefined {
    const value = this.#value(key)
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'boolean') return value
    const word = scalarText(value) ?? ''
    if (/^(true|yes|on|1)$/i.test(word)) return true
    if (/^(false|no|off|0)$/i.test(word)) return false
    return this.invalid(key, 'must be true or false')
  }

  missing(key: string): never {
    throw new CloudConfigError('KeyMissing', 'is missing', this.#place(key))
  }

  invalid(key: string, message: string): never {
    throw new CloudConfigError('KeyInvalid', message, this.#place(key))
  }

  #place(key: string): { path: string | undefined; cloud: string; key: string } {
    return { path: this.#path, cloud: this.#cloud, key: this.#nameOf(key) }
  }

  #value(key: string): unknown {
    return key
      .split('.')
      .reduce<unknown>(
        (tree, part) => (isTree(tree) && Object.hasOwn(tree, part) ? tree[part] : undefined),
        this.#entry,
      )
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
