import { Hono } from 'hono'
import { html } from 'hono/html'
import type { RequestLog } from '../../http/request-log.ts'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import type { FaultProfiles } from '../../pace/fault-profiles.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { itemPage, mailboxPage } from './mailbox-page.ts'
import { page } from './layout.ts'
import { overviewPage } from './overview-page.ts'

/** What the page shows. */
export interface PageOptions {
  readonly tenants: readonly Tenant[]
  readonly stores: (tenantId: string) => MailboxStore
  readonly log: RequestLog
  readonly profiles: FaultProfiles
  readonly nowMs: () => number
}

const overviewRefreshS = 5
/** Nothing but the page's own style runs or loads, whatever mail says. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The page at `/` for a person who wants to look inside; it changes nothing. */
export function createPageApp(options: PageOptions): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    context.header('Content-Security-Policy', policy)
    context.header('X-Content-Type-Options', 'nosniff')
  })
  app.get('/', (context) => context.html(page('Overview', overviewPage(options), overviewRefreshS)))
  app.get('/mailboxes/:guid', (context) => {
    const found = findMailbox(options, context.req.param('guid'))
    if (found === undefined) return context.notFound()
    const folderId = Number(context.req.query('folder'))
    const pageNumber = Math.max(1, Math.trunc(Number(context.req.query('page') ?? 1)) || 1)
    return context.html(page(found.row.address, mailboxPage(found, Number.isInteger(folderId) ? folderId : undefined, pageNumber)))
  })
  app.get('/mailboxes/:guid/items/:item', (context) => {
    const mailbox = findMailbox(options, context.req.param('guid'))
    const item = mailbox?.items.find(Number(context.req.param('item')))
    if (mailbox === undefined || item === undefined) return context.notFound()
    return context.html(page(item.subject, itemPage(mailbox, item)))
  })
  app.notFound((context) => context.html(page('Not found', html`<section><h2>There is nothing here</h2><a href="/">Back to the overview</a></section>`), 404))
  return app
}

function findMailbox({ tenants, stores }: PageOptions, guid: string) {
  for (const { id } of tenants) {
    const mailbox = stores(id).byGuid(guid)
    if (mailbox !== undefined) return mailbox
  }
  return undefined
}
