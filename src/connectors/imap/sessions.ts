import { isSessionsLimited, MigrationError, sessionsLimitedCode } from '../../core/errors.ts'
import type { Context } from '../../core/ports/context.ts'
import { type ImapConfig, toCredentials } from './config.ts'
import { enableExtensions } from './enable-extensions.ts'
import { answerError, toMigrationError } from './errors.ts'
import { authenticate } from './protocol/auth.ts'
import { startCompression } from './protocol/compress.ts'
import type { Failure, Place } from './protocol/failure.ts'
import { openSession } from './protocol/open-session.ts'
import type { Session } from './protocol/session.ts'

/** A link on which a round trip takes longer is worth compressing. */
const farLinkMs = 20
const idleSessionsMax = 32

/** A session lent for one stream. */
export interface Lease {
  readonly session: Session
  /** Gives it back; a broken one is dropped. May be called twice. */
  release(): void
}

/**
 * The sessions of one account: one that looks after folders, opened first and again when it was lost, and more for streams
 * of messages. Where the server lets no further one in, one session serves both.
 */
export class Sessions {
  readonly config: ImapConfig
  readonly #context: Context
  #finding: Promise<Session> | undefined
  #control: Session | undefined
  #idle: Session[] = []
  /** Those that serve a stream now. */
  readonly #lent = new Set<Session>()
  readonly #open = new Set<Session>()
  #isClosed = false
  /** Host, port and certificate have proven to be right. */
  #wasReached = false
  /** The shortest time that the server has answered in. */
  #roundTripMs = Number.POSITIVE_INFINITY

  constructor(config: ImapConfig, context: Context) {
    this.config = config
    this.#context = context
  }

  /** The session for everything but streams. */
  async control(): Promise<Session> {
    while (this.#control?.isOpen !== true) {
      const finding = (this.#finding ??= this.#findControl())
      try {
        await finding
      } finally {
        // Of all who wait for it only the first may look for another one.
        if (this.#finding === finding) this.#finding = undefined
      }
    }
    return this.#control
  }

  /** A session for one stream. Throws `sessions-limited` when the server lets no more in. */
  async lease(): Promise<Lease> {
    const idle = this.#takeIdle()
    if (idle !== undefined) return this.#lend(idle)
    try {
      return this.#lend(await this.#openOne())
    } catch (error) {
      if (!isSessionsLimited(error)) throw error
      const session = this.#takeIdle() ?? (await this.control())
      if (this.#lent.has(session)) throw error
      return this.#lend(session)
    }
  }

  /** Ends every session. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#open].map((session) => session.close()))
  }

  /** One at rest, or a new one; where the server lets no more in, one that serves a stream as well. */
  async #findControl(): Promise<Session> {
    const idle = this.#takeIdle()
    if (idle !== undefined) return (this.#control = idle)
    try {
      return (this.#control = await this.#openOne())
    } catch (error) {
      if (!isSessionsLimited(error)) throw error
      const shared = this.#takeIdle() ?? [...this.#lent].find(({ isOpen }) => isOpen)
      if (shared === undefined) throw error
      return (this.#control = shared)
    }
  }

  #takeIdle(): Session | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.isOpen) return idle
    return undefined
  }

  #lend(session: Session): Lease {
    this.#lent.add(session)
    let isLent = true
    return {
      session,
      release: () => {
        if (!isLent) return
        isLent = false
        this.#lent.delete(session)
        if (session === this.#control) return
        if (session.isOpen && this.#idle.length < idleSessionsMax && !this.#isClosed) this.#idle.push(session)
        else session.destroy(new Error('no longer needed'))
      },
    }
  }

  async #openOne(): Promise<Session> {
    const { config } = this
    const { clock } = this.#context
    const connectedAtMs = clock.now()
    let opened: Session | undefined
    const { session, isAuthenticated } = await openSession({
      host: config.host,
      port: config.port,
      security: config.security,
      tls: { isVerified: config.verifiesCertificate, certificateAuthorities: config.certificateAuthorities },
      translate: (failure, place) => this.#translate(failure, place, opened),
      signal: this.#context.signal,
      wasReached: this.#wasReached,
      sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    })
    opened = session
    try {
      const greetedAtMs = clock.now()
      if (!isAuthenticated) await this.#logIn(session)
      this.#wasReached = true
      // Either may have been slow for other reasons: a busy machine, a server that looks the password up.
      const loginMs = isAuthenticated ? Number.POSITIVE_INFINITY : clock.now() - greetedAtMs
      this.#roundTripMs = Math.min(this.#roundTripMs, greetedAtMs - connectedAtMs, loginMs)
      if (!session.knowsCapabilities) await session.execute('CAPABILITY')
      await this.#setUp(session)
      session.markSetUp()
    } catch (error) {
      session.destroy(error)
      throw error
    }
    this.#open.add(session)
    void session.ended.then(() => this.#open.delete(session))
    return session
  }

  /** Turned away while others of ours are let in: that is one too many, even where the server does not say so. */
  #translate(failure: Failure, place: Place, session: Session | undefined): MigrationError {
    const error = toMigrationError(failure, place)
    const hasOthers = [...this.#open].some((other) => other !== session && other.isOpen)
    if (!hasOthers || session?.hasWorked === true || !isTurnedAway(failure, error)) return error
    return new MigrationError('throttled', sessionsLimitedCode, {
      message: error.message,
      hint: 'The account may have no more sessions: close its other mail programs, or use fewer sessions (?sessions=N).',
      cause: error,
    })
  }

  async #logIn(session: Session): Promise<void> {
    const { config } = this
    const answer = await authenticate(session, await toCredentials(config, this.#context.signal), config.mechanism)
    if (answer.status !== 'OK') throw answerError(answer, { command: 'LOGIN', detail: answer.detail })
  }

  /** Nothing here waits for an answer unless what follows is encoded otherwise. */
  async #setUp(session: Session): Promise<void> {
    const { compression } = this.config
    const isFar = this.#roundTripMs >= farLinkMs
    const isCompressed = compression === 'on' || (compression === 'auto' && isFar)
    if (isCompressed && session.capabilities.has('COMPRESS=DEFLATE')) await startCompression(session)
    enableExtensions(session)
    if (session.capabilities.has('ID')) session.execute('ID ("name" "Mailvan")').catch(() => {})
  }
}

/**
 * Courier's couriertcpd (MAXPERIP, 4 by default) closes without a word; Exchange logs one in and then says that it is not
 * connected.
 */
function isTurnedAway(failure: Failure, error: MigrationError): boolean {
  if (failure.type === 'bye') return error.code === 'imap.not-connected'
  if (failure.type === 'closed') return !failure.isOpen
  // With TLS what we said first meets a closed connection.
  return failure.type === 'socket' && !failure.isOpen && 'code' in failure.cause && failure.cause.code === 'ECONNRESET'
}
