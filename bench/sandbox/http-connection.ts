import { Buffer } from 'node:buffer'
import { connect, type Socket } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')
const lineEnd = Buffer.from('\r\n')

/** An answer with its whole body. */
export interface HttpAnswer {
  readonly status: number
  readonly body: Buffer
}

/**
 * A connection that carries one request after the other and knows no more of HTTP than the sandbox's answers need. The
 * client of Node.js takes a third of what the sandbox takes for an item, on the two cores that they share.
 */
export class HttpConnection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #waiting: { readonly resolve: (answer: HttpAnswer) => void; readonly reject: (error: Error) => void } | undefined
  #failure: Error | undefined

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the sandbox closed the connection')))
  }

  get isBroken(): boolean {
    return this.#failure !== undefined
  }

  /** Sends a request's head and body; nothing else may be under way. Rejects when the connection breaks. */
  send(head: string, body: readonly Buffer[]): Promise<HttpAnswer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
    this.#waiting = { resolve, reject }
    this.#socket.write(body.length === 0 ? head : Buffer.concat([Buffer.from(head, 'latin1'), ...body]), 'latin1')
    return promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf(headEnd)
    if (end === -1) return
    const head = this.#received.toString('latin1', 0, end + lineEnd.length)
    const body = readBody(head, this.#received.subarray(end + headEnd.length))
    if (body === undefined) return
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#received = Buffer.alloc(0)
    waiting?.resolve({ status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)), body })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#waiting?.reject(this.#failure)
    this.#waiting = undefined
  }
}

/** Undefined while it is not there as a whole. */
function readBody(head: string, bytes: Buffer): Buffer | undefined {
  const sizeBytes = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1]
  if (sizeBytes !== undefined) return bytes.length < Number(sizeBytes) ? undefined : bytes.subarray(0, Number(sizeBytes))
  return /\r\ntransfer-encoding: chunked\r\n/i.test(head) ? readChunks(bytes) : Buffer.alloc(0)
}

function readChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const start = bytes.indexOf(lineEnd, at) + lineEnd.length
    if (start < lineEnd.length) return undefined
    const sizeBytes = Number.parseInt(bytes.toString('latin1', at, start), 16)
    if (bytes.length < start + sizeBytes + lineEnd.length) return undefined
    if (sizeBytes === 0) return Buffer.concat(chunks)
    chunks.push(bytes.subarray(start, start + sizeBytes))
    at = start + sizeBytes + lineEnd.length
  }
}
