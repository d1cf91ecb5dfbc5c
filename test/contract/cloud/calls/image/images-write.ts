import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Asked, Call, Expected, Thing } from '../../matrix.ts'
import { refused } from '../../expected.ts'
import type { Stage } from '../../stage.ts'
import {
  activeImage,
  createImage,
  images,
  imageStatus,
  type ImageState,
  type ImageVisibility,
  visibilities,
} from '../../things/images.ts'
import { expired, glanceForbids, imageIn, imageShape, noImage } from './image-shapes.ts'

const CREATE = 'https://docs.openstack.org/api-ref/image/v2/#create-image'

/** As Glance words what its schema says; the part of the schema follows. */
const invalid = (why: string): Expected =>
  refused(400, `Provided object does not match schema 'image': ${why} Failed validating…`)

const readOnly = refused(403, "Attribute 'status' is read-only.")

const usual = (stage: Stage) => ({ name: stage.name('image'), disk_format: 'raw', container_format: 'bare' })

const creates = (expected: Expected, change: Record<string, unknown> = {}): Asked => ({
  ...expected,
  who: 'owner',
  request: (stage) => ({ path: '/images', json: { ...usual(stage), ...change } }),
})

const created = (body: z.ZodType = imageIn('queued')): Expected => ({
  source: CREATE,
  status: 201,
  body,
  made: 'queued',
})
const taken = refused(409, 'Image ID <id> already exists!')
const reader = glanceForbids('add_image')

/** By whether there has been an image of the id that is asked for. */
const ids: Thing<'new' | 'taken' | 'deleted'> = {
  async make(stage, state) {
    if (state === 'new') return { id: randomUUID() }
    return state === 'taken' ? createImage(stage) : images.make(stage, 'deleted')
  },
  look: async () => 'there',
}

const made = { ...created(), after: 'there' }

export const imagesCreate: Call<'new' | 'taken' | 'deleted'> = {
  name: 'image POST /images',
  thing: ids,
  request: ({ id }) => ({ path: '/images', json: { id, disk_format: 'raw', container_format: 'bare' } }),
  async made(stage, { status, json }) {
    return status < 300 ? imageStatus(stage, imageShape.loose().parse(json).id) : 'nothing'
  },
  cells: {
    new: { owner: made, other: made, admin: made, reader, expired },
    taken: { owner: taken, other: taken, admin: taken, reader, expired },
    deleted: { owner: taken, other: taken, admin: taken, reader, expired },
  },
  cases: {
    'without an id it is of Glance’s choice': creates(created()),
    'shared unless said otherwise': creates(created(imageIn('queued').extend({ visibility: z.literal('shared') }))),
    'no name': creates(created(imageIn('queued').extend({ name: z.null() })), { name: undefined }),
    'properties of one’s own': creates(created(imageIn('queued').extend({ fruit: z.literal('pear') })), {
      fruit: 'pear',
    }),
    'a property that is no text': creates(invalid("1 is not of type 'string'"), { fruit: 1 }),
    'a name of 256 letters': creates(invalid("'…' is too long"), { name: 'n'.repeat(256) }),
    'a disk format that there is not': creates(invalid("'floppy' is not one of [None, 'ami', …]"), {
      disk_format: 'floppy',
    }),
    'a min_disk below 0': creates(
      refused(400, "Invalid value '-1' for parameter 'min_disk': Cannot be a negative value"),
      {
        min_disk: -1,
      },
    ),
    'a visibility that there is not': creates(
      invalid("'mine' is not one of ['community', 'public', 'private', 'shared']"),
      { visibility: 'mine' },
    ),
    'public, not an administrator': creates(glanceForbids('publicize_image'), { visibility: 'public' }),
    'for another project, not an administrator': {
      ...refused(403, "Access was denied to this resource. You are not permitted to create images owned by '<other>'"),
      who: 'owner',
      request(stage) {
        const other = stage.project('other')
        return { path: '/images', json: { ...usual(stage), owner: other }, words: { other } }
      },
    },
    'a status': creates(readOnly, { status: 'active' }),
    'an id that is no UUID': creates(invalid("'base' does not match '^([0-9a-fA-F]){8}-…'"), { id: 'base' }),
  },
}

const PATCH = 'https://docs.openstack.org/api-ref/image/v2/#update-image'
const PATCH_TYPE = { 'content-type': 'application/openstack-images-v2.1-json-patch' }

const changed: Expected = {
  source: PATCH,
  status: 200,
  body: imageIn('active').extend({ visibility: z.literal('shared') }),
  after: 'shared',
}
const modifies = glanceForbids('modify_image')
const gone = { owner: noImage, reader: noImage, other: noImage, admin: noImage, expired }

const patches = (op: unknown, expected: Expected, headers: Record<string, string> = PATCH_TYPE): Asked => ({
  ...expected,
  who: 'owner',
  async request(stage) {
    const { id } = await activeImage(stage)
    return { path: `/images/${id}`, json: [op], headers, words: { id } }
  },
})

const replace = (path: string, value: string) => ({ op: 'replace', path, value })

export const imagesPatch: Call<ImageVisibility> = {
  name: 'image PATCH /images/x',
  thing: visibilities,
  request: ({ id }) => ({ path: `/images/${id}`, json: [replace('/visibility', 'shared')], headers: PATCH_TYPE }),
  cells: {
    private: { owner: changed, admin: changed, reader: modifies, other: noImage, expired },
    shared: { owner: changed, admin: changed, reader: modifies, other: noImage, expired },
    public: { owner: changed, admin: changed, reader: modifies, other: modifies, expired },
    community: { owner: changed, admin: changed, reader: modifies, other: modifies, expired },
    deleted: gone,
    absent: gone,
  },
  cases: {
    'a type that there is not': patches(
      replace('/name', 'new'),
      refused(415, 'The request media type application/json is not supported by this server.'),
      { 'content-type': 'application/json' },
    ),
    'a property that there is not': patches(
      replace('/fruit', 'pear'),
      refused(409, 'There was a conflict when trying to complete your request. Property fruit does not exist.'),
    ),
    'a property that is the cloud’s': patches(replace('/status', 'queued'), readOnly),
    'to public, not an administrator': patches(replace('/visibility', 'public'), glanceForbids('publicize_image')),
    'the format of one that has data': patches(
      replace('/disk_format', 'qcow2'),
      refused(403, 'Attribute disk_format can be only replaced for a queued image.'),
    ),
  },
}

const DELETE = 'https://docs.openstack.org/api-ref/image/v2/#delete-image'
const goes: Expected = { source: DELETE, status: 204, after: 'absent' }
const guarded = refused(403, 'Image <id> is protected and cannot be deleted.')
const deletes = glanceForbids('delete_image')
const nothing = refused(404, 'Failed to find image <id> to delete')
const own = { owner: goes, admin: goes, reader: deletes, other: nothing, expired }
const seen = { ...own, other: deletes }
const nobodys = { owner: nothing, reader: nothing, other: nothing, admin: nothing, expired }

export const imagesDelete: Call<ImageState> = {
  name: 'image DELETE /images/x',
  thing: images,
  request: ({ id }) => ({ path: `/images/${id}` }),
  cells: {
    queued: own,
    saving: own,
    active: own,
    protected: { owner: guarded, admin: guarded, reader: deletes, other: nothing, expired },
    deactivated: own,
    deleted: nobodys,
    absent: nobodys,
    community: seen,
    public: seen,
    pending: seen,
    accepted: seen,
    rejected: seen,
  },
  cases: {},
}
