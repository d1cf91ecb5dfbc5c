import { X509Certificate } from 'node:crypto'
import { join, resolve } from 'node:path'
import { certificateVerdict } from '#domain/certificate.ts'
import { Problem } from '#domain/problem.ts'
import type { Account } from '#htcondor/account.ts'
import { readFileAs, statAs } from '#htcondor/files-as.ts'

export interface Proxy {
  /** Absolute path; absent if the jobs carry none. */
  proxy?: string
  warnings: string[]
}

/**
 * The proxy certificate that the jobs shall carry: the one that was named, or the user's default one if there is one.
 * @throws Problem `CertificateMissing`, `CertificateUnreadable`, `CertificateInvalid` or `CertificateExpired`
 */
export async function findProxy(account: Account, directory: string, named: string | undefined): Promise<Proxy> {
  const path = named === undefined ? join(account.home, '.ssl', 'cadcproxy.pem') : resolve(directory, named)
  const found = await statAs(account, path)
  if (found === undefined) {
    if (named === undefined)
      return { warnings: ['the jobs carry no proxy certificate: they cannot write to your VOSpace'] }
    throw new Problem({
      code: 'CertificateMissing',
      kind: 'not-found',
      where: path,
      message: 'there is no such certificate',
      next: 'Get one with cadc-get-cert.',
    })
  }
  if (found.kind !== 'file' || !found.readable) {
    throw new Problem({
      code: 'CertificateUnreadable',
      kind: 'auth',
      where: path,
      message: found.kind === 'file' ? 'you may not read this certificate' : 'this is not a file',
      next: 'Check its permissions (ls -l shows them), or get a new one with cadc-get-cert.',
    })
  }
  const verdict = certificateVerdict(notAfter(await readFileAs(account, path), path), Date.now(), path)
  return { proxy: path, warnings: verdict.warnings }
}

/** When the first certificate of a PEM file ends, ms since 1970. */
function notAfter(pem: string, path: string): number {
  try {
    return Date.parse(new X509Certificate(pem).validTo)
  } catch (error) {
    throw new Problem(
      {
        code: 'CertificateInvalid',
        kind: 'auth',
        where: path,
        message: 'this is not a certificate in PEM form',
        next: 'Get one with cadc-get-cert.',
      },
      { cause: error },
    )
  }
}
