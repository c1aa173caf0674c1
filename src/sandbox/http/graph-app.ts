import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { findUser } from '../tenant/directory-store.ts'
import { authenticate, type Authority, type Caller, requirePermission } from './authorize.ts'
import type { Endpoints } from './endpoints.ts'
import { GraphError, type RequestIds, toErrorBody } from './graph-error.ts'
import { jsonAnswer } from './json-answer.ts'
import { parsePath } from './path-segments.ts'
import { readBody } from './read-body.ts'
import { type GraphRequest, type GraphVersion, type Route, RouteTable } from './route.ts'

/** What Graph's front door is made of. */
export interface GraphAppOptions extends Authority {
  readonly endpoints: Endpoints
  /** The tables of all faces together. */
  readonly routes: readonly Route[]
  /** Told of what is thrown and is no refusal: a defect of the sandbox, answered with 500. */
  readonly onDefect: (error: unknown) => void
  /**
   * Runs around every request whose caller is known, before its permissions are looked at: budgets and faults. May answer
   * itself, may throw a `GraphError`.
   */
  readonly around?: (request: GraphRequest, next: () => Promise<Response>) => Promise<Response>
  /** What Exchange permits the calling app in the mailbox that a request is about, besides what its token says. */
  readonly permissionsInMailbox?: (request: GraphRequest) => readonly string[]
}

/** Graph's front door takes this much (exchange.md 4.1). */
const bodyBytesMax = 4 * 1024 * 1024

/**
 * Microsoft Graph as an app: `/v1.0/...` and `/beta/...`. Bearer check, routing, permissions, error envelopes and the
 * request ids are here and nowhere else; the faces are tables of routes.
 */
export function createGraphApp(options: GraphAppOptions): Hono {
  const app = new Hono()
  const table = new RouteTable(options.routes)
  const batchParts = new WeakSet<Request>()
  const dispatch = (part: Request) => {
    batchParts.add(part)
    return Promise.resolve(app.fetch(part))
  }
  const answer = async (raw: Request): Promise<Response> => {
    const ids = readIds(raw.headers)
    try {
      return withIds(await handle(raw, ids, options, table, { isBatchPart: batchParts.has(raw), dispatch }), ids)
    } catch (error) {
      const refusal = toGraphError(error, options.onDefect)
      return withIds(jsonAnswer(refusal.status, toErrorBody(refusal, ids, options.clock.nowMs()), refusal.headers), ids)
    }
  }
  app.all('/v1.0/*', (context) => answer(context.req.raw))
  app.all('/beta/*', (context) => answer(context.req.raw))
  app.notFound((context) => {
    const ids = readIds(context.req.raw.headers)
    const version = new URL(context.req.url).pathname.split('/')[1] ?? ''
    const refusal = new GraphError(400, 'BadRequest', `Invalid version: ${version}`)
    return withIds(jsonAnswer(400, toErrorBody(refusal, ids, options.clock.nowMs())), ids)
  })
  return app
}

async function handle(
  raw: Request,
  ids: RequestIds,
  options: GraphAppOptions,
  table: RouteTable,
  batching: Pick<GraphRequest, 'isBatchPart' | 'dispatch'>,
): Promise<Response> {
  const caller = authenticate(raw.headers.get('authorization'), options)
  const url = new URL(raw.url)
  const version: GraphVersion = url.pathname.startsWith('/beta/') ? 'beta' : 'v1.0'
  const written = parsePath(url.pathname.slice(version.length + 2))
  const path = { ...written, segments: withoutMe(written.segments, caller) }
  const { route, params } = table.find(raw.method, version, path)
  const request: GraphRequest = {
    ...ids,
    method: raw.method,
    version,
    path: url.pathname,
    params,
    query: url.searchParams,
    headers: raw.headers,
    caller,
    tenant: caller.tenant,
    area: route.area,
    endpoints: options.endpoints,
    bytes: bodyReader(raw, route.bodyBytesMax ?? bodyBytesMax),
    ...batching,
  }
  const next = async () => {
    requirePermission(caller, route.permissions, route.area, ownerOf(path.segments, caller), options.permissionsInMailbox?.(request))
    return route.handle(request)
  }
  return options.around === undefined ? next() : options.around(request, next)
}

/** `/me` is the signed-in user; an application has none. */
function withoutMe(segments: readonly string[], caller: Caller): readonly string[] {
  if (segments[0]?.toLowerCase() !== 'me') return segments
  if (caller.userId === undefined) {
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.')
  }
  return ['users', caller.userId, ...segments.slice(1)]
}

function ownerOf(segments: readonly string[], caller: Caller): string | undefined {
  const [collection, id] = segments
  if (collection?.toLowerCase() !== 'users' || id === undefined) return undefined
  return findUser(caller.tenant.directory, id)?.id ?? id
}

function bodyReader(raw: Request, bytesMax: number): () => Promise<Uint8Array> {
  let body: Promise<Uint8Array> | undefined
  return () => (body ??= bodyOf(raw, bytesMax))
}

async function bodyOf(raw: Request, bytesMax: number): Promise<Uint8Array> {
  const body = await readBody(raw, bytesMax)
  if (body === undefined) throw new GraphError(413, 'RequestEntityTooLarge', 'The request body is too large.')
  return body
}

function readIds(headers: Headers): RequestIds {
  const requestId = randomUUID()
  return { requestId, clientRequestId: headers.get('client-request-id') ?? requestId }
}

function withIds(response: Response, ids: RequestIds): Response {
  response.headers.set('request-id', ids.requestId)
  response.headers.set('client-request-id', ids.clientRequestId)
  return response
}

function toGraphError(error: unknown, onDefect: (error: unknown) => void): GraphError {
  if (error instanceof GraphError) return error
  onDefect(error)
  return new GraphError(500, 'generalException', 'An unexpected error occurred.')
}
