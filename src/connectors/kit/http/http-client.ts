import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { MigrationError } from '../../../core/errors.ts'
import { AnswerBody } from './answer-body.ts'
import { httpError } from './http-errors.ts'
import type { HttpFailure, HttpPlace } from './http-failure.ts'
import { IdleConnections } from './idle-connections.ts'
import { trustedContext } from './trusted-context.ts'
import { writeBody } from './write-body.ts'

/** One request. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** A stream is sent in chunks unless `headers` tell its length; it is read once. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
  /** The longest silence in both directions. */
  readonly timeoutMs?: number
  readonly answerBytesMax?: number
  /** About how long the answer is, for one that may not say so itself: a long one is then copied once only. */
  readonly answerBytesExpected?: number
}

/** An answer, read whole, whatever its status. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case; what came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** How a client connects. */
export interface HttpClientOptions {
  /** Authorities in PEM to trust besides the system's. */
  readonly certificateAuthorities?: readonly string[]
  /** False accepts any certificate: only when a person has said so. */
  readonly verifiesCertificates?: boolean
  readonly timeoutMs?: number
  readonly answerBytesMax?: number
  /** Of a clock that never goes back; `performance.now` unless given. */
  readonly nowMs?: () => number
}

/** What sends requests; `HttpClient.send`. */
export interface HttpSender {
  send(request: HttpRequest): Promise<HttpAnswer>
}

const connectTimeoutMs = 20_000
const timeoutMsDefault = 100_000
const answerBytesMaxDefault = 32 * 1024 * 1024
/** To one host at a time; further requests wait for one. */
const connectionsMax = 256

/**
 * HTTP over connections that are kept alive. Each request is sent once: nothing is tried again and no redirect followed.
 */
export class HttpClient implements HttpSender {
  readonly #options: HttpClientOptions
  readonly #http: HttpAgent
  readonly #https: HttpsAgent
  readonly #idle: IdleConnections
  /** Places that have answered. */
  readonly #reached = new Set<string>()
  readonly #open = new Set<(failure: HttpFailure) => void>()
  #isClosed = false

  constructor(options: HttpClientOptions = {}) {
    this.#options = options
    this.#idle = new IdleConnections(options.nowMs ?? (() => performance.now()))
    const pool = { keepAlive: true, noDelay: true, maxSockets: connectionsMax, maxFreeSockets: 32 }
    const authorities = options.certificateAuthorities ?? []
    this.#http = new HttpAgent(pool)
    this.#https = new HttpsAgent({
      ...pool,
      rejectUnauthorized: options.verifiesCertificates !== false,
      // With `ca` each request would look for its connection by a name that has all their text in it (Node 24).
      ...(authorities.length > 0 && { secureContext: trustedContext(authorities) }),
    })
  }

  /**
   * Sends a request and reads its answer. Throws a `MigrationError` when there is no whole answer (`http-errors.ts`), and
   * the signal's reason when it is aborted.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    request.signal.throwIfAborted()
    const { signal, answerBytesExpected = 0 } = request
    const bytesMax = request.answerBytesMax ?? this.#options.answerBytesMax ?? answerBytesMaxDefault
    const url = new URL(request.url)
    const { host } = url
    const place = placeOf(url)
    const failed = (failure: HttpFailure): MigrationError => httpError(failure, { ...place, wasReached: this.#reached.has(host) })
    if (this.#isClosed) throw failed({ type: 'closed' })
    const { promise, ...settling } = Promise.withResolvers<HttpAnswer>()
    // A kept connection remembers the first request that it was opened for, and all that listens to it (Node 24: by the closure
    // that waits for its TLS session). So what listens names neither body nor answer, nor what leads to them once it is over.
    let settle: typeof settling | undefined = settling
    const outgoing = this.#begin(url, request)
    const fail = (failure: HttpFailure): void => end(failed(failure))
    const end = (reason: unknown): void => {
      settle?.reject(reason)
      outgoing.destroy()
    }
    const abort = (): void => end(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    this.#open.add(fail)
    const timer = this.#watch(outgoing, request.timeoutMs, fail)
    outgoing.on('response', (response) => {
      this.#reached.add(host)
      const { socket } = response
      response.once('end', () => this.#idle.rests(socket, response.headersDistinct['keep-alive']?.[0] ?? ''))
      readAnswer(response, bytesMax, answerBytesExpected, (answer) => settle?.resolve(answer), fail)
    })
    outgoing.on('error', (cause: Error) => fail(isHttpFault(cause) ? { type: 'not-http', cause } : { type: 'socket', cause, wasSent: timer.isConnected() }))
    writeBody(outgoing, bytesOf(request), end)
    try {
      return await promise
    } finally {
      settle = undefined
      timer.stop()
      this.#open.delete(fail)
      signal.removeEventListener('abort', abort)
    }
  }

  /** Ends all connections; requests under way fail. May be called twice. */
  close(): void {
    this.#isClosed = true
    for (const fail of this.#open) fail({ type: 'closed' })
    this.#http.destroy()
    this.#https.destroy()
  }

  #begin(url: URL, request: HttpRequest): ClientRequest {
    const { method, headers = {} } = request
    const body = bytesOf(request)
    const withLength = body instanceof Uint8Array ? { ...headers, 'content-length': String(body.byteLength) } : headers
    const options = { method, headers: { accept: '*/*', ...withLength } }
    const isSecure = url.protocol === 'https:'
    this.#idle.dropStale(isSecure ? this.#https : this.#http)
    return isSecure ? requestHttps(url, { ...options, agent: this.#https }) : requestHttp(url, { ...options, agent: this.#http })
  }

  /** Fails a request that gets no connection or after a silence. */
  #watch(outgoing: ClientRequest, timeoutMs: number | undefined, fail: (failure: HttpFailure) => void) {
    const silenceMs = timeoutMs ?? this.#options.timeoutMs ?? timeoutMsDefault
    let isConnected = false
    let timer: NodeJS.Timeout | undefined
    const connected = (): void => {
      isConnected = true
      clearTimeout(timer)
      outgoing.setTimeout(silenceMs, () => fail({ type: 'silence', timeoutMs: silenceMs }))
    }
    outgoing.on('socket', (socket: Socket) => {
      if (outgoing.reusedSocket) return connected()
      timer = setTimeout(() => fail({ type: 'connect-timeout', timeoutMs: connectTimeoutMs }), connectTimeoutMs)
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected)
    })
    return { isConnected: () => isConnected, stop: () => clearTimeout(timer) }
  }
}

function bytesOf({ body }: HttpRequest): Uint8Array | AsyncIterable<Uint8Array> | undefined {
  return typeof body === 'string' ? Buffer.from(body) : body
}

function readAnswer(
  response: IncomingMessage,
  bytesMax: number,
  bytesExpected: number,
  resolve: (answer: HttpAnswer) => void,
  fail: (failure: HttpFailure) => void,
): void {
  const body = new AnswerBody(response.headers['content-length'], bytesMax, bytesExpected)
  if (body.isTooLarge) return fail({ type: 'too-large', bytesMax })
  response.on('data', (chunk: Buffer) => {
    body.add(chunk)
    if (body.isTooLarge) fail({ type: 'too-large', bytesMax })
  })
  // A connection that is lost within an answer ends it by 'aborted' and this error, which says no more than that.
  response.on('error', () => fail({ type: 'cut-short' }))
  response.on('end', () => {
    if (!response.complete) return fail({ type: 'cut-short' })
    const headers = Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')])
    resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body: body.take() })
  })
}

function placeOf(url: URL): Omit<HttpPlace, 'wasReached'> {
  const isSecure = url.protocol === 'https:'
  return { host: url.hostname, port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port), isSecure }
}

/** Node's HTTP parser names its faults so. */
function isHttpFault(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('HPE_')
}
