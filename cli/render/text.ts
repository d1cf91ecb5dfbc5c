/**
 * One line that is safe on a terminal: image names, job arguments and fault messages come from others, and an escape sequence in them could rewrite the screen.
 * Format characters go too, since they can reverse the order in which a line is read.
 */
export const oneLine = (text: string): string => text.replace(/[\t\n\r]+/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}')

/** The same for text of several lines. */
export const manyLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.split('\t').map(oneLine).join('\t'))
    .join('\n')

/** `1 job`, `4 jobs`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
