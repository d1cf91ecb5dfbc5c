import { createServer, request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { portOf } from './scripted-cloud.ts'

/** An HTTP proxy on the loopback that tunnels and forwards, to those who have its password. */
export class ConnectProxy implements AsyncDisposable {
  /** `CONNECT 127.0.0.1:4711`, `GET http://…`. */
  readonly seen: string[] = []
  /** What it answers to CONNECT instead of a tunnel. */
  refusal: number | undefined
  url = ''
  readonly #sockets = new Set<Socket>()
  readonly #password: string
  readonly #server = createServer((incoming, response) => {
    this.seen.push(`${incoming.method} ${incoming.url}`)
    if (!this.#isAllowed(incoming)) return void response.writeHead(407).end()
    const { 'proxy-authorization': _own, ...headers } = incoming.headers
    const onward = request(incoming.url ?? '', { method: incoming.method ?? 'GET', headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
    })
    incoming.pipe(onward)
  })

  private constructor(password: string) {
    this.#password = password
  }

  static async start(password = 'sesame'): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(password)
    proxy.#server.on('connect', (incoming, socket: Socket) => proxy.#tunnel(incoming, socket))
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    proxy.url = `http://ada:sesame@127.0.0.1:${portOf(proxy.#server.address())}`
    return proxy
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #tunnel(incoming: IncomingMessage, socket: Socket): void {
    this.seen.push(`CONNECT ${incoming.url}`)
    const status = this.#isAllowed(incoming) ? this.refusal : 407
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const [host, port] = (incoming.url ?? '').split(':')
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [socket, onward]) {
      this.#sockets.add(end)
      end.on('error', () => end.destroy())
    }
  }

  #isAllowed(incoming: IncomingMessage): boolean {
    const basic = Buffer.from(`ada:${this.#password}`).toString('base64')
    return incoming.headers['proxy-authorization'] === `Basic ${basic}`
  }
}
