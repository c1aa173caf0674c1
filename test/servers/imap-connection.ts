import { readFile } from 'node:fs/promises'
import { connect as connectPlain } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** How a test reaches an IMAP server. */
export interface ImapLogin {
  readonly port: number
  readonly user: string
  readonly password?: string
  readonly host?: string
  /** Implicit TLS, checked against `caFile`. */
  readonly caFile?: string
}

/** One response: its text, where each literal stands as `{}`, and the literals in order. */
export interface ImapResponse {
  readonly text: string
  readonly literals: readonly Buffer[]
}

/**
 * The simplest connection that is right: one command at a time, whole literals in memory. For tests only, and it shares
 * no code with the product. Every method throws when the server says anything but OK or the connection ends.
 */
export class ImapConnection {
  #socket: Socket
  #chunks: Buffer[] = []
  #length = 0
  #wake: (() => void) | undefined
  #failure: Error | undefined
  #tag = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#length += chunk.length
      this.#wake?.()
    })
    const fail = (error: Error) => {
      this.#failure ??= error
      this.#wake?.()
    }
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('the IMAP connection was closed')))
  }

  /** Connects and reads the greeting, without logging in. */
  static async connect(at: Pick<ImapLogin, 'host' | 'port' | 'caFile'>): Promise<ImapConnection> {
    const host = at.host ?? '127.0.0.1'
    const socket =
      at.caFile === undefined
        ? connectPlain({ host, port: at.port, noDelay: true })
        : connectTls({ host, port: at.port, ca: await readFile(at.caFile) })
    const connection = new ImapConnection(socket)
    await connection.#readResponse()
    return connection
  }

  /** Connects and logs in with LOGIN; the password is `pw` unless told. */
  static async login(to: ImapLogin): Promise<ImapConnection> {
    const connection = await ImapConnection.connect(to)
    await connection.command(`LOGIN ${quoted(to.user)} ${quoted(to.password ?? 'pw')}`)
    return connection
  }

  /**
   * Sends one command and returns its untagged responses, the tagged one last. With `onResponse` the untagged ones go
   * there instead, as they come. Literals in `parts` alternate with text and are sent byte for byte.
   */
  async command(
    parts: string | readonly (string | Uint8Array)[],
    onResponse?: (response: ImapResponse) => void,
  ): Promise<readonly ImapResponse[]> {
    const tag = `p${++this.#tag}`
    const collected: ImapResponse[] = []
    let pending = `${tag} `
    for (const part of typeof parts === 'string' ? [parts] : parts) {
      if (typeof part === 'string') {
        pending += part
        continue
      }
      this.#socket.write(`${pending}{${part.length}}\r\n`, 'latin1')
      let response = await this.#readResponse()
      while (!response.text.startsWith('+')) {
        refuseUnlessOk(response, tag)
        collected.push(response)
        response = await this.#readResponse()
      }
      this.#socket.write(part)
      pending = ''
    }
    this.#socket.write(`${pending}\r\n`, 'utf8')
    for (;;) {
      const response = await this.#readResponse()
      refuseUnlessOk(response, tag)
      if (response.text.startsWith(`${tag} `)) return [...collected, response]
      if (onResponse) onResponse(response)
      else collected.push(response)
    }
  }

  /** Logs out, or just hangs up when that fails. May be called twice. */
  async close(): Promise<void> {
    if (!this.#failure) await this.command('LOGOUT').catch(() => undefined)
    this.#socket.destroy()
  }

  async #readResponse(): Promise<ImapResponse> {
    let text = ''
    const literals: Buffer[] = []
    for (;;) {
      const line = (await this.#readLine()).toString('utf8')
      const announced = /\{(\d+)\}$/.exec(line)
      if (!announced) return { text: text + line, literals }
      text += `${line.slice(0, announced.index)}{}`
      literals.push(await this.#readBytes(Number(announced[1])))
    }
  }

  async #readLine(): Promise<Buffer> {
    let searched = 0
    for (;;) {
      const buffered = this.#joined()
      const end = buffered.indexOf('\r\n', searched)
      if (end >= 0) return this.#take(end + 2).subarray(0, end)
      searched = Math.max(0, buffered.length - 1)
      await this.#more()
    }
  }

  async #readBytes(count: number): Promise<Buffer> {
    while (this.#length < count) await this.#more()
    return this.#take(count)
  }

  #joined(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] as Buffer
  }

  #take(count: number): Buffer {
    const all = this.#joined()
    this.#chunks = [all.subarray(count)]
    this.#length -= count
    return all.subarray(0, count)
  }

  async #more(): Promise<void> {
    if (this.#failure) throw this.#failure
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    await promise
    this.#wake = undefined
  }
}

function refuseUnlessOk(response: ImapResponse, tag: string): void {
  if (response.text.startsWith(`${tag} `) && !response.text.startsWith(`${tag} OK`)) {
    throw new Error(`the IMAP server refused: ${response.text.slice(tag.length + 1)}`)
  }
}

/** An IMAP quoted string. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
