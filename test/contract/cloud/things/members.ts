import { z } from 'zod'
import type { Subject, Thing } from '../matrix.ts'
import type { Stage } from '../stage.ts'
import { activeImage, images, publicImage, sharedImage } from './images.ts'

/** Of the project of `other` in an image of the owner's; `private` and `public` images can have none, nor can what is gone. */
export type Membership = 'pending' | 'accepted' | 'rejected' | 'none' | 'private' | 'public' | 'deleted'

const Member = z.object({ status: z.string() })

export const memberships: Thing<Membership> = {
  async make(stage, state) {
    const { id } = await imageFor(stage, state)
    return { id, words: { other: stage.project('other') } }
  },
  async look(stage, { id }) {
    const path = `/images/${id}/members/${stage.project('other')}`
    const answer = await stage.ask('admin', { service: 'image', method: 'GET', path })
    return answer.status >= 400 ? 'none' : Member.parse(answer.json).status
  },
}

async function imageFor(stage: Stage, state: Membership): Promise<Subject> {
  switch (state) {
    case 'none':
      return activeImage(stage, { visibility: 'shared' })
    case 'private':
      return activeImage(stage, { visibility: 'private' })
    case 'public':
      return publicImage(stage)
    case 'deleted':
      return images.make(stage, 'deleted')
    case 'pending':
      return sharedImage(stage)
    case 'accepted':
    case 'rejected':
      return sharedImage(stage, state)
  }
}
