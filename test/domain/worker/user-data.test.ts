import { gunzipSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Problem } from '#domain/problem.ts'
import { serialiseSettings } from '#domain/worker/condor-settings.ts'
import {
  cloudConfig,
  encodeUserData,
  largestUserData,
  serialiseCloudConfig,
  type UserDataInput,
} from '#domain/worker/user-data.ts'
import { kit, settings } from './sample.ts'

const input: UserDataInput = {
  owner: { name: 'alice', uid: 20001, gid: 20001 },
  condorConfiguration: serialiseSettings(settings()),
  token: 'eyJhbGciOiJIUzI1NiJ9.e30.sig',
  kit,
  scratch: true,
}
const fileOf = (path: string, more: Partial<UserDataInput> = {}) =>
  cloudConfig({ ...input, ...more }).write_files.find((file) => file.path === path)

test('configuration, token and kit stand where HTCondor and cloud-init look for them', () => {
  expect(fileOf('/etc/condor/config.d/90-canfar-batch.conf')).toMatchObject({
    permissions: '0644',
    content: input.condorConfiguration,
  })
  expect(fileOf('/etc/condor/tokens.d/canfar-batch')).toEqual({
    path: '/etc/condor/tokens.d/canfar-batch',
    owner: 'root:root',
    permissions: '0600',
    content: `${input.token}\n`,
  })
  expect(fileOf('/usr/local/libexec/canfar-batch/job-wrapper')).toMatchObject({
    permissions: '0755',
    content: kit['job-wrapper'],
  })
})

test('at each boot the VM becomes an execution point for its owner', () => {
  const path = '/var/lib/cloud/scripts/per-boot/canfar-batch'
  expect(fileOf(path)?.content).toBe(
    '#!/bin/sh\nexec /usr/local/libexec/canfar-batch/worker-init --owner alice --uid 20001 --gid 20001 --scratch yes\n',
  )
  expect(fileOf(path, { owner: { name: 'bob' }, scratch: false })?.content).toMatch(/--owner bob --scratch no\n$/)
})

test('the token stands once, in a file that only root reads', () => {
  expect(serialiseCloudConfig(cloudConfig(input)).split(input.token)).toHaveLength(2)
})

test('the document is YAML that says the same, whatever the files contain', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '~') }).filter((key) => key !== '')),
      (content, sshKeys) => {
        const config = cloudConfig({
          ...input,
          condorConfiguration: content,
          sshKeys,
          kit: { ...kit, 'worker-init': content },
        })
        const document = serialiseCloudConfig(config)
        expect(document).toMatch(/^#cloud-config\n/)
        expect(parse(document, { version: '1.1' })).toEqual(config)
      },
    ),
  )
})

test.each([
  { owner: { name: 'alice; reboot' } },
  { owner: { name: '$(reboot)' } },
  { owner: { name: 'alice', uid: -1 } },
  { owner: { name: 'alice', gid: 1.5 } },
  { token: 'a\nb' },
  { sshKeys: ['ssh-ed25519 AAAA\nruncmd: [reboot]'] },
])('%j is refused', (more) => {
  expect(() => cloudConfig({ ...input, ...more })).toThrow(TypeError)
})

const limit = (bytes: Uint8Array): number => Buffer.from(bytes).toString('base64').length
const random = (length: number): string =>
  Array.from({ length }, (_, index) => String.fromCharCode(33 + (((index * index * 7919) % 9973) % 90))).join('')
const untouched = (bytes: Uint8Array): Uint8Array => bytes

describe("Nova's limit", () => {
  test('plain text as long as it fits', () => {
    expect(Buffer.from(encodeUserData('#cloud-config\n', gzipSync)).toString()).toBe('#cloud-config\n')
    expect(limit(encodeUserData('x'.repeat(49_149), gzipSync))).toBe(65_532)
  })

  test('compressed when larger', () => {
    const long = `#cloud-config\n${'x'.repeat(200_000)}`
    const bytes = encodeUserData(long, gzipSync)
    expect(limit(bytes)).toBeLessThanOrEqual(largestUserData)
    expect(gunzipSync(bytes).toString()).toBe(long)
  })

  test('refused when even that is too large', () => {
    expect(() => encodeUserData(random(60_000), untouched)).toThrow(Problem)
  })
})
