import { Problem } from '#domain/problem.ts'
import { readSize } from '#domain/submit/literals.ts'

/**
 * Reads a size as submit files have it: `4G`, `3500M`, or a bare number of `unit`.
 *
 * @returns bytes
 * @throws Problem of kind `usage`
 */
export const parseSize = (text: string, unit: 'M' | 'G', option: string): number => {
  const bytes = readSize(text, unit)
  if (bytes !== undefined && bytes > 0) return bytes
  throw new Problem({
    code: 'SizeInvalid',
    kind: 'usage',
    message: `'${text}' is no size`,
    where: option,
    next: 'write it as 3500M, 4G or 1.5T',
  })
}

/** Reads a whole number from 1 on. @throws Problem of kind `usage` */
export const parseAmount = (text: string, option: string): number => {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : 0
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Problem({
    code: 'NumberInvalid',
    kind: 'usage',
    message: `'${text}' is no number of ${option.replace(/^-+/, '')}`,
    where: option,
    next: 'write a whole number from 1 on',
  })
}
