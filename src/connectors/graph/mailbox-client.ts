import { MigrationError } from '../../core/errors.ts'
import type { Clock, Context } from '../../core/ports/context.ts'
import type { Binding } from '../../core/ports/governor.ts'
import type { HttpAnswer, HttpRequest, HttpSender } from '../kit/http/http-client.ts'
import type { GraphAnswer, GraphCall, GraphCaller } from '../kit/microsoft/graph-client.ts'
import { graphPath } from '../kit/microsoft/graph-path.ts'
import { retryAfterMsOf } from '../kit/microsoft/retry-after.ts'
import { toUuid } from '../kit/microsoft/sign-in/sign-in-context.ts'
import type { MailboxPace } from './mailbox-pace.ts'

/** A call of the mailbox's own interface; the path is below the mailbox. */
export type MailboxCall = Omit<GraphCall, 'version' | 'signal'>

/** What a mailbox client is made of. */
export interface MailboxClientOptions {
  readonly graph: GraphCaller
  readonly http: HttpSender
  readonly pace: MailboxPace
  readonly context: Pick<Context, 'clock' | 'signal'>
  readonly randomBytes: (size: number) => Uint8Array
  /** `MBX:<guid>@<tenant>`. */
  readonly mailboxId: string
  /** Graph's base URL, without a final slash. */
  readonly graphUrl: string
  /** Under which the user's ordinary interfaces know the mailbox. */
  readonly userName: string
  readonly version: 'v1.0' | 'beta'
  /** Application permissions that the token has. */
  readonly roles: readonly string[]
}

/** How many auxiliary archives in a row may pass a request on. */
const redirectsMax = 3

/**
 * The one way to a mailbox: whatever is asked of it goes through here, within its limits, and a wait that it asks for holds
 * everything back. Only redirects of an archive are followed; nothing is tried again.
 */
export class MailboxClient {
  readonly mailboxId: string
  readonly userName: string
  readonly graphUrl: string
  readonly roles: readonly string[]
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly #options: MailboxClientOptions

  constructor(options: MailboxClientOptions) {
    this.#options = options
    this.mailboxId = options.mailboxId
    this.userName = options.userName
    this.graphUrl = options.graphUrl
    this.roles = options.roles
    this.signal = options.context.signal
    this.clock = options.context.clock
  }

  /** A call below `/admin/exchange/mailboxes/{id}`, of this mailbox unless another is named. Throws as `GraphCaller.call`. */
  call(call: MailboxCall, mailboxId = this.mailboxId): Promise<GraphAnswer> {
    const path = `${graphPath`/admin/exchange/mailboxes/${mailboxId}`}${call.path}`
    return this.#redirected({ ...call, version: this.#options.version, path })
  }

  /** A call by a link that Graph gave. */
  follow(call: MailboxCall): Promise<GraphAnswer> {
    return this.#redirected(call)
  }

  /** A call below `/users/{id}`: of the ordinary interfaces of mail. */
  userCall(call: MailboxCall): Promise<GraphAnswer> {
    return this.#paced({ ...call, path: `${graphPath`/users/${this.userName}`}${call.path}` })
  }

  /** A POST to a URL that needs no token; the answer is given whatever its status. */
  async post(url: string, request: Pick<HttpRequest, 'headers' | 'body'>, bodyBytes: number): Promise<HttpAnswer> {
    const { http, pace, randomBytes } = this.#options
    const leave = await pace.enter(bodyBytes, this.clock, this.signal)
    try {
      const headers = { ...request.headers, 'client-request-id': toUuid(randomBytes(16)) }
      const answer = await http.send({ ...request, headers, method: 'POST', url, signal: this.signal })
      const { status, headers: answered } = answer
      if (status === 429 || status === 503) this.#heed(status === 429, retryAfterMsOf(answered, this.clock.now()))
      return answer
    } finally {
      leave()
    }
  }

  /**
   * Whether the app may have a permission: its token names it, or names none of mailboxes at all, as it does where Exchange's
   * RBAC for Applications gives them mailbox by mailbox (exchange.md 1.2).
   */
  mayHave(permission: string): boolean {
    return this.roles.includes(permission) || !this.roles.some((role) => /^Mailbox(?:Item|Folder)\./.test(role))
  }

  /** What makes requests of this mailbox wait now. */
  binding(): Binding | undefined {
    return this.#options.pace.binding()
  }

  /** Goes on to the auxiliary archive that holds by now what is asked for (exchange.md 2.3). */
  async #redirected(call: GraphCall): Promise<GraphAnswer> {
    let target: GraphCall = { ...call, expects: [...(call.expects ?? []), 308] }
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#paced(target)
      if (answer.status !== 308) return answer
      const location = answer.headers['location']
      if (location === undefined || redirects === redirectsMax) throw lostInArchives()
      const { query: _, ...rest } = target
      target = { ...rest, path: location }
    }
  }

  async #paced(call: GraphCall): Promise<GraphAnswer> {
    const { graph, pace } = this.#options
    const leave = await pace.enter(bodyBytesOf(call), this.clock, this.signal)
    try {
      return await graph.call(call)
    } catch (error) {
      if (error instanceof MigrationError && error.kind === 'throttled') this.#heed(error.code === 'graph.throttled', error.retryAfterMs)
      throw error
    } finally {
      leave()
    }
  }

  /** What one request is told holds for the whole mailbox. */
  #heed(isTooMuch: boolean, retryAfterMs: number | undefined): void {
    const { pace } = this.#options
    if (isTooMuch) pace.crowded(this.clock.now())
    if (retryAfterMs !== undefined) pace.hold(this.clock.now() + retryAfterMs)
  }
}

function bodyBytesOf({ body }: GraphCall): number {
  if (body === undefined) return 0
  return body instanceof Uint8Array ? body.byteLength : Buffer.byteLength(JSON.stringify(body))
}

function lostInArchives(): MigrationError {
  return new MigrationError('transient', 'graph.archive-redirects', {
    message: 'Microsoft passes a folder of the archive on from one auxiliary archive to the next.',
    hint: 'It is being moved: it is tried again.',
  })
}
