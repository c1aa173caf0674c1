import type { Buffer } from 'node:buffer'
import { HttpConnection } from './http-connection.ts'

/** A request to the sandbox over plain HTTP. */
export interface HttpCall {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** Sent one after the other. */
  readonly body?: readonly Buffer[]
}

/** Connections that are kept, and answers as they come: what the client costs is time that the sandbox does not get. */
export class HttpClient {
  /** Those with nothing under way, by host and port. */
  readonly #idle = new Map<string, HttpConnection[]>()

  /** The whole body. Rejects for any status but 200 and 201: nothing that the bench asks for may be refused. */
  async send({ method, url, headers = {}, body = [] }: HttpCall): Promise<Buffer> {
    const { host, pathname, search } = url
    const idle = this.#idle.get(host) ?? []
    this.#idle.set(host, idle)
    const connection = takeWorking(idle) ?? new HttpConnection(url.hostname, Number(url.port))
    let head = `${method} ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n`
    for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`
    if (method === 'POST') head += `Content-Length: ${body.reduce((sum, piece) => sum + piece.length, 0)}\r\n`
    const answer = await connection.send(`${head}\r\n`, body)
    idle.push(connection)
    if (answer.status === 200 || answer.status === 201) return answer.body
    throw new Error(`${method} ${pathname} was answered with ${answer.status}: ${answer.body.toString('utf8', 0, 300)}`)
  }

  async json(call: HttpCall): Promise<Record<string, unknown>> {
    return JSON.parse((await this.send(call)).toString('utf8')) as Record<string, unknown>
  }

  /** Gives up connections that the server may be about to give up; while nothing is under way. */
  reconnect(): void {
    this.close()
  }

  close(): void {
    for (const connection of [...this.#idle.values()].flat()) connection.close()
    this.#idle.clear()
  }
}

/** The server gives up connections on which nothing comes. */
function takeWorking(idle: HttpConnection[]): HttpConnection | undefined {
  let connection = idle.pop()
  while (connection?.isBroken === true) connection = idle.pop()
  return connection
}
