import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'
import type { Session } from './session.ts'
import type { Transport, TransportListener } from './transport.ts'

/**
 * Compresses the connection from now on (COMPRESS=DEFLATE, RFC 4978). False when the server refuses; the session is then
 * as before. Ask once, after login, and only where it is announced.
 */
export async function startCompression(session: Session): Promise<boolean> {
  const answer = await session.executeAlone('COMPRESS DEFLATE', {
    onAnswer({ status }) {
      if (status !== 'OK') return
      session.switchAfterAnswer((rest) => {
        const deflated = new DeflateTransport(session.transport)
        session.continueOver(deflated)
        deflated.take(rest)
      })
    },
  })
  return answer.status === 'OK'
}

const deaf: TransportListener = { onData() {}, onDrain() {}, onIdle() {}, onClose() {} }

/** A transport whose bytes are deflated on their way; every write is flushed through, so that nothing waits for more. */
class DeflateTransport implements Transport {
  readonly #inner: Transport
  readonly #deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH })
  readonly #inflate = createInflateRaw({ flush: constants.Z_SYNC_FLUSH })
  #isPaused = false
  listener: TransportListener = deaf

  constructor(inner: Transport) {
    this.#inner = inner
    inner.listener = {
      onData: (bytes) => this.take(bytes),
      onDrain: () => this.listener.onDrain(),
      onIdle: () => this.listener.onIdle(),
      onClose: (error) => this.#close(error),
    }
    this.#deflate.on('data', (bytes: Buffer) => inner.write(bytes))
    this.#deflate.on('drain', () => this.listener.onDrain())
    this.#deflate.on('error', (error) => this.#close(error))
    this.#inflate.on('data', (bytes: Buffer) => this.listener.onData(bytes))
    this.#inflate.on('drain', () => {
      if (!this.#isPaused) inner.resume()
    })
    this.#inflate.on('error', (error) => this.#close(error))
  }

  /** Bytes as they came, only lent. */
  take(bytes: Buffer): void {
    // An empty write would flush, too; there may be nothing behind the answer. Inflating happens later, on another
    // thread, when the next read has overwritten what was lent; raw deflate has no checksum that would tell.
    if (bytes.length > 0 && !this.#inflate.write(Buffer.from(bytes))) this.#inner.pause()
  }

  get pendingBytes(): number {
    return this.#deflate.writableLength + this.#inner.pendingBytes
  }

  write(bytes: Uint8Array): void {
    this.#deflate.write(bytes)
  }

  watchIdle(timeoutMs: number): void {
    this.#inner.watchIdle(timeoutMs)
  }

  pause(): void {
    this.#isPaused = true
    this.#inflate.pause()
    this.#inner.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#inflate.resume()
    if (!this.#inflate.writableNeedDrain) this.#inner.resume()
  }

  destroy(): void {
    this.#inner.destroy()
    this.#deflate.destroy()
    this.#inflate.destroy()
  }

  #close(error: Error | undefined): void {
    const { listener } = this
    this.listener = deaf
    this.destroy()
    listener.onClose(error)
  }
}
