import { Hono, type Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, mayWrite, projectOf } from '../identity/roles.ts'
import { readJson } from '../read-json.ts'
import { badRequest, conflict, forbidden, notFound, Refusal } from '../refusal.ts'
import type { Image, Member, MemberStatus } from './types.ts'
import { memberView } from './view.ts'
import { glanceForbids, memberKey, ownImage, owns, visibleImage } from './visibility.ts'

/** Who may use a shared image: the owner adds and removes projects, each project accepts or rejects for itself. */
export function memberRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { images, members } = cloud.state
  const memberOf = (imageId: string, project: string): Member | undefined => members.get(memberKey(imageId, project))

  const seen = (c: Context<Env>): Image => {
    const id = c.req.param('id') ?? ''
    return visibleImage(c.var.principal, images.get(id), memberOf, `Image ${id} not found.`)
  }
  const shared = (c: Context<Env>, deed: string): Image => {
    const image = seen(c)
    if (image.visibility !== 'shared') throw forbidden(`Not allowed to ${deed} members for image ${image.id}.`)
    return image
  }
  /** The owner sees every member, a member only itself. */
  const one = (c: Context<Env>, image: Image): Member => {
    const project = c.req.param('member') ?? ''
    const found = memberOf(image.id, project)
    if (found === undefined || !(owns(c.var.principal, image) || project === projectOf(c.var.principal)))
      throw notFound(`${project} not found in the member list of the image ${image.id}.`)
    return found
  }

  app.get('/:id/members', (c) => {
    const image = shared(c, 'get')
    const rows = [...members.values()].filter(
      (m) => m.imageId === image.id && (owns(c.var.principal, image) || m.project === projectOf(c.var.principal)),
    )
    return c.json({ members: rows.map(memberView), schema: '/v2/schemas/members' })
  })
  app.post('/:id/members', async (c) => {
    const body = await readJson(c)
    if (typeof body !== 'object' || body === null || !('member' in body))
      throw badRequest('Member to be added not specified')
    if (typeof body.member !== 'string' || body.member === '') throw badRequest("Member can't be empty")
    const image = ownImage(c.var.principal, shared(c, 'create'), 'add_member')
    // counted before it is looked whether this one is there
    const attempted = [...members.values()].filter(({ imageId }) => imageId === image.id).length + 1
    if (attempted > MEMBER_QUOTA) throw tooMany(image, attempted)
    if (memberOf(image.id, body.member) !== undefined)
      throw conflict(`Member ${body.member} is duplicated for image ${image.id}`)
    const now = cloud.now()
    const made: Member = { imageId: image.id, project: body.member, status: 'pending', createdAt: now, updatedAt: now }
    members.put(memberKey(image.id, made.project), made)
    return c.json(memberView(made))
  })
  app.get('/:id/members/:member', (c) => {
    const image = seen(c)
    if (image.visibility !== 'shared') throw notFound('Only shared images have members.')
    return c.json(memberView(one(c, image)))
  })
  app.put('/:id/members/:member', async (c) => {
    const body = await readJson(c)
    if (typeof body !== 'object' || body === null || !('status' in body)) throw badRequest('Status not specified')
    if (!isMemberStatus(body.status))
      throw badRequest('Incorrect request: Status must be "pending", "accepted" or "rejected".')
    const image = shared(c, 'update')
    const member = one(c, image)
    const who = c.var.principal
    // The owner asks; only the member itself (or an administrator) answers.
    if (!mayWrite(who) || (member.project !== projectOf(who) && !isAdmin(who))) throw glanceForbids('modify_member')
    const changed: Member = { ...member, status: body.status, updatedAt: cloud.now() }
    members.put(memberKey(image.id, member.project), changed)
    return c.json(memberView(changed))
  })
  app.delete('/:id/members/:member', (c) => {
    const image = shared(c, 'delete')
    const member = one(c, image)
    ownImage(c.var.principal, image, 'delete_member')
    members.delete(memberKey(image.id, member.project))
    return c.body(null, 204)
  })
  return app
}

/** Glance's default of image_member_quota. */
const MEMBER_QUOTA = 128

const tooMany = ({ id }: Image, attempted: number): Refusal =>
  new Refusal(
    413,
    `Image member limit exceeded for image ${id}: The limit has been exceeded on the number of allowed image members for this image. Attempted: ${attempted}, Maximum: ${MEMBER_QUOTA}:`,
  )

const isMemberStatus = (value: unknown): value is MemberStatus =>
  value === 'pending' || value === 'accepted' || value === 'rejected'
