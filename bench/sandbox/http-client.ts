import { Buffer } from 'node:buffer'
import { Agent, request } from 'node:http'

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
  #agent = new Agent({ keepAlive: true })

  /** The whole body. Rejects for any status but 200 and 201: nothing that the bench asks for may be refused. */
  send({ method, url, headers = {}, body = [] }: HttpCall): Promise<Buffer> {
    const sizeBytes = body.reduce((sum, piece) => sum + piece.length, 0)
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const sizes: Record<string, number> = method === 'POST' ? { 'Content-Length': sizeBytes } : {}
    const sent = request(url, { method, agent: this.#agent, headers: { ...headers, ...sizes } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
        if (answer.statusCode === 200 || answer.statusCode === 201) resolve(bytes)
        else reject(new Error(`${method} ${url.pathname} was answered with ${answer.statusCode}: ${bytes.toString('utf8', 0, 300)}`))
      })
    })
    sent.on('error', reject)
    if (body.length === 1) sent.end(body[0])
    else if (body.length > 1) sent.end(Buffer.concat(body))
    else sent.end()
    return promise
  }

  async json(call: HttpCall): Promise<Record<string, unknown>> {
    return JSON.parse((await this.send(call)).toString('utf8')) as Record<string, unknown>
  }

  /** Gives up connections that the server may be about to give up; while nothing is under way. */
  reconnect(): void {
    this.#agent.destroy()
    this.#agent = new Agent({ keepAlive: true })
  }

  close(): void {
    this.#agent.destroy()
  }
}
