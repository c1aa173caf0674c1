import type { IncomingMessage, ServerResponse } from 'node:http'
import { Hono } from 'hono'
import type { SandboxClock } from './clock.ts'
import { isBrokenAnswer } from './http/broken-answer.ts'
import type { RequestLog } from './http/request-log.ts'

/** Node's own objects behind a request. */
interface Bindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** What answers which paths. */
export interface Faces {
  readonly page: Hono
  readonly graph: Hono
  readonly signIn: Hono
  readonly importing: Hono
  readonly uploading: Hono
}

/** As the page names them. */
const faceNames = { page: 'page', graph: 'graph', signIn: 'sign-in', importing: 'import', uploading: 'upload' } as const

/** Tells the server that the answer has been dealt with already. */
const alreadySent = { 'x-hono-already-sent': 'true' }

/** One door for all faces, since a sandbox has one port in place of Microsoft's many hosts; it logs what passes. */
export function createFrontDoor(faces: Faces, log: RequestLog, clock: SandboxClock): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>()
  app.all('*', async (context) => {
    const request = context.req.raw
    const url = new URL(request.url)
    const face = faceOf(url.pathname)
    const startMs = performance.now()
    const response = await faces[face].fetch(request)
    if (face !== 'page') {
      log.record({
        atMs: clock.nowMs(),
        face: faceNames[face],
        method: request.method,
        url,
        status: response.status,
        durationMs: performance.now() - startMs,
      })
    }
    if (!isBrokenAnswer(response)) return response
    context.env.outgoing.destroy()
    return new Response(null, { headers: alreadySent })
  })
  return app
}

function faceOf(path: string): keyof Faces {
  if (path === '/' || path.startsWith('/mailboxes/') || path === '/favicon.ico') return 'page'
  if (/^\/(?:v1\.0|beta)(?:\/|$)/.test(path)) return 'graph'
  if (/^\/api\/g(?:v1\.0|beta)\//.test(path)) return 'importing'
  return /^\/api\/v[\d.]+\//.test(path) ? 'uploading' : 'signIn'
}
