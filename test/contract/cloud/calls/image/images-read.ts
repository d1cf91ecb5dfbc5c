import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Asked, Call, Expected } from '../../matrix.ts'
import { refused } from '../../expected.ts'
import { activeImage, CONTENT, createImage, images, type ImageState, sharedImage } from '../../things/images.ts'
import { deactivatedImage, imageIn, type imageShape, noImage, expired } from './image-shapes.ts'

const SHOW = 'https://docs.openstack.org/api-ref/image/v2/#show-image'
type Status = z.infer<typeof imageShape>['status']

const shown = (status: Status): Expected => ({ source: SHOW, status: 200, body: imageIn(status) })
const own = (status: Status) => ({
  owner: shown(status),
  reader: shown(status),
  admin: shown(status),
  other: noImage,
  expired,
})
const hidden: Expected = { source: 'observed', status: 200, body: deactivatedImage }
const everyones = { ...own('active'), other: shown('active') }
const nobodys = { owner: noImage, reader: noImage, admin: noImage, other: noImage, expired }

export const imagesShow: Call<ImageState> = {
  name: 'image GET /images/x',
  thing: images,
  request: ({ id }) => ({ path: `/images/${id}` }),
  cells: {
    queued: own('queued'),
    saving: own('saving'),
    active: own('active'),
    protected: own('active'),
    deactivated: { ...own('deactivated'), owner: hidden, reader: hidden },
    deleted: nobodys,
    absent: nobodys,
    community: everyones,
    public: everyones,
    // what the member answered makes no difference to who has the id
    pending: everyones,
    accepted: everyones,
    rejected: everyones,
  },
  cases: {
    'size and hashes are those of the data': {
      source: SHOW,
      async holds(stage) {
        const { id } = await activeImage(stage, { fruit: 'pear' })
        const image = await stage.must(
          'owner',
          { service: 'image', method: 'GET', path: `/images/${id}` },
          z.looseObject({}),
        )
        expect(image).toMatchObject({
          size: CONTENT.length,
          virtual_size: CONTENT.length,
          checksum: createHash('md5').update(CONTENT).digest('hex'),
          os_hash_value: createHash('sha512').update(CONTENT).digest('hex'),
          fruit: 'pear',
        })
      },
    },
    'an id that is no UUID': {
      ...noImage,
      who: 'owner',
      request: () => ({ path: '/images/base', words: { id: 'base' } }),
    },
  },
}

const LIST = 'https://docs.openstack.org/api-ref/image/v2/#list-images'

const listOf = (rows: z.ZodType): Expected => ({
  source: LIST,
  status: 200,
  body: z.strictObject({ images: rows, first: z.string(), schema: z.literal('/v2/schemas/images') }),
})
const listed = (status: Status) => listOf(z.tuple([imageIn(status)]))
const hiddenListed = listOf(z.tuple([deactivatedImage]))
const none = listOf(z.tuple([]))

const listedTo = (status: Status) => ({
  owner: listed(status),
  reader: listed(status),
  admin: listed(status),
  other: none,
  expired,
})
const listedToAll = { ...listedTo('active'), other: listed('active') }
const listedToNobody = { owner: none, reader: none, admin: none, other: none, expired }

const Page = z.object({
  images: z.array(z.object({ id: z.string(), created_at: z.string() })),
  next: z.string().optional(),
})

const asked = (query: string, expected: Expected): Asked => ({
  ...expected,
  who: 'owner',
  request: () => ({ path: `/images?${query}` }),
})

export const imagesList: Call<ImageState> = {
  name: 'image GET /images',
  thing: images,
  request: ({ words }) => ({ path: `/images?name=${words?.['name'] ?? 'nothing'}` }),
  cells: {
    queued: listedTo('queued'),
    saving: listedTo('saving'),
    active: listedTo('active'),
    protected: listedTo('active'),
    deactivated: { ...listedTo('deactivated'), owner: hiddenListed, reader: hiddenListed },
    deleted: listedToNobody,
    absent: listedToNobody,
    // an administrator is shown private images of all projects, and no community images
    community: { ...listedTo('active'), admin: none },
    public: listedToAll,
    pending: listedTo('active'),
    accepted: listedToAll,
    rejected: listedTo('active'),
  },
  cases: {
    'pages, the newest first, and an empty one after the last full one': {
      source: 'observed',
      async holds(stage) {
        const name = stage.name('row')
        await Promise.all([1, 2, 3, 4].map(() => createImage(stage, { name })))
        const page = (query: string) =>
          stage.must('owner', { service: 'image', method: 'GET', path: `/images?${query}` }, Page)
        const all = await page(`name=${name}`)
        const times = all.images.map(({ created_at }) => created_at)
        expect(times).toEqual(times.toSorted().toReversed())
        const first = await page(`name=${name}&limit=2`)
        const next = new URLSearchParams(first.next?.split('?')[1])
        expect([next.get('marker'), next.get('limit'), next.get('name')]).toEqual([first.images[1]?.id, '2', name])
        const last = await page(next.toString())
        expect([...first.images, ...last.images]).toEqual(all.images)
        const after = await page(last.next?.split('?')[1] ?? '')
        expect(after).toEqual({ images: [] })
      },
    },
    'without a limit a page has 25': {
      source: LIST,
      async holds(stage) {
        const name = stage.name('many')
        await Promise.all(Array.from({ length: 26 }, () => createImage(stage, { name })))
        const { images: rows, next } = await stage.must(
          'owner',
          { service: 'image', method: 'GET', path: `/images?name=${name}` },
          Page,
        )
        expect([rows.length, next === undefined]).toEqual([25, false])
      },
    },
    'a marker that there is not': asked('marker=nothing', refused(400, 'No image found with ID nothing')),
    'a limit that is no number': asked('limit=few', refused(400, 'limit param must be an integer')),
    'a member status that there is not': asked(
      'visibility=shared&member_status=maybe',
      refused(400, 'Invalid status: maybe'),
    ),
    'a visibility that there is not': asked('visibility=mine', refused(400, 'Invalid visibility value: mine')),
    'one project’s': {
      source: LIST,
      async holds(stage) {
        const { id, words } = await activeImage(stage)
        const rows = async (who: 'owner' | 'other') => {
          const path = `/images?name=${words?.['name']}&owner=${stage.project(who)}`
          return (await stage.must('owner', { service: 'image', method: 'GET', path }, Page)).images.map(
            (image) => image.id,
          )
        }
        expect([await rows('owner'), await rows('other')]).toEqual([[id], []])
      },
    },
    'by status': {
      source: LIST,
      async holds(stage) {
        const { id, words } = await activeImage(stage)
        const rows = async (status: string) => {
          const path = `/images?name=${words?.['name']}&status=${status}`
          return (await stage.must('owner', { service: 'image', method: 'GET', path }, Page)).images.map(
            (image) => image.id,
          )
        }
        expect([await rows('active'), await rows('queued')]).toEqual([[id], []])
      },
    },
    'by member status, as the member sees it': {
      source: LIST,
      async holds(stage) {
        const made = {
          pending: await sharedImage(stage),
          accepted: await sharedImage(stage, 'accepted'),
          rejected: await sharedImage(stage, 'rejected'),
        }
        const ids = Object.fromEntries(Object.entries(made).map(([state, { id }]) => [id, state]))
        const found = async (query: string) => {
          const rows: string[] = []
          let path: string | undefined = `/images?limit=100&${query}`
          while (path !== undefined) {
            const page: z.infer<typeof Page> = await stage.must(
              'other',
              { service: 'image', method: 'GET', path },
              Page,
            )
            rows.push(...page.images.flatMap(({ id }) => ids[id] ?? []))
            path = page.next?.replace('/v2', '')
          }
          return rows.toSorted()
        }
        expect({
          usual: await found(''),
          shared: await found('visibility=shared'),
          pending: await found('visibility=shared&member_status=pending'),
          rejected: await found('visibility=shared&member_status=rejected'),
          all: await found('visibility=shared&member_status=all'),
        }).toEqual({
          usual: ['accepted'],
          shared: ['accepted'],
          pending: ['pending'],
          rejected: ['rejected'],
          all: ['accepted', 'pending', 'rejected'],
        })
      },
    },
  },
}
