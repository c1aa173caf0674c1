import { isSessionsLimited } from '../../core/errors.ts'
import type { Context } from '../../core/ports/context.ts'
import { type ImapConfig, toCredentials } from './config.ts'
import { answerError, toMigrationError } from './errors.ts'
import { authenticate } from './protocol/auth.ts'
import { startCompression } from './protocol/compress.ts'
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
 * of messages. On a server that lets only one in, that one serves both.
 */
export class Sessions {
  readonly config: ImapConfig
  readonly #context: Context
  #control: Promise<Session> | undefined
  #isControlLent = false
  #idle: Session[] = []
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
    const session = await (this.#control ??= this.#openOne())
      .catch((error: unknown) => {
        this.#control = undefined
        throw error
      })
    if (session.isOpen) return session
    this.#control = undefined
    return this.control()
  }

  /** A session for one stream. Throws `sessions-limited` when the server lets no more in. */
  async lease(): Promise<Lease> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isOpen) return this.#lend(idle)
    }
    try {
      return this.#lend(await this.#openOne())
    } catch (error) {
      if (!isSessionsLimited(error) || this.#isControlLent) throw error
      return this.#lendControl()
    }
  }

  /** Ends every session. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#open].map((session) => session.close()))
  }

  #lend(session: Session): Lease {
    let isLent = true
    return {
      session,
      release: () => {
        if (!isLent) return
        isLent = false
        if (session.isOpen && this.#idle.length < idleSessionsMax && !this.#isClosed) this.#idle.push(session)
        else session.destroy(new Error('no longer needed'))
      },
    }
  }

  async #lendControl(): Promise<Lease> {
    this.#isControlLent = true
    let isLent = true
    const release = (): void => {
      if (isLent) this.#isControlLent = false
      isLent = false
    }
    try {
      return { session: await this.control(), release }
    } catch (error) {
      release()
      throw error
    }
  }

  async #openOne(): Promise<Session> {
    const { config } = this
    const { clock } = this.#context
    const connectedAtMs = clock.now()
    const { session, isAuthenticated } = await openSession({
      host: config.host,
      port: config.port,
      security: config.security,
      tls: { isVerified: config.verifiesCertificate, certificateAuthorities: config.certificateAuthorities },
      translate: toMigrationError,
      signal: this.#context.signal,
      wasReached: this.#wasReached,
    })
    try {
      const greetedAtMs = clock.now()
      if (!isAuthenticated) await this.#logIn(session)
      this.#wasReached = true
      // Either may have been slow for other reasons: a busy machine, a server that looks the password up.
      const loginMs = isAuthenticated ? Number.POSITIVE_INFINITY : clock.now() - greetedAtMs
      this.#roundTripMs = Math.min(this.#roundTripMs, greetedAtMs - connectedAtMs, loginMs)
      if (!session.knowsCapabilities) await session.execute('CAPABILITY')
      await this.#setUp(session)
    } catch (error) {
      session.destroy(error)
      throw error
    }
    this.#open.add(session)
    void session.ended.then(() => this.#open.delete(session))
    return session
  }

  async #logIn(session: Session): Promise<void> {
    const { config } = this
    const answer = await authenticate(session, toCredentials(config), config.mechanism)
    if (answer.status !== 'OK') throw answerError(answer, { command: 'LOGIN', detail: answer.detail })
  }

  /** Nothing here waits for an answer unless what follows is encoded otherwise. */
  async #setUp(session: Session): Promise<void> {
    const { compression } = this.config
    const isFar = this.#roundTripMs >= farLinkMs
    const isCompressed = compression === 'on' || (compression === 'auto' && isFar)
    if (isCompressed && session.capabilities.has('COMPRESS=DEFLATE')) await startCompression(session)
    const wanted = ['CONDSTORE', 'QRESYNC'].filter((name) => session.capabilities.has(name))
    if (session.capabilities.has('UTF8=ONLY')) wanted.push('UTF8=ACCEPT')
    const canEnable = session.capabilities.has('ENABLE') && wanted.length > 0
    if (canEnable) session.execute(`ENABLE ${wanted.join(' ')}`).catch(() => {})
    if (session.capabilities.has('ID')) session.execute('ID ("name" "Mailvan")').catch(() => {})
  }
}
