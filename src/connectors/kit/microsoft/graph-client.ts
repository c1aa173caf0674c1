import { MigrationError } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports/context.ts'
import type { HttpAnswer, HttpSender } from '../http/http-client.ts'
import type { MicrosoftHosts } from './clouds.ts'
import { graphError, readGraphRefusal } from './graph-errors.ts'
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
export class GraphClient implements GraphCaller {
  readonly #options: GraphClientOptions

  constructor(options: GraphClientOptions) {
    this.#options = options
  }

  /** `GraphCaller.call`. */
  async call(call: GraphCall): Promise<GraphAnswer> {
    const { tokens, clock } = this.#options
    const url = this.#urlOf(call)
    const signal = call.signal ?? this.#options.signal
    let token = await tokens.token('graph', signal)
    let answer = await this.#send(call, url, token, signal)
    if (answer.status === 401) {
      // Revoked, or ended early: continuous access evaluation ends tokens before their time.
      tokens.discard('graph', token)
      token = await tokens.token('graph', signal)
      answer = await this.#send(call, url, token, signal)
    }
    const { status, headers, body } = answer
    const isGood = status >= 200 && status < 300
    if (isGood && call.leavesBytes === true) return { status, headers, body, json: {} }
    if (isGood || call.expects?.includes(status) === true) return { status, headers, body, json: readAnswer(answer, isGood) }
    const { roles, scopes } = readTokenClaims(token)
    throw graphError(readGraphRefusal(status, headers, body), {
      retryAfterMs: retryAfterMsOf(headers, clock.now()),
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
  throw new MigrationError('transient', 'graph.answer.cut-short', {
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
