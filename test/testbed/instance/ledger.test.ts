import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import fc from 'fast-check'
import { Ledger, parseLedger, type Resource } from '#testbed/instance/ledger.ts'

let folder: string
let ledger: Ledger

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canfar-ledger-'))
  ledger = new Ledger(join(folder, 'ledger.jsonl'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const link: Resource = { kind: 'link', name: 'cb-abcde' }

it('lists a thing from the intent to its removal', () => {
  const key = ledger.intend(link)
  expect(ledger.read().entries).toEqual([{ key, resource: link }])
  ledger.made(key)
  expect(ledger.read().entries).toHaveLength(1)
  ledger.removed(key)
  expect(ledger.read().entries).toEqual([])
})

it('lists a thing whose making failed', async () => {
  await expect(ledger.make(link, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(ledger.read().entries.map((entry) => entry.resource)).toEqual([link])
})

it('has the intent on disk while the thing is made', async () => {
  await ledger.make(link, async () => expect(new Ledger(ledger.path).read().entries).toHaveLength(1))
})

it('goes on after a line that a crash cut short', () => {
  ledger.intend(link)
  appendFileSync(ledger.path, '{"op":"intend","key":"x","resou')
  const process = { pid: 7, start: '70' }
  ledger.made(ledger.intend({ kind: 'process', name: 'temporal' }), process)
  expect(ledger.read().entries).toMatchObject([{ resource: link }, { resource: { name: 'temporal' }, process }])
})

it('never lists more for having lost its end', () => {
  const keys = Array.from({ length: 6 }, (_, n) => ledger.intend({ kind: 'folder', path: `/tmp/${n}` }))
  for (const key of keys.slice(0, 3)) ledger.made(key)
  const text = readFileSync(ledger.path, 'utf8')
  fc.assert(
    fc.property(fc.nat(text.length), (end) => {
      const listed = parseLedger(text.slice(0, end)).entries.map((entry) => entry.key)
      expect(listed).toEqual(keys.slice(0, listed.length))
    }),
  )
})
