import { Buffer } from 'node:buffer'
import { connect, type Socket } from 'node:net'

const lineFeed = 0x0a
/** So many commands are under way at a time. */
const pipelinedMax = 64

/** An IMAP connection that knows no more than the bench needs: pipelined APPEND, and FETCH of whole messages. */
export class ImapClient {
  readonly #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #tags = 0
  readonly #waiting = new Map<string, { readonly resolve: () => void; readonly reject: (error: Error) => void }>()
  #onLiteral: (bytes: Buffer) => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the sandbox closed the connection')))
  }

  /** Connects without encryption and signs in. */
  static async open(at: { readonly host: string; readonly port: number }, response: string): Promise<ImapClient> {
    const client = new ImapClient(connect(at))
    await client.command(`AUTHENTICATE XOAUTH2 ${response}`)
    return client
  }

  /** Resolves when the command is answered with OK, rejects for anything else. */
  command(text: string): Promise<void> {
    const tag = `A${++this.#tags}`
    const answered = this.#answerTo(tag)
    this.#socket.write(`${tag} ${text}\r\n`)
    return answered
  }

  /** Appends messages to a folder, the next ones on their way before the first are answered. */
  async appendAll(folder: string, messages: readonly Buffer[]): Promise<void> {
    const underWay = new Set<Promise<void>>()
    for (let at = 0; at < messages.length; at += pipelinedMax / 2) {
      const batch: Buffer[] = []
      for (const message of messages.slice(at, at + pipelinedMax / 2)) {
        const tag = `A${++this.#tags}`
        batch.push(Buffer.from(`${tag} APPEND ${folder} (\\Seen) {${message.length}+}\r\n`), message, Buffer.from('\r\n'))
        const answered: Promise<void> = this.#answerTo(tag).finally(() => underWay.delete(answered))
        underWay.add(answered)
      }
      this.#socket.write(Buffer.concat(batch))
      while (underWay.size > pipelinedMax / 2) await Promise.race(underWay)
    }
    await Promise.all(underWay)
  }

  /** The bytes of all messages of a folder. */
  async fetchAll(folder: string): Promise<readonly Buffer[]> {
    const messages: Buffer[] = []
    await this.command(`EXAMINE ${folder}`)
    this.#onLiteral = (bytes) => messages.push(bytes)
    await this.command('UID FETCH 1:* (BODY.PEEK[])')
    this.#onLiteral = () => undefined
    return messages
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #answerTo(tag: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.set(tag, { resolve, reject })
    return promise
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, at)) {
      const line = bytes.toString('latin1', at, end - 1)
      const size = line.endsWith('}') ? Number(/\{(\d+)\}$/.exec(line)?.[1]) : undefined
      if (size === undefined) {
        at = end + 1
        if (line.startsWith('A')) this.#answer(line)
        continue
      }
      if (bytes.length < end + 1 + size) break
      this.#onLiteral(bytes.subarray(end + 1, end + 1 + size))
      at = end + 1 + size
    }
    this.#rest = bytes.subarray(at)
  }

  #answer(line: string): void {
    const space = line.indexOf(' ')
    const tag = line.slice(0, space)
    const waiting = this.#waiting.get(tag)
    this.#waiting.delete(tag)
    if (line.startsWith('OK', space + 1)) waiting?.resolve()
    else waiting?.reject(new Error(`IMAP answered ${line}`))
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
