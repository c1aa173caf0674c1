import type { Hono } from 'hono'
import type { SandboxClock } from './clock.ts'
import { isBrokenAnswer } from './http/broken-answer.ts'
import type { RequestLog } from './http/request-log.ts'

/** What the server has of a request besides: where it came from, and the way of its answer. */
interface Bindings {
  readonly incoming: { readonly socket: { readonly remoteAddress?: string | undefined } }
  readonly outgoing: { destroy(): unknown }
}

/** What answers which paths. */
export interface Faces {
  readonly page: Hono<{ Bindings: Pick<Bindings, 'incoming'> }>
  readonly graph: Hono
  readonly signIn: Hono
  readonly importing: Hono
  readonly uploading: Hono
  readonly administering: Hono
}

/** As the page names them. */
const faceNames = { graph: 'graph', signIn: 'sign-in', importing: 'import', uploading: 'upload', administering: 'admin' } as const

/** Tells the server that the answer has been dealt with already. */
const alreadySent = { 'x-hono-already-sent': 'true' }

/** What a server asks for answers. */
export interface FrontDoor {
  fetch(request: Request, bindings: Bindings): Promise<Response>
}

/** One door for all faces, since a sandbox has one port in place of Microsoft's many hosts; it logs what passes. */
export function createFrontDoor(faces: Faces, log: RequestLog, clock: SandboxClock): FrontDoor {
  return {
    async fetch(request, { incoming, outgoing }) {
      const face = faceOf(pathOf(request.url))
      if (face === 'page') return faces.page.fetch(request, { incoming })
      const startMs = performance.now()
      const response = await faces[face].fetch(request)
      log.record({
        atMs: clock.nowMs(),
        face: faceNames[face],
        method: request.method,
        url: request.url,
        status: response.status,
        durationMs: performance.now() - startMs,
      })
      if (!isBrokenAnswer(response)) return response
      outgoing.destroy()
      return new Response(null, { headers: alreadySent })
    },
  }
}

/** Parsing the whole URL, which may hold a long token, is left to the faces. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + '://'.length)
  const end = url.indexOf('?', start)
  return end === -1 ? url.slice(start) : url.slice(start, end)
}

function faceOf(path: string): keyof Faces {
  if (path === '/' || path === '/favicon.ico' || /^\/(?:mailboxes|sandbox)(?:\/|$)/.test(path)) return 'page'
  if (/^\/(?:v1\.0|beta)(?:\/|$)/.test(path)) return 'graph'
  if (/^\/adminapi\//i.test(path)) return 'administering'
  if (/^\/api\/g(?:v1\.0|beta)\//.test(path)) return 'importing'
  return /^\/api\/v[\d.]+\//.test(path) ? 'uploading' : 'signIn'
}
