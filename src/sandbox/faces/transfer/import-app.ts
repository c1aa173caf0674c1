import type { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { SandboxClock } from '../../clock.ts'
import type { Endpoints } from '../../http/endpoints.ts'
import { GraphError } from '../../http/graph-error.ts'
import { bodyBytesOf, readBody } from '../../http/read-body.ts'
import { noMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { toGraphRefusal } from '../../graph-mailbox/store-errors.ts'
import { MailboxError } from '../../mailbox/errors.ts'
import { fromMailboxId } from '../../mailbox/ids.ts'
import { inSharedTransaction } from '../../tenant/in-shared-transaction.ts'
import type { Tenant, Tenants } from '../../tenant/tenant.ts'
import { readImportBody } from './import-body.ts'
import { expectedElsewhere, ImportError, importRefused, invalidSession, toImportError } from './import-error.ts'
import { importItem } from './import-item.ts'
import type { ImportSession } from './import-session.ts'
import { ImportSessions } from './import-sessions.ts'
import { MovedToAuxiliary, toOpened } from './opened-mailbox.ts'
import type { TransferParts } from './transfer-parts.ts'
import { transferDefaults, type TransferSettings } from './transfer-settings.ts'

/** A request to an import URL whose session is good. */
export interface ImportRequest {
  readonly session: ImportSession
  readonly tenant: Tenant
  readonly headers: Headers
  /** As the request declares it; undefined where it does not. */
  readonly bodyBytes: number | undefined
  /** The whole body; reads it once and keeps it. Undefined when it is longer than an import URL takes. */
  body(): Promise<Buffer | undefined>
  /** Makes the session's URL answer 401 from now on. */
  voidSession(): void
}

/** What import URLs are answered with. */
export interface ImportAppOptions extends Omit<TransferParts, 'settings'> {
  readonly tenants: Tenants
  readonly clock: SandboxClock
  readonly endpoints: Endpoints
  /** Those that `transferRoutes` was given. */
  readonly settings?: Partial<TransferSettings>
  /** Told of what is thrown and is no refusal: a defect of the sandbox, answered with 500. */
  readonly onDefect: (error: unknown) => void
  /** Runs around every request whose session is good, before its body is read: budgets and faults. May answer itself. */
  readonly around?: (request: ImportRequest, next: () => Promise<Response>) => Promise<Response>
}

/**
 * The import URLs that `createImportSession` gives out, on the host that stands for `outlook.office365.com` (exchange.md
 * 2.3): one item a POST, many to a session. What is no import URL is left to other apps of the same host: 404.
 */
export function createImportApp(options: ImportAppOptions): Hono {
  const app = new Hono()
  const settings = { ...transferDefaults, ...options.settings }
  const sessions = new ImportSessions(options.keys, options.clock)
  app.all('/api/*', async (context) => {
    const requestId = randomUUID()
    const response = await answer(context.req.raw, options, settings, sessions)
    response.headers.set('request-id', requestId)
    response.headers.set('client-request-id', context.req.header('client-request-id') ?? requestId)
    return response
  })
  return app
}

async function answer(
  raw: Request,
  options: ImportAppOptions,
  settings: TransferSettings,
  sessions: ImportSessions,
): Promise<Response> {
  try {
    const session = openSession(raw, sessions)
    const tenant = options.tenants.all.find(({ id }) => id === session.tenantId)
    if (tenant === undefined) throw invalidSession('Invalid import session.')
    let reading: Promise<Buffer | undefined> | undefined
    const request: ImportRequest = {
      session,
      tenant,
      headers: raw.headers,
      bodyBytes: bodyBytesOf(raw.headers),
      body: () => (reading ??= readBody(raw, settings.importBodyBytesMax)),
      voidSession: () => sessions.end(session),
    }
    const next = () => importFrom(request, options)
    return await (options.around === undefined ? next() : options.around(request, next))
  } catch (error) {
    const { status, body, headers } = toRefusal(error, options.onDefect)
    return outlookAnswer(status, body, headers)
  }
}

/** Throws 404, 405 and 401: no import URL, no POST, no good session. */
function openSession(raw: Request, sessions: ImportSessions): ImportSession {
  const session = sessions.read(raw.url)
  if (session === 'no-import-url') {
    throw importRefused(404, 'ResourceNotFound', `Resource not found for the segment '${new URL(raw.url).pathname}'.`)
  }
  if (raw.method !== 'POST')
    throw importRefused(405, 'ErrorInvalidRequest', 'The HTTP method is not allowed.', {
      Allow: 'POST',
    })
  if (raw.headers.has('authorization')) {
    throw invalidSession(
      'Invalid import session. The import URL is pre-authenticated; an Authorization header is not allowed.',
    )
  }
  if (session === 'expired') throw invalidSession('Invalid import session. The session has expired.')
  if (session === 'changed') throw invalidSession('Invalid import session. The import URL was changed.')
  if (session === 'invalid') throw invalidSession('Invalid import session.')
  return session
}

async function importFrom(request: ImportRequest, { stores, endpoints }: ImportAppOptions): Promise<Response> {
  const { session, tenant } = request
  const contentType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (contentType !== 'application/json') {
    throw importRefused(
      415,
      'UnsupportedMediaType',
      `The Content-Type '${contentType ?? ''}' is not supported; application/json was expected.`,
    )
  }
  const store = stores(tenant.id)
  const mailbox = store.byGuid(fromMailboxId(session.mailboxId)?.guid ?? '')
  if (mailbox === undefined || !store.isReady(mailbox)) throw noMailbox()
  const bytes = await request.body()
  if (bytes === undefined)
    throw importRefused(413, 'ErrorMessageSizeExceeded', 'The message exceeds the maximum supported size.')
  const body = readImportBody(bytes)
  const opened = toOpened(mailbox, store, tenant.id)
  const imported = await inSharedTransaction(tenant.database, () => importItem(opened, body))
  const context = `${endpoints.outlook}/api/g${session.version}/$metadata#microsoft.graph.importMailboxItemResponse`
  return outlookAnswer(200, { '@odata.context': context, ...imported })
}

function outlookAnswer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': 'application/json; odata.metadata=minimal; charset=utf-8',
      'Cache-Control': 'no-cache',
      ...headers,
    },
  })
}

function toRefusal(error: unknown, onDefect: (error: unknown) => void): ImportError {
  if (error instanceof ImportError) return error
  if (error instanceof MovedToAuxiliary) return expectedElsewhere(error.mailboxId)
  if (error instanceof MailboxError) return toImportError(toGraphRefusal(error))
  if (error instanceof GraphError) return toImportError(error)
  onDefect(error)
  return importRefused(500, 'ErrorInternalServerError', 'An internal server error occurred.')
}
