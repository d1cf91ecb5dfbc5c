import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { qcow2 } from '../disk-images.ts'
import type { Subject, Thing } from '../matrix.ts'
import type { Person, Stage } from '../stage.ts'

const Image = z.object({ id: z.string(), status: z.string(), visibility: z.string() })
const Images = z.object({ images: z.array(Image) })

/** Of the owner's project, which keeps it to itself up to `community`; `other` is the project that the others have as their member. */
export const IMAGE_STATES = [
  'queued',
  'saving',
  'active',
  'protected',
  'deactivated',
  'deleted',
  'absent',
  'community',
  'public',
  'pending',
  'accepted',
  'rejected',
] as const
export type ImageState = (typeof IMAGE_STATES)[number]

const kept = new WeakMap<Stage, Promise<string>>()

/** The public image of the seed. */
export function seededImage(stage: Stage): Promise<string> {
  const known = kept.get(stage)
  if (known !== undefined) return known
  const ask = { service: 'image', method: 'GET', path: '/images?name=base' } as const
  const found = stage.must('owner', ask, Images).then(({ images: [image] }) => image?.id ?? '')
  kept.set(stage, found)
  return found
}

export async function createImage(
  stage: Stage,
  change: Record<string, unknown> = {},
  who: Person = 'owner',
): Promise<{ id: string; name: string }> {
  const json = { name: stage.name('image'), disk_format: 'raw', container_format: 'bare', ...change }
  const { id } = await stage.must(who, { service: 'image', method: 'POST', path: '/images', json }, Image)
  return { id, name: json.name }
}

/** What {@link fillImage} fills an image with. */
export const CONTENT = new TextEncoder().encode('0123456789'.repeat(100))

export const fillImage = (stage: Stage, id: string, bytes = CONTENT): Promise<unknown> =>
  stage.must('owner', { service: 'image', method: 'PUT', path: `/images/${id}/file`, bytes }, z.unknown())

/** An active one of that many GB as a guest would see it. */
export async function qcow2Image(stage: Stage, virtualGb: number): Promise<string> {
  const { id } = await createImage(stage, { disk_format: 'qcow2' })
  await fillImage(stage, id, qcow2(virtualGb))
  return id
}

/** Glance's status of it, as an administrator sees it. */
export async function imageStatus(stage: Stage, id: string): Promise<string> {
  const answer = await stage.ask('admin', { service: 'image', method: 'GET', path: `/images/${id}` })
  return answer.status === 404 ? 'absent' : Image.parse(answer.json).status
}

export async function activeImage(stage: Stage, change: Record<string, unknown> = {}): Promise<Subject> {
  const { id, name } = await createImage(stage, change)
  await fillImage(stage, id)
  return { id, words: { name } }
}

/** Shared with the project of `other`, which answers, or not. */
export async function sharedImage(stage: Stage, answer?: 'accepted' | 'rejected'): Promise<Subject> {
  const image = await activeImage(stage, { visibility: 'shared' })
  const members = `/images/${image.id}/members`
  const other = stage.project('other')
  const add = { service: 'image', method: 'POST', path: members, json: { member: other } } as const
  await stage.must('owner', add, z.unknown())
  if (answer === undefined) return image
  const json = { status: answer }
  await stage.must('other', { service: 'image', method: 'PUT', path: `${members}/${other}`, json }, z.unknown())
  return image
}

export async function publicImage(stage: Stage): Promise<Subject> {
  const image = await activeImage(stage)
  const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' }
  const json = [{ op: 'replace', path: '/visibility', value: 'public' }]
  await stage.must(
    'admin',
    { service: 'image', method: 'PATCH', path: `/images/${image.id}`, json, headers },
    z.unknown(),
  )
  return image
}

/** Sends data that end when that is said, at the latest when the stage is left; it is `saving` now. */
export async function beginUpload(stage: Stage, id: string): Promise<{ end: () => Promise<number> }> {
  const gone = new AbortController()
  stage.onLeave(() => gone.abort())
  let data: ReadableStreamDefaultController | undefined
  const body = new ReadableStream({
    start(controller) {
      data = controller
      controller.enqueue(CONTENT)
    },
  })
  const sent = fetch(`${stage.world.urls.image}/images/${id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': stage.token('owner'), 'content-type': 'application/octet-stream' },
    body,
    duplex: 'half',
    signal: gone.signal,
  }).then(
    ({ status }) => status,
    () => 0,
  )
  await stage.until(
    'its data to arrive',
    () => imageStatus(stage, id),
    (status) => status === 'saving',
  )
  return {
    end: () => {
      data?.close()
      return sent
    },
  }
}

/** Its status; how visible it is matters only to who asks for it. */
export const images: Thing<ImageState> = {
  make: (stage, state) => IN_STATE[state](stage),
  look: (stage, { id }) => imageStatus(stage, id),
}

const IN_STATE: Record<ImageState, (stage: Stage) => Promise<Subject>> = {
  async queued(stage) {
    const { id, name } = await createImage(stage)
    return { id, words: { name } }
  },
  async saving(stage) {
    const { id, name } = await createImage(stage)
    await beginUpload(stage, id)
    return { id, words: { name } }
  },
  active: (stage) => activeImage(stage, { visibility: 'private' }),
  protected: (stage) => activeImage(stage, { visibility: 'private', protected: true }),
  async deactivated(stage) {
    const image = await activeImage(stage)
    const ask = { service: 'image', method: 'POST', path: `/images/${image.id}/actions/deactivate` } as const
    await stage.must('admin', ask, z.unknown())
    return image
  },
  async deleted(stage) {
    const image = await activeImage(stage)
    await stage.must('owner', { service: 'image', method: 'DELETE', path: `/images/${image.id}` }, z.unknown())
    return image
  },
  absent: async () => ({ id: randomUUID() }),
  community: (stage) => activeImage(stage, { visibility: 'community' }),
  public: publicImage,
  pending: (stage) => sharedImage(stage),
  accepted: (stage) => sharedImage(stage, 'accepted'),
  rejected: (stage) => sharedImage(stage, 'rejected'),
}

export type ImageVisibility = 'private' | 'shared' | 'public' | 'community' | 'deleted' | 'absent'

/** Active ones, and who may see them. */
export const visibilities: Thing<ImageVisibility> = {
  async make(stage, state) {
    if (state === 'deleted' || state === 'absent') return images.make(stage, state)
    return state === 'public' ? publicImage(stage) : activeImage(stage, { visibility: state })
  },
  async look(stage, { id }) {
    const answer = await stage.ask('admin', { service: 'image', method: 'GET', path: `/images/${id}` })
    return answer.status === 404 ? 'absent' : Image.parse(answer.json).visibility
  },
}
