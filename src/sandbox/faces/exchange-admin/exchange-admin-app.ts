import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { Authority, Caller } from '../../http/authorize.ts'
import type { Endpoints } from '../../http/endpoints.ts'
import { readBody } from '../../http/read-body.ts'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import { inTransaction } from '../../tenant/open-database.ts'
import { exchangeAppId } from '../../tenant/well-known-apps.ts'
import { collectWarnings, selectProperties, toResultBody } from './answer-rows.ts'
import { type AdministrationVersion, mayRun, readAdministrator } from './authorize-administration.ts'
import type { Cmdlet } from './cmdlet.ts'
import { CmdletError, toCmdletErrorBody } from './cmdlet-error.ts'
import { allCmdlets, endpointCmdlets } from './cmdlets.ts'
import { malformed, readCall } from './read-call.ts'

/** What Exchange's administration is made of. */
export interface ExchangeAdminOptions extends Authority {
  readonly stores: (tenantId: string) => MailboxStore
  readonly endpoints: Endpoints
  /** Told of what is thrown and is no refusal: a defect of the sandbox, answered with 500. */
  readonly onDefect: (error: unknown) => void
  /** Runs around every call whose caller may administer: faults. */
  readonly around?: (appId: string, next: () => Promise<Response>) => Promise<Response>
}

const bodyBytesMax = 4 * 1024 * 1024
const pageItemsMax = 1_000

/**
 * Exchange's cmdlets over HTTP, on the host that stands for `outlook.office365.com` (exchange.md 3.8):
 * `/adminapi/beta/{tenant}/InvokeCommand` runs them all, `/adminapi/v2.0/{tenant}/{endpoint}` those of the Admin API.
 */
export function createExchangeAdminApp(options: ExchangeAdminOptions): Hono {
  const app = new Hono()
  app.post('/adminapi/beta/:tenant/:invoke{[Ii]nvoke[Cc]ommand}', (context) =>
    answer(context.req.raw, 'beta', context.req.param('tenant'), allCmdlets, options),
  )
  app.post('/adminapi/v2.0/:tenant/:endpoint', (context) => {
    const cmdlets = endpointCmdlets[context.req.param('endpoint').toLowerCase()]
    return cmdlets === undefined ? empty(404) : answer(context.req.raw, 'v2.0', context.req.param('tenant'), cmdlets, options)
  })
  app.notFound(() => empty(404))
  return app
}

async function answer(
  raw: Request,
  version: AdministrationVersion,
  tenantName: string,
  cmdlets: readonly Cmdlet[],
  options: ExchangeAdminOptions,
): Promise<Response> {
  const authorized = readAdministrator(raw.headers.get('authorization'), version, tenantName, options)
  if ('status' in authorized) return empty(authorized.status)
  const { caller } = authorized
  const { around = (_appId, next) => next() } = options
  return around(caller.appId, () => carryOut(raw, version, tenantName, cmdlets, caller, options))
}

async function carryOut(
  raw: Request,
  version: AdministrationVersion,
  tenantName: string,
  cmdlets: readonly Cmdlet[],
  caller: Caller,
  options: ExchangeAdminOptions,
): Promise<Response> {
  try {
    const { cmdlet, values } = readCall(await readInput(raw), cmdlets)
    if (!mayRun(caller, cmdlet)) return empty(403)
    const { tenant } = caller
    const { scope, warnings } = collectWarnings({ tenant, store: options.stores(tenant.id) })
    const rows = inTransaction(tenant.database, () => cmdlet.run(values, scope))
    const url = new URL(raw.url)
    const page = pageOf(url, raw.headers.get('prefer'), rows.length, options.endpoints)
    const selected = selectProperties(rows.slice(page.start, page.end), url.searchParams.get('$select'))
    const context = `${options.endpoints.outlook}/adminapi/${version}/${tenantName}/$metadata#Collection(Exchange.GenericHashTable)`
    return json(200, toResultBody({ rows: selected, warnings, context, nextLink: page.nextLink }))
  } catch (error) {
    const refusal = error instanceof CmdletError ? error : defect(error, options)
    return json(refusal.status, toCmdletErrorBody(refusal))
  }
}

async function readInput(raw: Request): Promise<unknown> {
  const type = raw.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const bytes = type === 'application/json' ? await readBody(raw, bodyBytesMax) : undefined
  if (bytes === undefined) throw malformed()
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    throw malformed()
  }
}

/** `Prefer: odata.maxpagesize=N`; the next page is the same call at another URL. */
function pageOf(url: URL, prefer: string | null, itemsTotal: number, endpoints: Endpoints) {
  const preferred = Number(/odata\.maxpagesize\s*=\s*(\d+)/i.exec(prefer ?? '')?.[1] ?? pageItemsMax)
  const size = Math.min(Math.max(preferred, 1), pageItemsMax)
  const start = Number(/^\d{1,9}$/.exec(url.searchParams.get('$skiptoken') ?? '')?.[0] ?? 0)
  const end = start + size
  if (end >= itemsTotal) return { start, end, nextLink: undefined }
  const query = new URLSearchParams(url.search)
  query.set('$skiptoken', String(end))
  return { start, end, nextLink: `${endpoints.outlook}${url.pathname}?${query.toString().replaceAll('%24', '$')}` }
}

function defect(error: unknown, { onDefect }: ExchangeAdminOptions): CmdletError {
  onDefect(error)
  return new CmdletError(500, 'System.InvalidOperationException', 'An unexpected error occurred.')
}

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...common(), 'Content-Type': 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8', 'OData-Version': '4.0' } })
}

function empty(status: number): Response {
  const challenge = `Bearer client_id="${exchangeAppId}", token_types="app_asserted_user_v1 service_asserted_app_v1", error="invalid_token"`
  return new Response(null, { status, headers: { ...common(), ...(status === 401 && { 'WWW-Authenticate': challenge }) } })
}

function common(): Record<string, string> {
  return { 'request-id': randomUUID(), 'Cache-Control': 'no-cache' }
}
