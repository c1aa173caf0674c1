import { setImmediate } from 'node:timers/promises'
import { MigrationError } from '../../../src/core/errors.ts'
import type { Failure } from '../../../src/connectors/imap/protocol/failure.ts'
import { Session } from '../../../src/connectors/imap/protocol/session.ts'
import type { Transport, TransportListener } from '../../../src/connectors/imap/protocol/transport.ts'

/** A connection whose other end is the test: it sees what was written and says what was read. */
export class FakeTransport implements Transport {
  listener: TransportListener = { onData() {}, onDrain() {}, onIdle() {}, onClose() {} }
  pendingBytes = 0
  isPaused = false
  isDestroyed = false
  #written: Buffer[] = []

  write(bytes: Uint8Array): void {
    this.#written.push(Buffer.from(bytes))
  }

  watchIdle(): void {}

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  destroy(): void {
    this.isDestroyed = true
  }

  /** What was written since the last call, once everything that is ready to be written was. */
  async written(): Promise<string> {
    await setImmediate()
    await setImmediate()
    return Buffer.concat(this.#written.splice(0)).toString('latin1')
  }

  /** The server says this, a byte string. The bytes are gone afterwards, as those of a socket are. */
  say(...lines: string[]): void {
    const bytes = Buffer.from(lines.join(''), 'latin1')
    this.listener.onData(bytes)
    bytes.fill('#')
  }
}

/** A session over a fake connection that was greeted, with these capabilities. */
export async function openFake(capabilities = 'IMAP4rev1 LITERAL+'): Promise<{ session: Session; server: FakeTransport }> {
  const server = new FakeTransport()
  const session = new Session({
    transport: server,
    place: { host: 'mail.example.org', port: 993, security: 'tls' },
    translate: (failure: Failure) =>
      new MigrationError('transient', `test.${failure.type}`, { message: failure.type, hint: '', cause: failure }),
    idleTimeoutMs: 1_000,
  })
  const greeting = session.greeting()
  server.say(`* OK [CAPABILITY ${capabilities}] hello\r\n`)
  await greeting
  return { session, server }
}
