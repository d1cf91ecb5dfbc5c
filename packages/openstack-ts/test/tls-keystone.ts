import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'
import { cloudConfigFromEntry, OpenStack, type ConnectOptions } from '../src/index.ts'
import { portOf } from './scripted-cloud.ts'

export const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name)

/** A Keystone on the loopback whose certificate no public authority has signed; it issues one token for ever. */
export class TlsKeystone implements AsyncDisposable {
  asked = 0
  url = ''
  readonly #server: Server

  private constructor(wantsClientCertificate: boolean) {
    this.#server = createServer({
      cert: readFileSync(fixture('loopback.cert.pem')),
      key: readFileSync(fixture('loopback.key.pem')),
      ca: readFileSync(fixture('loopback.cert.pem')),
      requestCert: wantsClientCertificate,
      rejectUnauthorized: wantsClientCertificate,
    })
    this.#server.on('request', (_request, response) => {
      this.asked += 1
      const user = { id: 'u', name: 'ada' }
      const token = { methods: ['password'], expires_at: '2099-01-01T00:00:00Z', user }
      response.writeHead(201, { 'x-subject-token': 't' }).end(JSON.stringify({ token }))
    })
  }

  static async start({ wantsClientCertificate = false } = {}): Promise<TlsKeystone> {
    const keystone = new TlsKeystone(wantsClientCertificate)
    await new Promise<void>((resolve) => keystone.#server.listen(0, '127.0.0.1', resolve))
    keystone.url = `https://127.0.0.1:${portOf(keystone.#server.address())}`
    return keystone
  }

  /** Asks for a token with these keys beside `auth`. */
  async userId(entry: Record<string, unknown>, options: ConnectOptions = {}): Promise<string> {
    const auth = { auth_url: this.url, username: 'ada', password: 'p' }
    await using client = OpenStack.connect(cloudConfigFromEntry('c', { auth, ...entry }), options)
    return await client.userId()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
