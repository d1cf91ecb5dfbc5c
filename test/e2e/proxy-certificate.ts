import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

/**
 * A self-signed certificate and its key in one text, as proxies are.
 * @param folder where the key lies meanwhile
 * @param days a negative number: it has expired
 */
export async function proxyCertificate(folder: string, days: number): Promise<string> {
  const key = join(folder, 'proxy-key.pem')
  const request = ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-subj', '/CN=astronomer']
  const { stdout: asked } = await execa('openssl', request)
  const sign = ['x509', '-req', '-signkey', key, '-days', String(days)]
  const { stdout: signed } = await execa('openssl', sign, { input: `${asked}\n` })
  return `${signed}\n${await readFile(key, 'utf8')}`
}
