import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseUserData } from '#testbed/guest/cloud-config.ts'

const TEXT = `#cloud-config
users:
  - default
  - {name: ada, uid: 1500}
write_files:
  - path: /etc/condor/config.d/50-worker.conf
    content: |
      START = TARGET.Owner == "ada"
  - path: /etc/condor/tokens.d/canfar
    permissions: '0600'
    encoding: b64
    content: ${Buffer.from('secret').toString('base64')}
  - path: /usr/local/bin/tool
    permissions: 0755
    encoding: gz+b64
    content: ${gzipSync('#!/bin/sh\n').toString('base64')}
runcmd:
  - [systemctl, restart, condor]
  - echo done
`

describe('parseUserData', () => {
  it('reads files with their modes and encodings, users and commands', () => {
    const config = parseUserData(Buffer.from(TEXT))
    expect(config.files.map(({ path, content, mode }) => [path, content.toString(), mode.toString(8)])).toEqual([
      ['/etc/condor/config.d/50-worker.conf', 'START = TARGET.Owner == "ada"\n', '644'],
      ['/etc/condor/tokens.d/canfar', 'secret', '600'],
      ['/usr/local/bin/tool', '#!/bin/sh\n', '755'],
    ])
    expect(config.users).toEqual(['default', 'ada'])
    expect(config.commands).toEqual([['systemctl', 'restart', 'condor'], 'echo done'])
  })

  it('reads gzipped user-data the same', () => {
    expect(parseUserData(gzipSync(TEXT))).toEqual(parseUserData(Buffer.from(TEXT)))
  })

  it('keeps a file inside the folder that it is written below', () => {
    const text = '#cloud-config\nwrite_files: [{path: /etc/../../../root/x, content: a}]\n'
    expect(parseUserData(Buffer.from(text)).files[0]?.path).toBe('/root/x')
  })

  it.each([
    ['a script', '#!/bin/sh\necho hello\n', 'not a #cloud-config'],
    ['nothing', '', 'not a #cloud-config'],
    ['an unknown encoding', '#cloud-config\nwrite_files: [{path: /a, encoding: rot13}]\n', 'rot13'],
    ['a relative path', '#cloud-config\nwrite_files: [{path: etc/x}]\n', 'path'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parseUserData(Buffer.from(text))).toThrow(reason)
  })
})
