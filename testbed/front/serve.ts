import { once } from 'node:events'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'

type Handler = (request: Request, node: HttpBindings) => Response | Promise<Response>

export interface Served {
  /** `http://127.0.0.1:PORT` */
  url: string
  /** Until it is called, everything is answered with 503. */
  begin(handler: Handler): void
  /** Ends it with all of its connections. */
  close(): Promise<void>
}

/**
 * Listens at once, and answers once there is somebody to do it.
 * @param address `127.0.0.1:8774`; port 0 = any free one
 * @throws what the system says of the address
 */
export async function serve(address: string): Promise<Served> {
  let handler: Handler = () => new Response(null, { status: 503 })
  const server = createAdaptorServer({
    fetch: (request, node) => handler(request, node as HttpBindings),
    overrideGlobalObjects: false,
    serverOptions: { keepAliveTimeout: 65_000 },
  })
  const [host = '', port = '0'] = address.split(':')
  server.listen(Number(port), host)
  await once(server, 'listening')
  const bound = server.address()
  return {
    url: `http://${host}:${typeof bound === 'object' && bound !== null ? bound.port : port}`,
    begin: (given) => {
      handler = given
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}
