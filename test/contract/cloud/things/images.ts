import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Subject, Thing } from '../matrix.ts'
import { qcow2 } from '../disk-images.ts'
import type { Person, Stage } from '../stage.ts'

const Image = z.object({ id: z.string(), status: z.string() })
const Images = z.object({ images: z.array(Image) })

/** `other` is the project that a shared image has as its member. */
export const IMAGE_STATES = [
  'queued',
  'active',
  'public',
  'deactivated',
  'pending',
  'accepted',
  'rejected',
  'deleted',
  'absent',
] as const
export type ImageState = (typeof IMAGE_STATES)[number]

const kept = new WeakMap<Stage, Promise<string>>()

/** The public image of the seed. */
export function seededImage(stage: Stage): Promise<string> {
  const known = kept.get(stage)
  if (known !== undefined) return known
  const ask = { service: 'image', method: 'GET', path: '/images?name=base' } as const
  const found = stage.must('owner', ask, Images).then(({ images }) => images[0]?.id ?? '')
  kept.set(stage, found)
  return found
}

export async function createImage(
  stage: Stage,
  change: Record<string, unknown> = {},
  who: Person = 'owner',
): Promise<string> {
  const json = { name: stage.name('image'), disk_format: 'raw', container_format: 'bare', ...change }
  return (await stage.must(who, { service: 'image', method: 'POST', path: '/images', json }, Image)).id
}

export const fillImage = (stage: Stage, id: string, bytes = new Uint8Array(1024)): Promise<unknown> =>
  stage.must('owner', { service: 'image', method: 'PUT', path: `/images/${id}/file`, bytes }, z.unknown())

/** An active one of that many GB as a guest would see it. */
export async function qcow2Image(stage: Stage, virtualGb: number): Promise<string> {
  const id = await createImage(stage, { disk_format: 'qcow2' })
  await fillImage(stage, id, qcow2(virtualGb))
  return id
}

/** Glance's status of it, as an administrator sees it. */
export async function imageStatus(stage: Stage, id: string): Promise<string> {
  const answer = await stage.ask('admin', { service: 'image', method: 'GET', path: `/images/${id}` })
  return answer.status === 404 ? 'absent' : Image.parse(answer.json).status
}

async function activeImage(stage: Stage, change: Record<string, unknown> = {}): Promise<Subject> {
  const id = await createImage(stage, change)
  await fillImage(stage, id)
  return { id }
}

async function sharedImage(stage: Stage, answer?: 'accepted' | 'rejected'): Promise<Subject> {
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

/** Its status; how visible it is matters only to who asks for it. */
export const images: Thing<ImageState> = {
  make: (stage, state) => IN_STATE[state](stage),
  look: (stage, { id }) => imageStatus(stage, id),
}

const IN_STATE: Record<ImageState, (stage: Stage) => Promise<Subject>> = {
  queued: async (stage) => ({ id: await createImage(stage) }),
  active: (stage) => activeImage(stage, { visibility: 'private' }),
  public: async (stage) => ({ id: await seededImage(stage) }),
  async deactivated(stage) {
    const image = await activeImage(stage)
    const ask = { service: 'image', method: 'POST', path: `/images/${image.id}/actions/deactivate` } as const
    await stage.must('admin', ask, z.unknown())
    return image
  },
  pending: (stage) => sharedImage(stage),
  accepted: (stage) => sharedImage(stage, 'accepted'),
  rejected: (stage) => sharedImage(stage, 'rejected'),
  async deleted(stage) {
    const image = await activeImage(stage)
    await stage.must('owner', { service: 'image', method: 'DELETE', path: `/images/${image.id}` }, z.unknown())
    return image
  },
  absent: async () => ({ id: randomUUID() }),
}
