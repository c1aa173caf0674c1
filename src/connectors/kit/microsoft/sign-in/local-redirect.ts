import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MigrationError } from '../../../../core/errors.ts'

/** A place on this machine to which a browser is sent when somebody has signed in (RFC 8252 section 7.3). */
export interface LocalRedirect {
  readonly uri: string
  /** What the browser brings with this `state`; what comes without it is refused. Rejects with the signal's reason. */
  answer(state: string, signal: AbortSignal): Promise<URLSearchParams>
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Opens it on a free port, or on `port`. The person reads `said` in the browser when it went well. Throws `config` when the
 * port is taken.
 */
export async function openLocalRedirect(said: string, port = 0): Promise<LocalRedirect> {
  let awaited: string | undefined
  const answered = Promise.withResolvers<URLSearchParams>()
  const server = createServer((request, response) => {
    const { searchParams, pathname } = new URL(request.url ?? '/', 'http://localhost')
    const isOurs = request.method === 'GET' && pathname === '/' && awaited !== undefined && searchParams.get('state') === awaited
    response.writeHead(isOurs ? 200 : 400, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'",
      'Referrer-Policy': 'no-referrer',
      Connection: 'close',
    })
    const isGood = isOurs && !searchParams.has('error')
    response.end(page(isGood ? said : isOurs ? 'That did not succeed.' : 'This is no answer of the sign-in.'))
    if (isOurs) answered.resolve(searchParams)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portTaken(port, cause)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    uri: `http://localhost:${(server.address() as AddressInfo).port}`,
    async answer(state, signal) {
      signal.throwIfAborted()
      awaited = state
      const abort = (): void => answered.reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      try {
        return await answered.promise
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // What is being written is let out; a browser that keeps its connection open is not waited for.
      setTimeout(() => server.closeAllConnections(), 1000).unref()
      await closed
    },
  }
}

function page(text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mailvan</title><h1>${text}</h1><p>You can close this window and go back to Mailvan.</p></html>`
}

function portTaken(port: number, cause: Error): MigrationError {
  return new MigrationError('config', 'microsoft.sign-in.port', {
    message: `Port ${port} of this machine cannot be used for the answer of the sign-in.`,
    hint: 'Leave the port out to have a free one taken.',
    cause,
  })
}
