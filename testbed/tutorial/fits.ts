/** An image of 16-bit counts, row by row from the bottom. */
export interface FitsImage {
  name: string
  width: number
  height: number
  pixels: Uint16Array
}

type Value = string | number | boolean
type Card = readonly [keyword: string, value: Value]

/** Headers and data both come in blocks of this many bytes. */
const BLOCK = 2880

/**
 * A multi-extension FITS file: a primary header without data, then an IMAGE extension for each image, as CFHT's Megacam
 * has one for each CCD (FITS standard 4.0, sections 3, 4 and 7.1).
 */
export function fitsFile(images: readonly FitsImage[], cards: readonly Card[] = []): Buffer {
  const primary: Card[] = [
    ['SIMPLE', true],
    ['BITPIX', 8],
    ['NAXIS', 0],
    ['EXTEND', true],
    ['NEXTEND', images.length],
  ]
  return Buffer.concat([
    header([...primary, ...cards]),
    ...images.flatMap((image) => [extensionHeader(image), data(image)]),
  ])
}

function extensionHeader({ name, width, height }: FitsImage): Buffer {
  return header([
    ['XTENSION', 'IMAGE'],
    ['BITPIX', 16],
    ['NAXIS', 2],
    ['NAXIS1', width],
    ['NAXIS2', height],
    ['PCOUNT', 0],
    ['GCOUNT', 1],
    ['EXTNAME', name],
    // the convention for unsigned 16-bit numbers, which FITS does not have
    ['BSCALE', 1],
    ['BZERO', 32_768],
  ])
}

function header(cards: readonly Card[]): Buffer {
  const text = cards.map(([keyword, value]) => `${keyword.padEnd(8)}= ${format(value)}`.padEnd(80)).join('')
  return padded(Buffer.from(`${text}${'END'.padEnd(80)}`, 'ascii'), 0x20)
}

/** Fixed format: strings start in column 11, everything else ends in column 30. */
function format(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''").padEnd(8)}'`
  return (typeof value === 'boolean' ? (value ? 'T' : 'F') : String(value)).padStart(20)
}

function data({ name, width, height, pixels }: FitsImage): Buffer {
  if (pixels.length !== width * height) throw new RangeError(`image ${name} is not ${width} × ${height} pixels`)
  const bytes = Buffer.alloc(pixels.length * 2)
  for (const [index, pixel] of pixels.entries()) bytes.writeInt16BE(pixel - 32_768, index * 2)
  return padded(bytes, 0)
}

function padded(bytes: Buffer, fill: number): Buffer {
  const missing = (BLOCK - (bytes.length % BLOCK)) % BLOCK
  return Buffer.concat([bytes, Buffer.alloc(missing, fill)])
}
