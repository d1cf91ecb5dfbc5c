import { expect, test } from 'vitest'
import { vmTypeOf } from '#domain/plain-text.ts'

test('a VM type is the project and the image name', () => {
  expect(vmTypeOf('canfar', 'catalogue software (2023-08-21)')).toBe('canfar:catalogue software (2023-08-21)')
})

test.each([
  'a"b',
  "a'b",
  'a#b',
  'a\nb',
  'a$(b)',
  'a\\b',
  'a`b`',
  'a;b',
  'é',
  '',
  ' a',
  'a ',
  '-a',
  'a\u0000',
  'x'.repeat(300),
])('the image name %j is refused by name', (name) => {
  expect(() => vmTypeOf('canfar', name)).toThrow(/image name .* cannot be used/)
})
