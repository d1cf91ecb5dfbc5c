import { describe, expect, it } from 'vitest'
import { addressOf, replacePath } from '#testbed/guest/process-guest.ts'

const moved = (text: string): string => replacePath(text, '/etc/a.conf', '/guests/1/root/etc/a.conf')

describe('a plain worker process', () => {
  it('has its server’s address, moved to 127/8', () => {
    expect(addressOf({ id: 'a', address: '10.64.3.9' })).toBe('127.64.3.9')
    expect(addressOf({ id: 'a', address: '127.64.3.9' })).toBe('127.64.3.9')
    expect(addressOf({ id: 'a', address: null })).toMatch(/^127\.(12[89]|1[3-9]\d|2\d\d)\.\d+\.\d+$/)
  })

  it('finds its files where they are here', () => {
    expect(moved('include : /etc/a.conf')).toBe('include : /guests/1/root/etc/a.conf')
    expect(moved('cat "/etc/a.conf" /etc/a.conf.')).toBe('cat "/guests/1/root/etc/a.conf" /guests/1/root/etc/a.conf.')
    expect(moved('/etc/a.conf.d/x /opt/etc/a.conf /etc/a.configuration')).toBe(
      '/etc/a.conf.d/x /opt/etc/a.conf /etc/a.configuration',
    )
    expect(moved(moved('/etc/a.conf'))).toBe(moved('/etc/a.conf'))
  })
})
