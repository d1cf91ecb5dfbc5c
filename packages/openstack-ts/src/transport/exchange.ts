import { request, type Dispatcher } from 'undici'
import { orAborted } from './abortable.ts'

type RequestOptions = Omit<NonNullable<Parameters<typeof request>[1]>, 'opaque' | 'dispatcher' | 'signal'>

/** One request on its way to the network. */
export class Exchange {
  #started = false
  #clock: NodeJS.Timeout | undefined

  /** Whether it was handed to a connection: before that it cannot have done anything. */
  get started(): boolean {
    return this.#started
  }

  /**
   * @param connectMs limit until there is a connection for it; waiting for a free one counts
   * @throws what undici does, the signal's reason, or `connectMs` passed
   */
  async send(
    dispatcher: Dispatcher,
    url: string,
    options: RequestOptions,
    signals: readonly AbortSignal[],
    connectMs: number | undefined,
  ): Promise<Dispatcher.ResponseData> {
    const limit = new AbortController()
    if (connectMs !== undefined) {
      const tooLate = Object.assign(new Error(`no connection within ${connectMs} ms`), {
        code: 'UND_ERR_CONNECT_TIMEOUT',
      })
      this.#clock = setTimeout(() => limit.abort(tooLate), connectMs)
    }
    const all = connectMs === undefined ? signals : [...signals, limit.signal]
    const signal = all.length === 0 ? undefined : AbortSignal.any([...all])
    try {
      const answer = request(url, {
        ...options,
        dispatcher: this.#watched(dispatcher),
        ...(signal === undefined ? {} : { signal }),
      })
      // undici looks at the signal of a request that waits for a connection only when it has one.
      return await (signal === undefined ? answer : orAborted(answer, signal, () => signal.reason))
    } finally {
      clearTimeout(this.#clock)
    }
  }

  #watched(dispatcher: Dispatcher): Dispatcher {
    return dispatcher.compose((dispatch) => (options, handler) => {
      const start = handler.onRequestStart?.bind(handler)
      handler.onRequestStart = (controller, context) => {
        this.#started = true
        clearTimeout(this.#clock)
        start?.(controller, context)
      }
      return dispatch(options, handler)
    })
  }
}
