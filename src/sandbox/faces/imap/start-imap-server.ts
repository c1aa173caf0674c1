import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { SandboxClock } from '../../clock.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'
import { ByteAllowance } from './byte-allowance.ts'
import type { ImapAccount, ImapServices } from './imap-account.ts'
import { ImapSession } from './imap-session.ts'
import { type CalendarConversion, ItemMime } from './item-mime.ts'
import type { SessionOutput } from './session-output.ts'

/** What an IMAP server is started with. */
export interface ImapServerOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** `tls` from the first byte, `starttls` before any login, or none at all. */
  readonly security: 'tls' | 'starttls' | 'plain'
  /** In PEM; needed unless the security is `plain`. */
  readonly certificate?: { readonly key: string; readonly certificate: string }
  readonly clock: SandboxClock
  readonly keys: SigningKeys
  /** By user principal name or any address, in any case; undefined when nobody has it. Asked at each login. */
  readonly findAccount: (address: string) => ImapAccount | undefined
  /** How calendar parts become items and back. */
  readonly calendar?: CalendarConversion
  /** Told of errors that are defects of the sandbox; their connections are closed. Thrown by default. */
  readonly onDefect?: (error: unknown) => void
}

/** A server that accepts connections. */
export interface ImapServer {
  readonly port: number
  /** Ends all connections and accepts no more. */
  close(): Promise<void>
}

/** How often idle clients are told what has happened. */
const pollIntervalMs = 250
/** Set-ImapSettings: PreAuthenticatedConnectionTimeout and AuthenticatedConnectionTimeout, as they are by default. */
const loginWaitMs = 60_000
const commandWaitMs = 30 * 60_000
/** Of messages that are being received, by all connections together. */
const literalBytesMax = 256 * 1024 * 1024

/** Starts Exchange Online's IMAP service over the sandbox's mailboxes. Rejects when the port cannot be had. */
export async function startImapServer(options: ImapServerOptions): Promise<ImapServer> {
  const sessions = new Map<ImapSession, Socket>()
  const services = toServices(options)
  const accept = (socket: Socket): void => serve(socket, options, services, sessions)
  const server = options.security === 'tls' ? createTlsServer(toTlsOptions(options), accept) : createServer(accept)
  const port = await listen(server, options)
  const poller = setInterval(() => sessions.forEach((_socket, session) => session.poll()), pollIntervalMs)
  return {
    port,
    async close() {
      clearInterval(poller)
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      for (const socket of sessions.values()) socket.destroy()
      await closed.promise
    },
  }
}

function toServices(options: ImapServerOptions): ImapServices {
  const { clock, keys, findAccount, calendar = {} } = options
  const throwLater = (error: unknown): void => {
    setImmediate(() => {
      throw error
    })
  }
  return {
    clock,
    keys,
    findAccount,
    mime: new ItemMime(calendar),
    convertCalendar: calendar.convertCalendar,
    literals: new ByteAllowance(literalBytesMax),
    onDefect: options.onDefect ?? throwLater,
  }
}

function serve(socket: Socket, options: ImapServerOptions, services: ImapServices, sessions: Map<ImapSession, Socket>): void {
  socket.setNoDelay(true)
  const output = new SocketOutput(socket, (secured) => attach(secured))
  const session = new ImapSession({ services, output, needsTls: options.security === 'starttls' })
  const attach = (current: Socket): void => {
    current.on('data', (chunk: Buffer) => {
      session.receive(chunk)
      if (session.isAuthenticated) current.setTimeout(commandWaitMs)
    })
    current.on('timeout', () => session.sayBye('Connection is closed. 13'))
    current.on('error', () => current.destroy())
    current.on('close', () => {
      session.closed()
      sessions.delete(session)
    })
    current.setTimeout(loginWaitMs)
  }
  output.secure = (plain) => new TLSSocket(plain, { isServer: true, ...toTlsOptions(options) })
  sessions.set(session, socket)
  attach(socket)
  session.greet()
}

class SocketOutput implements SessionOutput {
  #socket: Socket
  readonly #onSecured: (socket: Socket) => void
  secure: (plain: Socket) => Socket = (plain) => plain

  constructor(socket: Socket, onSecured: (socket: Socket) => void) {
    this.#socket = socket
    this.#onSecured = onSecured
  }

  write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  drained(): Promise<void> | undefined {
    const socket = this.#socket
    if (!socket.writableNeedDrain || socket.destroyed) return undefined
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }

  setHeld(isHeld: boolean): void {
    if (isHeld !== this.#socket.isPaused()) this.#socket[isHeld ? 'pause' : 'resume']()
  }

  end(): void {
    this.#socket.end(() => this.#socket.destroySoon())
  }

  reset(): void {
    if (this.#socket instanceof TLSSocket) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  startTls(): void {
    this.#socket.removeAllListeners('data')
    this.#socket.removeAllListeners('timeout')
    this.#socket = this.secure(this.#socket)
    this.#onSecured(this.#socket)
  }
}

function toTlsOptions({ certificate }: ImapServerOptions): { readonly key: string; readonly cert: string } {
  if (certificate === undefined) throw new Error('an IMAP server with TLS needs a certificate')
  return { key: certificate.key, cert: certificate.certificate }
}

async function listen(server: Server, { host, port }: ImapServerOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  server.off('error', reject)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the IMAP server listens on no port')
  return address.port
}
