import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { FAST, render } from '#testbed/condor/configuration.ts'
import { parseVersion } from '#testbed/condor/find.ts'
import { findArchive, sitesOf } from '#testbed/condor/private-apt.ts'
import { packageTree } from '#testbed/condor/tree.ts'

it('reads the archive sites out of what apt would fetch', () => {
  const output = `'http://mirror.example/debian/dists/bookworm/InRelease' mirror.example_debian_dists_bookworm_InRelease 0
'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' x 0
'https://other.example/a/b/dists/nodistro/InRelease' y 0 `
  expect(sitesOf(output)).toEqual([
    { site: 'http://mirror.example/debian', suite: 'bookworm' },
    { site: 'https://other.example/a/b', suite: 'nodistro' },
  ])
})

it('takes the mirror that it is given', async () => {
  expect(await findArchive({ CANFAR_DEBIAN_MIRROR: 'http://mirror.example/debian' })).toMatchObject({
    site: 'http://mirror.example/debian',
    suite: 'trixie',
  })
})

it('reads HTCondor’s version', () => {
  expect(
    parseVersion('$CondorVersion: 23.9.6 2026-07-12 PackageID: 23.9.6+dfsg-2.1+b10 $\n$CondorPlatform: X86_64 $'),
  ).toBe('23.9.6')
  expect(parseVersion('condor_version: not found')).toBeUndefined()
})

it('writes settings without trailing comments and never shortens the job lease', () => {
  expect(render({ A: true, B: 2, C: 'x y' })).toBe('A = True\nB = 2\nC = x y\n')
  expect(Object.keys(FAST).filter((name) => /LEASE|ALIVE/i.test(name))).toEqual([])
})

it('says every way out when the mirror can’t be reached, and leaves no half of a tree', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'canfar-tree-'))
  vi.stubEnv('CANFAR_DEBIAN_MIRROR', 'http://127.0.0.1:9/debian')
  try {
    const fetching = packageTree('tree', ['condor'], { cache, progress: () => {} })
    await expect(fetching).rejects.toMatchObject({
      data: { code: 'NoPackages', details: expect.arrayContaining([expect.stringContaining('CANFAR_DEBIAN_MIRROR')]) },
    })
    expect(readdirSync(cache)).toEqual([])
  } finally {
    vi.unstubAllEnvs()
    rmSync(cache, { recursive: true })
  }
})
