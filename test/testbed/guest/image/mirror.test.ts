import { describe, expect, it } from 'vitest'
import { mirrorFrom } from '#testbed/guest/image/mirror.ts'

describe('mirrorFrom', () => {
  it('is the host’s Debian mirror, not its security archive nor another archive', () => {
    const output = [
      'Debian Debian-Security http://mirror.example/debian-security',
      'Node Source http://node.example',
      'Debian Debian http://mirror.example/debian',
    ].join('\n')
    expect(mirrorFrom(output)).toBe('http://mirror.example/debian')
  })

  it('is left to mmdebstrap on a host that is no Debian', () => {
    expect(mirrorFrom('Ubuntu Ubuntu http://archive.example/ubuntu')).toBeUndefined()
    expect(mirrorFrom('')).toBeUndefined()
  })
})
