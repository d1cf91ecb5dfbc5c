import { expect } from 'vitest'
import type { z } from 'zod'
import type { Call, Expected, Subject } from '../../matrix.ts'
import { refused } from '../../expected.ts'
import { wordsOf } from '../../faults.ts'
import type { Stage } from '../../stage.ts'
import { activeImage, sharedImage } from '../../things/images.ts'
import { type Membership, memberships } from '../../things/members.ts'
import { expired, glanceForbids, memberIn, type memberShape } from './image-shapes.ts'

const of = ({ id }: Subject, stage: Stage): string => `/images/${id}/members/${stage.project('other')}`

type Status = z.infer<typeof memberShape>['status']

const noMember = refused(404, '<other> not found in the member list of the image <id>.')
const noImage = refused(404, 'Image <id> not found.')
const gone = { owner: noImage, reader: noImage, other: noImage, admin: noImage, expired }

const SHOW = 'https://docs.openstack.org/api-ref/image/v2/#show-image-member-details'
const member = (status: Status): Expected => ({ source: SHOW, status: 200, body: memberIn(status) })
const shown = (status: Status) => {
  const all = member(status)
  return { owner: all, reader: all, other: all, admin: all, expired }
}
const notShared = refused(404, 'Only shared images have members.')

export const membersShow: Call<Membership> = {
  name: 'image GET /images/x/members/x',
  thing: memberships,
  request: (subject, stage) => ({ path: of(subject, stage) }),
  cells: {
    pending: shown('pending'),
    accepted: shown('accepted'),
    rejected: shown('rejected'),
    none: { owner: noMember, reader: noMember, other: noImage, admin: noMember, expired },
    private: { owner: notShared, reader: notShared, other: noImage, admin: notShared, expired },
    public: { owner: notShared, reader: notShared, other: notShared, admin: notShared, expired },
    deleted: gone,
  },
  cases: {},
}

const ADD = 'https://docs.openstack.org/api-ref/image/v2/#create-image-member'
const added: Expected = { source: ADD, status: 200, body: memberIn('pending'), after: 'pending' }
const twice = refused(409, 'Member <other> is duplicated for image <id>')
const adds = glanceForbids('add_member')
const addsNone = refused(403, 'Not allowed to create members for image <id>.')

export const membersCreate: Call<Membership> = {
  name: 'image POST /images/x/members',
  thing: memberships,
  request: ({ id }, stage) => ({ path: `/images/${id}/members`, json: { member: stage.project('other') } }),
  cells: {
    pending: { owner: twice, admin: twice, reader: adds, other: adds, expired },
    accepted: { owner: twice, admin: twice, reader: adds, other: adds, expired },
    rejected: { owner: twice, admin: twice, reader: adds, other: adds, expired },
    none: { owner: added, admin: added, reader: adds, other: noImage, expired },
    private: { owner: addsNone, admin: addsNone, reader: addsNone, other: noImage, expired },
    public: { owner: addsNone, admin: addsNone, reader: addsNone, other: addsNone, expired },
    deleted: gone,
  },
  cases: {
    'a project that there is not': {
      source: ADD,
      status: 200,
      body: memberIn('pending').extend({
        member_id: memberIn('pending').shape.image_id.or(memberIn('pending').shape.schema),
      }),
      who: 'owner',
      async request(stage) {
        const { id } = await activeImage(stage, { visibility: 'shared' })
        return { path: `/images/${id}/members`, json: { member: id } }
      },
    },
    'no project': {
      ...refused(400, 'Member to be added not specified'),
      who: 'owner',
      async request(stage) {
        const { id } = await activeImage(stage, { visibility: 'shared' })
        return { path: `/images/${id}/members`, json: {} }
      },
    },
    'more than 128': {
      source: 'observed',
      async holds(stage) {
        const { id } = await activeImage(stage, { visibility: 'shared' })
        const path = `/images/${id}/members`
        const add = (n: number) =>
          stage.ask('owner', { service: 'image', method: 'POST', path, json: { member: `project-${n}` } })
        for (let n = 0; n < 128; n++) expect((await add(n)).status).toBe(200)
        const answer = await add(128)
        const why = 'The limit has been exceeded on the number of allowed image members for this image.'
        expect([answer.status, wordsOf(answer)]).toEqual([
          413,
          `Image member limit exceeded for image ${id}: ${why} Attempted: 129, Maximum: 128:`,
        ])
      },
    },
  },
}

const ANSWER = 'https://docs.openstack.org/api-ref/image/v2/#update-image-member'
const accepts: Expected = { source: ANSWER, status: 200, body: memberIn('accepted'), after: 'accepted' }
const modifies = glanceForbids('modify_member')
const modifiesNone = refused(403, 'Not allowed to update members for image <id>.')

export const membersUpdate: Call<Membership> = {
  name: 'image PUT /images/x/members/x',
  thing: memberships,
  request: (subject, stage) => ({ path: of(subject, stage), json: { status: 'accepted' } }),
  cells: {
    pending: { owner: modifies, reader: modifies, other: accepts, admin: accepts, expired },
    accepted: { owner: modifies, reader: modifies, other: accepts, admin: accepts, expired },
    rejected: { owner: modifies, reader: modifies, other: accepts, admin: accepts, expired },
    none: { owner: noMember, reader: noMember, other: noImage, admin: noMember, expired },
    private: { owner: modifiesNone, reader: modifiesNone, other: noImage, admin: modifiesNone, expired },
    public: { owner: modifiesNone, reader: modifiesNone, other: modifiesNone, admin: modifiesNone, expired },
    deleted: gone,
  },
  cases: {
    'an answer that there is not': {
      ...refused(400, 'Incorrect request: Status must be "pending", "accepted" or "rejected".'),
      who: 'other',
      request: async (stage) => ({ path: of(await sharedImage(stage), stage), json: { status: 'maybe' } }),
    },
    'back to pending': {
      source: ANSWER,
      status: 200,
      body: memberIn('pending'),
      who: 'other',
      request: async (stage) => ({
        path: of(await sharedImage(stage, 'accepted'), stage),
        json: { status: 'pending' },
      }),
    },
  },
}

const REMOVE = 'https://docs.openstack.org/api-ref/image/v2/#delete-image-member'
const removed: Expected = { source: REMOVE, status: 204, after: 'none' }
const deletes = glanceForbids('delete_member')
const deletesNone = refused(403, 'Not allowed to delete members for image <id>.')

export const membersDelete: Call<Membership> = {
  name: 'image DELETE /images/x/members/x',
  thing: memberships,
  request: (subject, stage) => ({ path: of(subject, stage) }),
  cells: {
    pending: { owner: removed, admin: removed, reader: deletes, other: deletes, expired },
    accepted: { owner: removed, admin: removed, reader: deletes, other: deletes, expired },
    rejected: { owner: removed, admin: removed, reader: deletes, other: deletes, expired },
    none: { owner: noMember, admin: noMember, reader: noMember, other: noImage, expired },
    private: { owner: deletesNone, admin: deletesNone, reader: deletesNone, other: noImage, expired },
    public: { owner: deletesNone, admin: deletesNone, reader: deletesNone, other: deletesNone, expired },
    deleted: gone,
  },
  cases: {},
}
