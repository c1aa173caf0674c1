import { MigrationError } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports/context.ts'
import type { HttpAnswer, HttpSender } from '../http/http-client.ts'
import type { MicrosoftHosts } from './clouds.ts'
import { graphError, readGraphRefusal } from './graph-errors.ts'
import { readBatchAnswer } from './read-batch-answer.ts'
import { type JsonObject, readJson } from './read-json.ts'
import { retryAfterMsOf } from './retry-after.ts'
import { toUuid } from './sign-in/sign-in-context.ts'
import { readTokenClaims } from './sign-in/token-claims.ts'
import type { TokenSource } from './sign-in/token-source.ts'

/** One call of Microsoft Graph. */
export interface GraphCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below the version, values encoded (`graphPath`); or a whole URL that Graph itself gave, as a next link. */
  readonly path: string
  readonly version?: 'v1.0' | 'beta'
  /** OData options with their `$`; values as they are. */
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes go as they are, with the content type of `headers`; anything else as JSON. */
  readonly body?: object
  /** Refusals that are given back as they are: 404 where nothing may be there. */
  readonly expects?: readonly number[]
  /** What the call needs, named when it is refused: `MailboxItem.Export.All`. */
  readonly permission?: string
  /** In place of the client's own. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly answerBytesMax?: number
  readonly answerBytesExpected?: number
  /** The answer is left as bytes, JSON or not: for those that are large. */
  readonly leavesBytes?: boolean
}

/** What Graph answered. */
export interface GraphAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Empty when the answer has no body or one that is no JSON, or was left as bytes. */
  readonly json: JsonObject
  readonly body: Uint8Array
}

/** What calls Graph. */
export interface GraphCaller {
  /** Throws by the table of `graph-error-rows.ts`, as the sign-in does, and as `HttpClient.send` does. */
  call(call: GraphCall): Promise<GraphAnswer>
}

/** What puts several calls into one request. */
export interface GraphBatchCaller {
  /**
   * Makes up to twenty calls by one request (exchange.md 3.3): those that only read, of one version. Answers each as `call` would, in
   * their order, what `call` would throw among them. Throws what the request as a whole runs into.
   */
  batch(calls: readonly GraphCall[]): Promise<readonly (GraphAnswer | MigrationError)[]>
}

/** What a client of Graph is made of. */
export interface GraphClientOptions {
  readonly http: HttpSender
  readonly tokens: TokenSource
  readonly hosts: MicrosoftHosts
  readonly clock: Pick<Clock, 'now'>
  readonly randomBytes: (size: number) => Uint8Array
  readonly signal: AbortSignal
}

/**
 * Microsoft Graph. A call is made once; only when its token is refused it is made again, once, with a new one. Who waits
 * and tries again is the core, or `withPatience`.
 */
export class GraphClient implements GraphCaller, GraphBatchCaller {
  readonly #options: GraphClientOptions

  constructor(options: GraphClientOptions) {
    this.#options = options
  }

  /** `GraphCaller.call`. */
  async call(call: GraphCall): Promise<GraphAnswer> {
    const { answer, token } = await this.#ask(call)
    return this.#read(call, answer, token)
  }

  /** `GraphBatchCaller.batch`. */
  async batch(calls: readonly GraphCall[]): Promise<readonly (GraphAnswer | MigrationError)[]> {
    const version = calls[0]?.version ?? 'v1.0'
    const base = `${this.#options.hosts.graph}/${version}`
    const requests = calls.map((call, index) => ({ id: String(index), method: call.method, url: this.#urlOf(call).slice(base.length), headers: { accept: 'application/json', ...call.headers } }))
    const whole: GraphCall = { method: 'POST', path: '/$batch', version, body: { requests } }
    const { answer, token } = await this.#ask(whole)
    const parts = readBatchAnswer(this.#read(whole, answer, token).json)
    return Promise.all(
      calls.map(async (call, index) => {
        const part = parts.get(String(index))
        if (part === undefined) return cutShort()
        // A token that ended in between is renewed as for any other call.
        if (part.status === 401) return settle(() => this.call(call))
        return settle(() => this.#read(call, part, token))
      }),
    )
  }

  async #ask(call: GraphCall): Promise<{ readonly answer: HttpAnswer; readonly token: string }> {
    const { tokens } = this.#options
    const url = this.#urlOf(call)
    const signal = call.signal ?? this.#options.signal
    const token = await tokens.token('graph', signal)
    const answer = await this.#send(call, url, token, signal)
    if (answer.status !== 401) return { answer, token }
    // Revoked, or ended early: continuous access evaluation ends tokens before their time.
    tokens.discard('graph', token)
    const renewed = await tokens.token('graph', signal)
    return { answer: await this.#send(call, url, renewed, signal), token: renewed }
  }

  #read(call: GraphCall, answer: HttpAnswer, token: string): GraphAnswer {
    const { status, headers, body } = answer
    const isGood = status >= 200 && status < 300
    if (isGood && call.leavesBytes === true) return { status, headers, body, json: {} }
    if (isGood || call.expects?.includes(status) === true) return { status, headers, body, json: readAnswer(answer, isGood) }
    const { roles, scopes } = readTokenClaims(token)
    throw graphError(readGraphRefusal(status, headers, body), {
      retryAfterMs: retryAfterMsOf(headers, this.#options.clock.now()),
      permission: call.permission,
      granted: [...roles, ...scopes],
    })
  }

  #send({ method, headers, body, timeoutMs, answerBytesMax, answerBytesExpected }: GraphCall, url: string, token: string, signal: AbortSignal): Promise<HttpAnswer> {
    const isBytes = body instanceof Uint8Array
    return this.#options.http.send({
      method,
      url,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && !isBytes && { 'content-type': 'application/json' }),
        ...headers,
        authorization: `Bearer ${token}`,
        'client-request-id': toUuid(this.#options.randomBytes(16)),
        'return-client-request-id': 'true',
      },
      ...(body !== undefined && { body: isBytes ? body : JSON.stringify(body) }),
      signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(answerBytesMax !== undefined && { answerBytesMax }),
      ...(answerBytesExpected !== undefined && { answerBytesExpected }),
    })
  }

  #urlOf({ path, version = 'v1.0', query = {} }: GraphCall): string {
    const { graph } = this.#options.hosts
    const isWhole = /^https?:\/\//i.test(path)
    // The token goes along: never to another host.
    if (isWhole && new URL(path).origin !== new URL(graph).origin) throw foreignLink()
    const base = isWhole ? path : `${graph}/${version}${path}`
    const options = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    return options.length === 0 ? base : `${base}${base.includes('?') ? '&' : '?'}${options.join('&')}`
  }
}

/** Graph sends pages of 200 whose JSON is cut short (exchange.md 9). */
function readAnswer({ headers, body }: HttpAnswer, isGood: boolean): JsonObject {
  if (body.byteLength === 0 || !/\bjson\b/i.test(headers['content-type'] ?? '')) return {}
  const json = readJson(body)
  if (json !== undefined || !isGood) return json ?? {}
  throw cutShort()
}

async function settle(call: () => GraphAnswer | Promise<GraphAnswer>): Promise<GraphAnswer | MigrationError> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof MigrationError) return error
    throw error
  }
}

function cutShort(): MigrationError {
  return new MigrationError('transient', 'graph.answer.cut-short', {
    message: 'An answer of Microsoft Graph ended before it was whole.',
    hint: 'It is asked for again.',
  })
}

function foreignLink(): MigrationError {
  return new MigrationError('config', 'graph.foreign-link', {
    message: 'Microsoft Graph gave a link to another host, which is not followed.',
    hint: 'Check the cloud of the endpoint, and whether a proxy changes answers.',
  })
}
