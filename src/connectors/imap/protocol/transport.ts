import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { setTimeout as sleepReally } from 'node:timers/promises'
import { connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls'
import { lendFrom } from './read-slab.ts'

/** Resolves after `delayMs`; rejects when aborted. */
export type Sleep = (delayMs: number, signal: AbortSignal) => Promise<void>

/** By the machine's clock; a connection that only waits for its end keeps no process alive. */
export const machineSleep: Sleep = (delayMs, signal) => sleepReally(delayMs, undefined, { signal, ref: false })

/** Bytes in both directions. After `onClose` nothing happens any more. */
export interface Transport {
  write(bytes: Uint8Array): void
  /** Written, and not yet taken by the system. */
  readonly pendingBytes: number
  /** Asks for `onIdle` after this time (up to a quarter more) without a byte in either direction; anew with each call. */
  watchIdle(timeoutMs: number): void
  pause(): void
  resume(): void
  /** Ends at once, without a word to the server. */
  destroy(): void
  /** May be set anew at any time. */
  listener: TransportListener
}

export interface TransportListener {
  /** The bytes are only lent: the next read overwrites them. */
  onData(bytes: Buffer): void
  onDrain(): void
  /** Nothing was read or written for the time given to `watchIdle`. */
  onIdle(): void
  onClose(error: Error | undefined): void
}

/** What TLS needs to know; `isVerified: false` accepts any certificate. */
export interface TlsSettings {
  readonly isVerified: boolean
  /** Authorities in PEM to trust besides the system's. */
  readonly certificateAuthorities?: readonly string[]
}

const readBytes = 64 * 1024
const keepAliveDelayMs = 30_000
/** How often a connection is looked at within its idle timeout: reading and writing set no timer. */
const idleLooks = 4

/** A TCP connection, with TLS from the first byte when `tls` is given. `onReady` comes once it can be written to. */
export function openSocket(
  place: { readonly host: string; readonly port: number },
  tls: TlsSettings | undefined,
  onReady: () => void,
  listener: TransportListener,
  willUpgrade = false,
  sleep: Sleep = machineSleep,
): SocketTransport {
  let transport: SocketTransport
  let buffer: Buffer
  const renew = (): void => {
    buffer = Buffer.allocUnsafeSlow(readBytes)
    lendFrom(buffer, renew)
  }
  renew()
  const onread = {
    buffer: () => buffer,
    callback: (bytes: number) => {
      transport.receive(buffer.subarray(0, bytes))
      return true
    },
  }
  const options = { host: place.host, port: place.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs }
  // A socket that reads into our buffers cannot be wrapped by TLS later.
  const reading = willUpgrade ? {} : { onread }
  const socket = tls
    ? connectTls({ ...options, ...reading, ...tlsOptions(place.host, tls) }, onReady)
    : connectTcp({ ...options, ...reading }, onReady)
  transport = new SocketTransport(socket, listener, willUpgrade, sleep)
  return transport
}

function tlsOptions(host: string, tls: TlsSettings) {
  return {
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: tls.isVerified,
    ...(tls.certificateAuthorities !== undefined && {
      ca: [...getCACertificates('default'), ...tls.certificateAuthorities],
    }),
  }
}

/** A `Transport` over one socket of Node. */
export class SocketTransport implements Transport {
  readonly #socket: Socket | TLSSocket
  readonly #sleep: Sleep
  #error: Error | undefined
  #watch: AbortController | undefined
  /** Reads, writes and calls of `watchIdle` so far. */
  #movements = 0
  listener: TransportListener

  constructor(socket: Socket | TLSSocket, listener: TransportListener, readsEvents: boolean, sleep: Sleep) {
    this.#socket = socket
    this.#sleep = sleep
    this.listener = listener
    if (readsEvents) socket.on('data', (bytes: Buffer) => this.receive(bytes))
    socket.on('drain', () => this.listener.onDrain())
    socket.on('error', (error) => (this.#error ??= error))
    socket.on('end', () => socket.destroy())
    socket.on('close', () => {
      this.#watch?.abort()
      this.listener.onClose(this.#error)
    })
  }

  /** Hands on what the socket has read. */
  receive(bytes: Buffer): void {
    this.#movements++
    this.listener.onData(bytes)
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  write(bytes: Uint8Array): void {
    this.#movements++
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  watchIdle(timeoutMs: number): void {
    this.#movements++
    if (this.#watch !== undefined || this.#socket.destroyed) return
    const watch = new AbortController()
    this.#watch = watch
    void this.#untilIdle(timeoutMs, watch.signal).then((isIdle) => {
      this.#watch = undefined
      if (isIdle) this.listener.onIdle()
    })
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Begins TLS on the connection as it stands (RFC 9051 section 6.2.1); this transport is not to be used any more. */
  startTls(host: string, tls: TlsSettings, onReady: () => void, listener: TransportListener): SocketTransport {
    const plain = this.#socket
    plain.removeAllListeners('data')
    plain.removeAllListeners('end')
    this.#watch?.abort()
    this.listener = { onData() {}, onDrain() {}, onIdle() {}, onClose() {} }
    const secured = connectTls({ socket: plain, ...tlsOptions(host, tls) }, onReady)
    const transport = new SocketTransport(secured, listener, true, this.#sleep)
    plain.on('error', (error) => secured.destroy(error))
    return transport
  }

  /** False when nobody asks any more. */
  async #untilIdle(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    let before = ''
    for (let quiet = 0; ; ) {
      const standing = `${this.#movements} ${this.#socket.writableLength}`
      quiet = standing === before ? quiet + 1 : 0
      before = standing
      if (quiet === idleLooks) return true
      const isOver = await this.#sleep(timeoutMs / idleLooks, signal).then(() => true, () => false)
      if (!isOver || signal.aborted) return false
    }
  }
}
