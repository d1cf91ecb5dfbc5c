import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAstronomyTools } from '#testbed/condor/find.ts'
import { ensureGuestImage } from '#testbed/guest/image/build.ts'
import { whyNoGuests } from '#testbed/guest/overlay-guest.ts'
import { compareCatalogue, type Comparison } from '#testbed/tutorial/compare-catalogue.ts'
import { type Tutorial, writeTutorial } from '#testbed/tutorial/write-tutorial.ts'

const guests = (await whyNoGuests(tmpdir())) === undefined

describe('the tutorial', () => {
  let folder: string
  let tutorial: Tutorial

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tutorial-'))
    tutorial = await writeTutorial(folder, { seed: 3 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function stars(id: string): Comparison {
    const image = tutorial.images.find((each) => each.id === id)
    if (image === undefined) throw new Error(`no image ${id}`)
    return compareCatalogue(readFileSync(image.catalogue, 'utf8'), image.truth)
  }

  it('has four compressed images of different skies', () => {
    expect(tutorial.images.map(({ id }) => id)).toEqual(['1056215p', '1056216p', '1056217p', '1056218p'])
    for (const { file } of tutorial.images) expect(statSync(file).size).toBeLessThan(1_500_000)
    expect(new Set(tutorial.images.map(({ truth }) => truth.extensions[0]?.stars[0]?.x)).size).toBe(4)
  })

  it('finds its stars with this host’s tools', async () => {
    const tools = await findAstronomyTools()
    const env = { PATH: `${tools === undefined ? '' : `${tools}:`}${process.env['PATH'] ?? ''}` }
    await execa('./do_catalogue.bash', ['1056216p'], { cwd: folder, env })
    expect(stars('1056216p')).toMatchObject({ placed: 240, matched: 240 })
    // a peak of the noise now and then
    expect(stars('1056216p').found).toBeLessThan(250)
  })

  it.skipIf(!guests)('finds its stars inside the guest image', async () => {
    const image = await ensureGuestImage()
    const inside = 'mount --bind "$1" "$2/mnt" && exec chroot "$2" sh -c "cd /mnt && exec ./do_catalogue.bash 1056217p"'
    await execa('unshare', ['--mount', 'sh', '-c', inside, 'sh', folder, image])
    expect(stars('1056217p')).toMatchObject({ placed: 240, matched: 240 })
    // a peak of the noise now and then
    expect(stars('1056217p').found).toBeLessThan(250)
  })
})
