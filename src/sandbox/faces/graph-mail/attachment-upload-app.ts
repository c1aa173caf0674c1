import { Hono } from 'hono'
import { attachmentSessionsOf, type ByteRange } from '../../graph-mailbox/attachment-sessions.ts'
import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { toGraphRefusal } from '../../graph-mailbox/store-errors.ts'
import type { Endpoints } from '../../http/endpoints.ts'
import { GraphError, toErrorBody } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readBody } from '../../http/read-body.ts'
import { MailboxError } from '../../mailbox/errors.ts'
import type { Tenant, Tenants } from '../../tenant/tenant.ts'

/** What the upload URLs need. */
export interface AttachmentUploadOptions {
  readonly tenants: Tenants
  readonly stores: MailboxStores
  readonly endpoints: Endpoints
  /** Told of what is thrown and is no refusal: a defect of the sandbox, answered with 500. */
  readonly onDefect: (error: unknown) => void
}

/** exchange.md 3.2: a piece is no longer than 4 MB. */
const pieceBytesMax = 4 * 1024 * 1024
const path =
  /^\/api\/(v[\d.]+)\/(Users\('([^'@]+)@([^')]+)'\)\/(Messages|Events)\('[^']+'\))\/AttachmentSessions\('([^']+)'\)$/i

/**
 * The part of Outlook's own host to which the pieces of large attachments go: PUT with `Content-Range` and the token of
 * the URL, GET for where it stands, DELETE to give up. Graph's own sign-in is refused here (exchange.md 3.2).
 */
export function createAttachmentUploadApp(options: AttachmentUploadOptions): Hono {
  const app = new Hono()
  app.all('/api/:version/*', async (context) => {
    const ids = {
      requestId: crypto.randomUUID(),
      clientRequestId: context.req.header('client-request-id') ?? crypto.randomUUID(),
    }
    try {
      return await handle(context.req.raw, options)
    } catch (error) {
      const refusal = toRefusal(error, options)
      const nowMs = options.tenants.all[0]?.clock.nowMs() ?? Date.now()
      return jsonAnswer(refusal.status, toErrorBody(refusal, ids, nowMs), refusal.headers)
    }
  })
  return app
}

async function handle(request: Request, { tenants, stores, endpoints }: AttachmentUploadOptions): Promise<Response> {
  const url = new URL(request.url)
  const [, version = '', around = '', userId, tenantId, , sessionId] = path.exec(decodeURIComponent(url.pathname)) ?? []
  const tenant = tenants.all.find(({ id }) => id === tenantId?.toLowerCase())
  if (tenant === undefined || userId === undefined || sessionId === undefined)
    throw new GraphError(404, 'ErrorItemNotFound', 'The upload session was not found.')
  if (request.headers.has('authorization')) {
    throw new GraphError(
      401,
      'InvalidAuthenticationToken',
      'The upload URL is authenticated already; it takes no Authorization header.',
    )
  }
  const sessions = attachmentSessionsOf(tenant)
  const session = sessions.get(sessionId, url.searchParams.get('authtoken') ?? '')
  const context = `${endpoints.outlook}/api/${version}/$metadata#${around.replaceAll('@', '%40')}/AttachmentSessions/$entity`
  const expires = new Date(session.expiresMs).toISOString()
  switch (request.method) {
    case 'GET':
      return jsonAnswer(200, {
        '@odata.context': context,
        ExpirationDateTime: expires,
        nextExpectedRanges: [String(session.receivedBytes)],
      })
    case 'DELETE':
      sessions.close(session)
      return emptyAnswer()
    case 'PUT': {
      const range = readRange(request.headers.get('content-range'))
      const bytes = await readPiece(request)
      const attachmentId = sessions.receive(session, mailboxOf(stores, tenant, session.mailboxGuid), range, bytes)
      if (attachmentId !== undefined) {
        const location = `${endpoints.outlook}/api/${version}/${around}/Attachments('${attachmentId}')`
        return new Response(null, { status: 201, headers: { Location: location } })
      }
      return jsonAnswer(200, {
        '@odata.context': context,
        ExpirationDateTime: expires,
        nextExpectedRanges: [String(range.end + 1)],
      })
    }
    default:
      throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
  }
}

function mailboxOf(stores: MailboxStores, tenant: Tenant, guid: string) {
  const mailbox = stores(tenant.id).byGuid(guid)
  if (mailbox === undefined) throw new GraphError(404, 'ErrorItemNotFound', 'The mailbox of the upload session is gone.')
  return mailbox
}

function readRange(header: string | null): ByteRange {
  const [, start, end, total] = /^bytes (\d{1,12})-(\d{1,12})\/(\d{1,12})$/i.exec(header?.trim() ?? '') ?? []
  if (start === undefined || Number(end) < Number(start)) {
    throw new GraphError(
      400,
      'InvalidContentRange',
      'The Content-Range header is missing or malformed: bytes {start}-{end}/{total}.',
    )
  }
  return { start: Number(start), end: Number(end), total: Number(total) }
}

async function readPiece(request: Request): Promise<Uint8Array> {
  const piece = await readBody(request, pieceBytesMax)
  if (piece === undefined) throw new GraphError(413, 'RequestEntityTooLarge', 'The piece is larger than 4 MB.')
  return piece
}

function toRefusal(error: unknown, { onDefect }: AttachmentUploadOptions): GraphError {
  if (error instanceof GraphError) return error
  if (error instanceof MailboxError) return toGraphRefusal(error)
  onDefect(error)
  return new GraphError(500, 'generalException', 'An unexpected error occurred.')
}
