import { describe, expect, test } from 'vitest'
import { guestFromFlavor, guestOf, jobsThatFit, requestOf, roomAfter } from '#domain/fleet/fit.ts'
import { c2, cloud, jobs } from './world.ts'

const request = (cpus: number, memoryMb: number, diskKb = 1024, jobPerCore = false) =>
  requestOf(jobs(1, { cpus, memoryMb, diskKb, jobPerCore }))
const room = (cpus: number, memoryMb: number, diskKb = 100_000_000) => ({ cpus, memoryMb, diskKb })

describe('how many jobs fit', () => {
  test('cores, memory or disk: what is scarcest decides', () => {
    expect(jobsThatFit(room(8, 64_000), request(2, 1000))).toBe(4)
    expect(jobsThatFit(room(8, 4096), request(1, 1024))).toBe(4)
    expect(jobsThatFit(room(8, 64_000, 30_000_000), request(1, 1000, 15_000_000))).toBe(1)
    expect(jobsThatFit(room(1, 64_000), request(2, 1000))).toBe(0)
  })

  test('memory is handed out in steps of 128 MB, disk in steps of 1 MB, whole cores', () => {
    expect(request(0.5, 1000, 1500).rounded).toEqual({ cpus: 1, memoryMb: 1024, diskKb: 2048 })
    expect(jobsThatFit(room(8, 3 * 1024 - 48), request(1, 1000))).toBe(2)
  })

  test('the last one may be as tight as it asked', () => {
    expect(jobsThatFit(room(8, 2 * 1024 + 1000), request(1, 1000))).toBe(3)
    expect(jobsThatFit(room(2, 7200), request(2, 7200))).toBe(1)
  })

  test('however little they ask, jobs are not without number', () => {
    expect(jobsThatFit(room(2, 1280), request(0, 0, 0))).toBe(11)
    expect(jobsThatFit(room(2, 1280), request(0, 0, 0, true))).toBe(2)
  })

  test('what is left is never less than nothing', () => {
    expect(roomAfter(room(8, 2 * 1024 + 1000), request(1, 1000), 3)).toMatchObject({ cpus: 5, memoryMb: 0 })
  })
})

describe('what a guest has', () => {
  test('estimated: less memory than the flavor, the scratch disk if there is one, else the root disk', () => {
    expect(guestFromFlavor(c2)).toEqual({ cpus: 2, memoryMb: 7232, diskKb: 29_905_387 })
    expect(guestFromFlavor({ ...c2, ephemeralGb: 0 }).diskKb).toBe(19_293_798)
  })

  test('seen is better than estimated, and belongs to flavor and image', () => {
    const seen = room(2, 7000)
    const arbutus = cloud('arbutus', { guests: { 'c2-id/image-a': seen } })
    expect(guestOf(arbutus, c2, 'image-a')).toEqual({ resources: seen, seen: true })
    expect(guestOf(arbutus, c2, 'image-b')).toEqual({ resources: guestFromFlavor(c2), seen: false })
  })
})
