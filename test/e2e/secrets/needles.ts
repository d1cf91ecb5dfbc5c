/** A secret, by what it is, in every spelling in which it might lie somewhere. */
export interface Needle {
  name: string
  spellings: readonly Buffer[]
}

/** Something in which secrets are looked for. */
export interface Place {
  name: string
  content: Buffer
}

export interface Found {
  secret: string
  place: string
}

/** As it is; in base64, which depends on where in a longer text it begins; in hexadecimal; as a part of an address. */
export function needle(name: string, secret: string): Needle {
  if (secret.length < 8) throw new Error(`${name} is too short to be looked for`)
  const encoded = ['base64', 'base64url'] as const
  const spellings = new Set([
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('hex'),
    ...encoded.flatMap((encoding) => [0, 1, 2].map((shift) => core(secret, shift, encoding))),
  ])
  return { name, spellings: [...spellings].map((text) => Buffer.from(text)) }
}

/** The letters of an encoded text that depend on the secret alone, when `shift` bytes stand before it. */
function core(secret: string, shift: number, encoding: 'base64' | 'base64url'): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)])
  const text = bytes.toString(encoding).replaceAll('=', '')
  const begin = Math.ceil((shift * 8) / 6)
  const end = Math.floor((bytes.length * 8) / 6)
  return text.slice(begin, end)
}

/** Every kind of token has a form of its own: also those that no one told us of are found. */
const forms: [name: string, form: RegExp][] = [
  ['a token of the pool', /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['a token of Keystone', /gAAAAA[\w-]{40,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
]

export function search(places: Iterable<Place>, needles: readonly Needle[]): Found[] {
  const found: Found[] = []
  for (const { name: place, content } of places) {
    for (const { name: secret, spellings } of needles) {
      if (spellings.some((spelling) => content.includes(spelling))) found.push({ secret, place })
    }
    const text = content.toString('latin1')
    for (const [secret, form] of forms) if (form.test(text)) found.push({ secret, place })
  }
  return found
}
