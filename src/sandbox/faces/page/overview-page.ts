import { html } from 'hono/html'
import type { Tenant } from '../../tenant/tenant.ts'
import { controlsSection } from './controls-section.ts'
import type { PageOptions } from './create-page-app.ts'
import { bytesText, timeText } from './layout.ts'

const mailboxesMax = 200
const requestsMax = 40
const sentMax = 20

/** Tenants with their mailboxes, the controls, the outbox and the last requests. */
export function overviewPage(options: PageOptions) {
  return html`${options.tenants.map((tenant) => tenantSection(tenant, options))}${controlsSection(options)}${outboxSection(options)}${requestsSection(options)}`
}

function tenantSection(tenant: Tenant, { stores, clock }: PageOptions) {
  const store = stores(tenant.id)
  const mailboxes = store.all()
  const shown = mailboxes.slice(0, mailboxesMax)
  return html`<section>
<h2>${tenant.displayName} <span class="soft">${tenant.initialDomain} · ${tenant.cloud} · ${tenant.id}</span></h2>
${shown.length === 0 ? html`<p class="soft">No mailbox yet. Assign a licence to a user to have one made.</p>` : html`<table>
<tr><th>Mailbox</th><th class="wide">Kind</th><th class="number">Items</th><th class="number">Size</th><th>State</th></tr>
${shown.map((row) => {
  const mailbox = store.byGuid(row.guid)
  if (mailbox === undefined) return ''
  const state = mailbox.isDisconnected ? 'without a licence' : mailbox.readyMs > clock.nowMs() ? 'being made' : 'ready'
  return html`<tr><td><a href="/mailboxes/${row.guid}">${row.address}</a></td><td class="wide">${row.kind}</td>
<td class="number">${String(mailbox.itemsTotal)}</td><td class="number">${bytesText(mailbox.sizeBytes)}</td>
<td class="${state === 'ready' ? 'good' : 'soft'}">${state}</td></tr>`
})}
</table>`}
${mailboxes.length > shown.length ? html`<p class="soft">and ${String(mailboxes.length - shown.length)} more</p>` : ''}
</section>`
}

function outboxSection({ tenants, stores }: PageOptions) {
  const sent = tenants.flatMap((tenant) => stores(tenant.id).outbox.latest(sentMax).map((item) => ({ tenant, item })))
  const total = tenants.reduce((sum, { id }) => sum + stores(id).outbox.count, 0)
  return html`<section>
<h2>Outbox</h2>
${total === 0 ? html`<p class="good">Empty: nothing would have been sent to anybody.</p>` : html`<p class="bad">${String(total)} would have been sent.</p>
<table><tr><th>When</th><th>Why</th><th>Subject</th><th>To</th></tr>
${sent.map(({ item }) => html`<tr><td>${timeText(item.sentMs)}</td><td>${item.reason}</td><td class="long">${item.subject}</td><td class="long">${item.recipients.join(', ')}</td></tr>`)}
</table>`}
</section>`
}

function requestsSection({ log, profiles }: PageOptions) {
  const requests = log.latest(requestsMax)
  return html`<section>
<h2>Last requests <span class="soft">${String(log.total)} in all · profile ${profiles.name}</span></h2>
${requests.length === 0 ? html`<p class="soft">None yet.</p>` : html`<table>
<tr><th>When</th><th class="wide">Face</th><th>Request</th><th class="number">Status</th><th class="number">ms</th></tr>
${requests.map(
  (request) => html`<tr><td>${timeText(request.atMs).slice(11)}</td><td class="wide">${request.face}</td>
<td class="long"><code>${request.method} ${request.path}</code></td>
<td class="number ${request.status >= 400 ? 'bad' : ''}">${String(request.status)}</td><td class="number">${request.durationMs.toFixed(1)}</td></tr>`,
)}
</table>`}
</section>`
}
