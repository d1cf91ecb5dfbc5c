import { describe, expect, it } from 'vitest'
import { certificateVerdict } from '#domain/certificate.ts'

const now = Date.parse('2026-11-21T00:00:00Z')
const hours = (n: number): number => now + n * 3_600_000

describe('a proxy certificate', () => {
  it('is refused once it has expired, with the date and the way to a new one', () => {
    expect(() => certificateVerdict(hours(-1), now, '/home/a/.ssl/cadcproxy.pem')).toThrow(
      expect.objectContaining({
        data: expect.objectContaining({
          code: 'CertificateExpired',
          kind: 'auth',
          where: '/home/a/.ssl/cadcproxy.pem',
          message: 'the certificate expired at 2026-11-20T23:00:00.000Z',
        }) as unknown,
      }),
    )
    expect(() => certificateVerdict(now, now, 'x')).toThrow(/expired/)
  })

  it('is warned of in its last day', () => {
    expect(certificateVerdict(hours(5.5), now, 'x').warnings).toEqual([expect.stringContaining('expires in 5 h')])
    expect(certificateVerdict(hours(0.2), now, 'x').warnings).toEqual([expect.stringContaining('expires in 1 h')])
    expect(certificateVerdict(hours(24), now, 'x').warnings).toEqual([])
  })
})
