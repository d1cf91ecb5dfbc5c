import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { sameData } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { ScriptedCloud, type Seen } from '../scripted-cloud.ts'
import { GLANCE } from './replies.ts'

const AT = '/image/v2/images/i1'
const DATA = 'all the data of the image'
const sha512 = createHash('sha512').update(DATA).digest('hex')
const STORED = { ...GLANCE, size: DATA.length, os_hash_algo: 'sha512', os_hash_value: sha512 }

/** A store that can seek, whose connection breaks after so many bytes; `breaks` says how often. */
function seeking(data: string, breaks: number, after: number) {
  let left = breaks
  return ({ headers }: Seen) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    const range = `bytes ${from}-${data.length - 1}/${data.length}`
    const all = {
      status: from === 0 ? 200 : 206,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(data.length - from),
        ...(from === 0 ? {} : { 'content-range': range }),
      },
    }
    left -= 1
    return left >= 0
      ? { ...all, parts: Readable.from([data.slice(from, from + after)]), hangUp: true }
      : { ...all, body: data.slice(from) }
  }
}

test('an upload says how far it is, and what it sent can be compared with what Glance has', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', AT, [{ body: { ...GLANCE, status: 'queued' } }, { body: STORED }])
  cloud.on('PUT', `${AT}/file`, { status: 204 })
  const seen: number[] = []
  const sent = await client.image.images.upload('i1', Readable.from([DATA.slice(0, 10), DATA.slice(10)]), {
    hashAlgorithm: 'sha512',
    sizeBytes: DATA.length,
    store: 'fast',
    onProgress: (bytes) => seen.push(bytes),
  })
  expect(seen).toEqual([10, DATA.length])
  expect(sent).toEqual({ bytes: DATA.length, hash: { algorithm: 'sha512', value: sha512 } })
  const [put] = cloud.calls('PUT', `${AT}/file`)
  expect(put?.body).toBe(DATA)
  expect(put?.headers).toMatchObject({ 'x-openstack-image-size': String(DATA.length), 'x-image-meta-store': 'fast' })
  const image = await client.image.images.show('i1')
  expect(sameData(image, { algorithm: 'sha512', value: sha512.toUpperCase() })).toBe(true)
  expect(sameData(image, { algorithm: 'sha512', value: 'other' })).toBe(false)
  expect(sameData(image, { algorithm: 'md5', value: image.checksum ?? '' })).toBe(true)
  expect(sameData(image, { algorithm: 'blake2b', value: sha512 })).toBeNull()
})

test('an upload with a hash that this Node lacks is refused before a byte is sent', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', AT, { body: { ...GLANCE, status: 'queued' } })
  const upload = client.image.images.upload('i1', Buffer.from(DATA), { hashAlgorithm: 'adler' })
  await expect(upload).rejects.toThrow(/no hash adler/)
  expect(cloud.calls('PUT', `${AT}/file`)).toEqual([])
})

test('an upload ends with its signal', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', AT, { body: { ...GLANCE, status: 'queued' } })
  const abort = new AbortController()
  const endless = Readable.from(
    (async function* () {
      for (;;) yield await Promise.resolve('x'.repeat(1 << 16))
    })(),
  )
  const onProgress = (bytes: number): void => {
    if (bytes > 1 << 20) abort.abort()
  }
  const failure = await failureOf(client.image.images.upload('i1', endless, { signal: abort.signal, onProgress }))
  expect(failure).toMatchObject({ code: 'Aborted', service: 'image' })
})

test('from a byte on, whether the store can seek or not', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${AT}/file`, seeking(DATA, 0, 0))
  expect(await text(await client.image.images.download('i1', { fromByte: 4 }))).toBe(DATA.slice(4))
  expect(cloud.calls('GET', `${AT}/file`)[0]?.headers.range).toBe('bytes=4-')
  cloud.on('GET', `${AT}/file`, { headers: { 'content-type': 'application/octet-stream' }, body: DATA })
  expect(await text(await client.image.images.download('i1', { fromByte: 4 }))).toBe(DATA.slice(4))
})

test('another range than was asked for is an error', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${AT}/file`, { status: 206, headers: { 'content-range': 'bytes 0-3/25' }, body: 'all ' })
  expect(await failureOf(client.image.images.download('i1', { fromByte: 4 }))).toMatchObject({
    code: 'BadReply',
    message: expect.stringContaining("from byte 4 was asked for, 'bytes 0-3/25' came"),
  })
})

test('a download that breaks off twice goes on where it was, and is whole', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', AT, { body: STORED })
  cloud.on('GET', `${AT}/file`, seeking(DATA, 2, 7))
  const seen: [number, number | null][] = []
  const data = await client.image.images.downloadWhole('i1', {
    resumeDelayMs: 1,
    onProgress: (bytes, total) => seen.push([bytes, total]),
  })
  expect((await buffer(data)).toString()).toBe(DATA)
  expect(cloud.calls('GET', `${AT}/file`).map(({ headers }) => headers.range)).toEqual([
    undefined,
    'bytes=7-',
    'bytes=14-',
  ])
  expect(seen).toEqual([
    [7, DATA.length],
    [14, DATA.length],
    [DATA.length, DATA.length],
  ])
})

test('a download that never brings anything is given up', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ retry: { retries: 0 } })
  cloud.on('GET', AT, { body: STORED })
  cloud.on('GET', `${AT}/file`, { hangUp: true })
  const data = await client.image.images.downloadWhole('i1', { resumes: 2, resumeDelayMs: 1 })
  expect(await failureOf(buffer(data))).toMatchObject({ code: 'ConnectionLost' })
  expect(cloud.calls('GET', `${AT}/file`)).toHaveLength(3)
})

test('a download whose data are not those that Glance hashed ends with an error', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', AT, { body: STORED })
  cloud.on('GET', `${AT}/file`, seeking(DATA.toUpperCase(), 0, 0))
  const damaged = buffer(await client.image.images.downloadWhole('i1'))
  expect(await failureOf(damaged)).toMatchObject({ code: 'BadReply', message: expect.stringContaining('sha512') })
  cloud.on('GET', `${AT}/file`, seeking(DATA.slice(1), 0, 0))
  const short = buffer(await client.image.images.downloadWhole('i1'))
  expect(await failureOf(short)).toMatchObject({ message: expect.stringContaining('has 25 bytes, but 24 came') })
})

test('MD5 is compared where Glance has no better hash', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const checksum = createHash('md5').update(DATA).digest('hex')
  cloud.on('GET', AT, { body: { ...STORED, os_hash_algo: null, os_hash_value: null, checksum } })
  cloud.on('GET', `${AT}/file`, seeking(DATA, 0, 0))
  expect(await text(await client.image.images.downloadWhole('i1'))).toBe(DATA)
})
