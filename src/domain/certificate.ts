import { Problem } from './problem.ts'

const hour = 3_600_000
/** Jobs wait and run: a certificate that ends sooner is likely to end before them. */
const comfortable = 24 * hour

/**
 * Whether a proxy certificate is good enough to submit with.
 *
 * @throws Problem `CertificateExpired`
 */
export function certificateVerdict(notAfter: number, now: number, path: string): { warnings: string[] } {
  const left = notAfter - now
  if (left <= 0) {
    throw new Problem({
      code: 'CertificateExpired',
      kind: 'auth',
      where: path,
      message: `the certificate expired at ${new Date(notAfter).toISOString()}`,
      next: 'Get a new one with cadc-get-cert, then submit again.',
    })
  }
  if (left >= comfortable) return { warnings: [] }
  return {
    warnings: [
      `${path} expires in ${Math.max(1, Math.floor(left / hour))} h; jobs that run longer lose access to your VOSpace`,
    ],
  }
}
