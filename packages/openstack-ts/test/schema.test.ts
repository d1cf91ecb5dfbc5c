import { expect, test } from 'vitest'
import { z } from 'zod'
import { number, resource, text } from '../src/schema.ts'

const volume = resource({ id: z.string(), name: text, size: number }, ({ size, ...same }) => ({
  ...same,
  sizeGb: size,
}))

test('known fields are seen as they shall be, others kept as they came', () => {
  const sent = { id: 'v', size: 1, name: null, links: [{ rel: 'self' }], 'os:host': null }
  expect(volume.parse(sent)).toEqual({
    id: 'v',
    name: null,
    sizeGb: 1,
    extra: { links: [{ rel: 'self' }], 'os:host': null },
  })
})

test('a field that is called as what all objects have is kept; none becomes a prototype', () => {
  const { extra } = volume.parse(JSON.parse('{"id": "v", "toString": "x", "__proto__": {"evil": true}}'))
  expect(extra).toEqual({ toString: 'x' })
  expect('evil' in extra).toBe(false)
})

test.each([
  [{ volumes: [{ id: 'v' }, { name: 'x' }] }, ['volumes', 1, 'id']],
  [{ volumes: ['v'] }, ['volumes', 0]],
])('what is wrong is told with its place in the reply', (sent, place) => {
  const { error } = z.object({ volumes: z.array(volume) }).safeParse(sent)
  expect(error?.issues.map(({ path }) => path)).toEqual([place])
})
