import type { Place, TranslateFailure } from './failure.ts'
import { garbage } from './garbage.ts'
import { Session } from './session.ts'
import { machineSleep, openSocket } from './transport.ts'
import type { Sleep, SocketTransport, TlsSettings, TransportListener } from './transport.ts'

/** Where to connect and how. */
export interface SessionOptions extends Place {
  readonly tls: TlsSettings
  readonly translate: TranslateFailure
  /** Aborting ends the connection at once; everything outstanding rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Up to the greeting, and TLS with it; 20 s by default. */
  readonly connectTimeoutMs?: number
  /** Without a byte in either direction while the server owes us something; 60 s by default. */
  readonly idleTimeoutMs?: number
  /** What both timeouts are measured by; the machine's clock by default. */
  readonly sleep?: Sleep
}

/** A connection that has been greeted. */
export interface OpenedSession {
  readonly session: Session
  /** The server knows already who we are (PREAUTH). */
  readonly isAuthenticated: boolean
  /** What the server says of itself, for people; hostile text. */
  readonly greeting: string
}

const connectTimeoutMsDefault = 20_000
const idleTimeoutMsDefault = 60_000
const deaf: TransportListener = { onData() {}, onDrain() {}, onIdle() {}, onClose() {} }

/**
 * Connects, secures the connection as asked and learns the capabilities, by the greeting where it has them. Rejects with
 * what `translate` makes of a failure, or with the signal's reason; leaves nothing open then.
 */
export async function openSession(options: SessionOptions): Promise<OpenedSession> {
  const { signal } = options
  signal.throwIfAborted()
  const connected = Promise.withResolvers<void>()
  const upgrades = options.security === 'starttls'
  const { sleep = machineSleep } = options
  const tls = options.security === 'tls' ? options.tls : undefined
  const transport = openSocket(options, tls, connected.resolve, deaf, upgrades, sleep)
  const { host, port, security, wasReached = false } = options
  const place = { host, port, security, wasReached }
  const session = new Session({
    transport,
    place,
    translate: options.translate,
    idleTimeoutMs: options.idleTimeoutMs ?? idleTimeoutMsDefault,
  })
  const onAbort = () => session.destroy(signal.reason)
  signal.addEventListener('abort', onAbort)
  void session.ended.then(() => signal.removeEventListener('abort', onAbort))

  let isConnected = false
  void connected.promise.then(() => (isConnected = true))
  const timeoutMs = options.connectTimeoutMs ?? connectTimeoutMsDefault
  const connecting = new AbortController()
  sleep(timeoutMs, connecting.signal).then(
    () => session.fail({ type: 'connect-timeout', timeoutMs, isConnected }),
    () => undefined,
  )
  try {
    const greeting = await session.greeting()
    if (upgrades) {
      if (greeting.status === 'PREAUTH') session.fail({ type: 'no-starttls', reason: 'it has logged us in already' })
      await startTls(session, transport, options)
    }
    if (!session.knowsCapabilities) await session.execute('CAPABILITY')
    session.assertOpen()
    session.markReady()
    return { session, isAuthenticated: greeting.status === 'PREAUTH', greeting: greeting.text }
  } catch (error) {
    session.destroy(error)
    throw error
  } finally {
    connecting.abort()
  }
}

/** RFC 9051 section 6.2.1: nothing learned or received before counts afterwards. */
async function startTls(session: Session, transport: SocketTransport, options: SessionOptions): Promise<void> {
  const secured = Promise.withResolvers<void>()
  const answer = await session.executeAlone('STARTTLS', {
    onAnswer: ({ status }) => {
      if (status !== 'OK') return
      session.forgetCapabilities()
      session.switchAfterAnswer((rest) => {
        // Bytes sent in the clear behind the answer would be taken for protected ones (CVE-2011-0411).
        if (rest.length > 0) throw garbage('more than an answer before TLS began')
        session.continueOver(transport.startTls(options.host, options.tls, secured.resolve, deaf))
      })
    },
  })
  if (answer.status !== 'OK') session.fail({ type: 'no-starttls', reason: answer.text })
  await Promise.race([secured.promise, session.ended])
  session.assertOpen()
}

