import { expect } from 'vitest'
import { z } from 'zod'
import type { Asked, Call, Case, Expected } from '../../matrix.ts'
import { qcow2 } from '../../disk-images.ts'
import { refused } from '../../expected.ts'
import { wordsOf } from '../../faults.ts'
import {
  activeImage,
  beginUpload,
  CONTENT,
  createImage,
  images,
  imageStatus,
  type ImageState,
} from '../../things/images.ts'
import { expired, glanceForbids, noImage } from './image-shapes.ts'

const GET = 'https://docs.openstack.org/api-ref/image/v2/#download-binary-image-data'
const text = new TextDecoder().decode(CONTENT)

const data: Expected = { source: GET, status: 200, body: z.literal(text) }
const nothing: Expected = { source: GET, status: 204 }
const gone = { owner: noImage, reader: noImage, admin: noImage, other: noImage, expired }
const reader = glanceForbids('download_image')
const own = (got: Expected) => ({ owner: got, reader, admin: got, other: noImage, expired })
const everyones = { ...own(data), other: data }
const deactivated = refused(403, 'The requested image has been deactivated. Image data download is forbidden.')

const range = (wanted: string, status: number, expected: string, contentRange: string | null): Case => ({
  source: 'observed',
  async holds(stage) {
    const { id } = await activeImage(stage)
    const headers = { range: wanted }
    const answer = await stage.ask('owner', { service: 'image', method: 'GET', path: `/images/${id}/file`, headers })
    expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([status, expected, contentRange])
  },
})

export const imagesDownload: Call<ImageState> = {
  name: 'image GET /images/x/file',
  thing: images,
  request: ({ id }) => ({ path: `/images/${id}/file` }),
  cells: {
    queued: own(nothing),
    saving: own(nothing),
    active: own(data),
    protected: own(data),
    deactivated: { owner: deactivated, reader: deactivated, admin: data, other: noImage, expired },
    deleted: gone,
    absent: gone,
    community: everyones,
    public: everyones,
    pending: everyones,
    accepted: everyones,
    rejected: everyones,
  },
  cases: {
    'length and hash stand before the data': {
      source: GET,
      async holds(stage) {
        const { id } = await activeImage(stage)
        const show = { service: 'image', method: 'GET', path: `/images/${id}` } as const
        const { checksum } = await stage.must('owner', show, z.object({ checksum: z.string() }))
        const { headers } = await stage.ask('owner', { ...show, path: `/images/${id}/file` })
        expect(headers.get('content-length')).toBe(String(CONTENT.length))
        expect(headers.get('content-md5')).toBe(checksum)
        expect(headers.get('content-type')).toBe('application/octet-stream')
      },
    },
    'from a byte on': range('bytes=990-', 206, text.slice(990), 'bytes 990-999/1000'),
    'from a byte to another': range('bytes=1-3', 206, text.slice(1, 4), 'bytes 1-3/1000'),
    'from beyond the end': {
      ...refused(
        416,
        'The Range requested is not available. Invalid start position in Range header. Start position MUST be in the inclusive range [0, 999].',
      ),
      who: 'owner',
      async request(stage) {
        const { id } = await activeImage(stage)
        return { path: `/images/${id}/file`, headers: { range: 'bytes=1000-' } }
      },
    },
  },
}

const PUT = 'https://docs.openstack.org/api-ref/image/v2/#upload-binary-image-data'
const filled: Expected = { source: PUT, status: 204, after: 'active' }
const uploads = glanceForbids('upload_image')
const not = (status: string) => refused(409, `Image status transition from ${status} to saving is not allowed`)
const refuses = (why: Expected) => ({ owner: why, admin: why, reader: uploads, other: noImage, expired })
const seen = { ...refuses(not('active')), other: uploads }

/** Of the request, whatever was wrong with the data. */
const WRONG = refused(415, 'The request media type application/octet-stream is not supported by this server.')

const sends = (format: string, bytes: Uint8Array<ArrayBuffer>, expected: Expected, after: string): Case => ({
  source: 'observed',
  async holds(stage) {
    const { id } = await createImage(stage, { disk_format: format })
    const answer = await stage.ask('owner', { service: 'image', method: 'PUT', path: `/images/${id}/file`, bytes })
    const says = wordsOf(answer)
    expect({ status: answer.status, says, after: await imageStatus(stage, id) }).toEqual({
      status: expected.status,
      says: expected.says,
      after,
    })
  },
})

const put = (change: Record<string, unknown>, headers: Record<string, string>, expected: Expected): Asked => ({
  ...expected,
  who: 'owner',
  async request(stage) {
    const { id } = await createImage(stage, change)
    return { path: `/images/${id}/file`, bytes: CONTENT, headers }
  },
})

export const imagesUpload: Call<ImageState> = {
  name: 'image PUT /images/x/file',
  thing: images,
  request: ({ id }) => ({ path: `/images/${id}/file`, bytes: CONTENT }),
  cells: {
    queued: { owner: filled, admin: filled, reader: uploads, other: noImage, expired },
    // a reader's try makes it queued again, and what is being sent is lost
    saving: { ...refuses(not('saving')), reader: { ...uploads, after: 'queued' } },
    active: refuses(not('active')),
    protected: refuses(not('active')),
    deactivated: refuses(not('deactivated')),
    deleted: gone,
    absent: gone,
    community: seen,
    public: seen,
    pending: seen,
    accepted: seen,
    rejected: seen,
  },
  cases: {
    'qcow2 that is qcow2': sends('qcow2', qcow2(3), filled, 'active'),
    'qcow2 that is something else': sends('qcow2', CONTENT, WRONG, 'queued'),
    'iso that is something else': sends('iso', CONTENT, WRONG, 'queued'),
    'raw that is qcow2': sends('raw', qcow2(3), filled, 'active'),
    'no data at all': sends('raw', new Uint8Array(0), filled, 'active'),
    'no formats': put(
      { disk_format: undefined, container_format: undefined },
      {},
      refused(400, 'Properties disk_format, container_format must be set prior to saving data.'),
    ),
    'a type that there is not': put(
      {},
      { 'content-type': 'text/plain' },
      refused(415, 'The request media type text/plain is not supported by this server.'),
    ),
    'a second one meanwhile does no harm': {
      source: 'observed',
      async holds(stage) {
        const { id } = await createImage(stage)
        const first = await beginUpload(stage, id)
        const path = `/images/${id}/file`
        const second = await stage.ask('owner', { service: 'image', method: 'PUT', path, bytes: CONTENT })
        const meanwhile = await imageStatus(stage, id)
        const status = await first.end()
        expect({ second: second.status, meanwhile, first: status, after: await imageStatus(stage, id) }).toEqual({
          second: 409,
          meanwhile: 'saving',
          first: 204,
          after: 'active',
        })
      },
    },
    'an image that is deleted meanwhile': {
      source: 'observed',
      async holds(stage) {
        const { id } = await createImage(stage)
        const upload = await beginUpload(stage, id)
        await stage.must('owner', { service: 'image', method: 'DELETE', path: `/images/${id}` }, z.unknown())
        expect([await upload.end(), await imageStatus(stage, id)]).toEqual([410, 'absent'])
      },
    },
  },
}
