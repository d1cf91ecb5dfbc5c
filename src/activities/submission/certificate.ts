import { X509Certificate } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import type { SubmissionInput } from '#contract/submission.ts'
import { certificateVerdict } from '#domain/certificate.ts'
import { Problem } from '#domain/problem.ts'
import { readFileAs, statAs } from '#htcondor/files-as.ts'
import type { ReadFile } from './read-file.ts'

export interface Certificate {
  /** Absolute path; absent if the jobs carry none. */
  proxy?: string
  warnings: string[]
}

/** The proxy certificate that the jobs shall carry: the one that was named, or the user's default one if there is one. */
export async function checkCertificate(
  { account, directory, proxy }: SubmissionInput,
  file: ReadFile,
): Promise<Certificate> {
  const named = proxy ?? file.proxy
  const path =
    named === undefined
      ? join(account.home, '.ssl', 'cadcproxy.pem')
      : isAbsolute(named)
        ? named
        : resolve(directory, named)
  if ((await statAs(account, path)) === undefined) {
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
