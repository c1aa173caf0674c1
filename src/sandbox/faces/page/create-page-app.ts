import { Hono } from 'hono'
import { html } from 'hono/html'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import { addControlRoutes } from './control-routes.ts'
import type { ControlParts } from './controls.ts'
import { itemPage, mailboxPage } from './mailbox-page.ts'
import { page } from './layout.ts'
import { overviewPage } from './overview-page.ts'
import type { RequestOrigin } from './require-own-machine.ts'

/** What the page shows, and lets be changed. */
export interface PageOptions extends ControlParts {
  readonly stores: (tenantId: string) => MailboxStore
}

const overviewRefreshS = 5
/** Nothing but the page's own style runs or loads, whatever mail says. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The page at `/` for a person who wants to look inside, and the controls below `/sandbox`. */
export function createPageApp(options: PageOptions): Hono<{ Bindings: RequestOrigin }> {
  const app = new Hono<{ Bindings: RequestOrigin }>()
  app.use(async (context, next) => {
    await next()
    context.header('Content-Security-Policy', policy)
    context.header('X-Content-Type-Options', 'nosniff')
  })
  addControlRoutes(app, options)
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
