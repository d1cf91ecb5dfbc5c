import { describe, expect, it } from 'vitest'
import { fitsFile } from '#testbed/tutorial/fits.ts'

const card = (file: Buffer, at: number): string => file.toString('ascii', at, at + 80)

describe('a FITS file', () => {
  const pixels = Uint16Array.from([0, 1, 32_767, 32_768, 65_534, 65_535])
  const file = fitsFile([{ name: 'ccd00', width: 3, height: 2, pixels }], [['OBJECT', "Barnard's star"]])

  it('is of whole blocks: primary header, extension header, data', () => {
    expect(file.length).toBe(3 * 2880)
    expect(card(file, 0)).toBe('SIMPLE  =                    T'.padEnd(80))
    expect(card(file, 80 * 5)).toBe("OBJECT  = 'Barnard''s star'".padEnd(80))
    expect(card(file, 80 * 6)).toBe('END'.padEnd(80))
    expect(card(file, 2880)).toBe("XTENSION= 'IMAGE   '".padEnd(80))
    expect(card(file, 2880 + 3 * 80)).toBe('NAXIS1  =                    3'.padEnd(80))
  })

  it('holds unsigned numbers by the BZERO convention, big end first', () => {
    const stored = [...pixels.keys()].map((n) => file.readInt16BE(2 * 2880 + 2 * n))
    expect(stored).toEqual([-32_768, -32_767, -1, 0, 32_766, 32_767])
    expect(file.subarray(2 * 2880 + 12).every((byte) => byte === 0)).toBe(true)
  })

  it('is refused for pixels that do not fill the image', () => {
    expect(() => fitsFile([{ name: 'x', width: 2, height: 2, pixels }])).toThrow('2 × 2')
  })
})
