import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A way to a sandbox over which the first answer to an import never comes. */
export interface LosingProxy {
  readonly url: string
  stop(): Promise<void>
}

/** Passes everything on to Graph and its import URLs at `upstream`; import URLs are made to lead through here as well. */
export async function startLosingProxy(upstream: string): Promise<LosingProxy> {
  let hasLost = false
  const server = createServer((request, response) => {
    passOn(request, upstream)
      .then(async (answer) => {
        if (!hasLost && request.url?.startsWith('/api/') === true) {
          hasLost = true
          await answer.arrayBuffer()
          request.socket.destroy()
          return
        }
        await giveBack(answer, response)
      })
      .catch(() => request.socket.destroy())
  })
  const url = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
  async function giveBack(answer: Response, response: ServerResponse): Promise<void> {
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1')
    const body = Buffer.from(text.replace(/"importUrl":"https?:\/\/[^/]+/, `"importUrl":"${url}`), 'latin1')
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(body)
  }
  return {
    url,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function passOn(request: IncomingMessage, upstream: string): Promise<Response> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const { method = 'GET', url = '/' } = request
  const headers = Object.fromEntries(
    ['authorization', 'content-type', 'prefer'].flatMap((name) => (request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]])),
  )
  return fetch(`${upstream}${url}`, { method, headers, ...(chunks.length > 0 && { body: Buffer.concat(chunks) }) })
}
