import { html } from 'hono/html'
import { profileNames } from '../../pace/fault-profiles.ts'
import type { DomainRecord } from '../../tenant/directory-records.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import type { ControlParts } from './controls.ts'
import { type Html, timeText } from './layout.ts'

const advances = [
  [60, '1 minute'],
  [600, '10 minutes'],
  [3600, '1 hour'],
  [24 * 3600, '1 day'],
  [30 * 24 * 3600, '30 days'],
] as const

/** What a person can change while the sandbox runs. */
export function controlsSection(parts: ControlParts): Html {
  const { clock, profiles, keys, tenants } = parts
  const published = keys.published()
  const domains = tenants.flatMap((tenant) =>
    [...tenant.directory.domains.all()].filter(({ isInitial }) => !isInitial).map((domain) => ({ tenant, domain })),
  )
  return html`<section>
<h2>Change it <span class="soft">scripts do the same by JSON at <code>POST /sandbox/…</code></span></h2>
<dl class="controls">
<dt>Clock</dt><dd><form method="post" action="/sandbox/clock"><span>${timeText(clock.nowMs())} UTC, forward by</span>
${advances.map(([seconds, text]) => html`<button name="advanceSeconds" value="${String(seconds)}">${text}</button>`)}</form></dd>
<dt>Faults</dt><dd><form method="post" action="/sandbox/profile">
${profileNames.map((name) => html`<button name="profile" value="${name}"${name === profiles.name ? html` class="chosen" aria-pressed="true"` : ''}>${name}</button>`)}</form></dd>
<dt>Signing keys</dt><dd><form method="post" action="/sandbox/keys"><span>${String(published.length)} published</span>
<button name="action" value="rotate">Sign with a new one</button><button name="action" value="revoke">Make all tokens void</button></form></dd>
<dt>DNS</dt><dd>${domains.length === 0 ? html`<span class="soft">No domain beside the initial ones.</span>` : domains.map(({ tenant, domain }) => domainRow(tenant, domain))}</dd>
</dl>
</section>`
}

function domainRow(tenant: Tenant, domain: DomainRecord): Html {
  const texts = tenant.settings.dnsTexts.get(domain.id) ?? []
  const isMissing = domain.verificationText !== '' && !texts.includes(domain.verificationText)
  const state = domain.isVerified ? html`<span class="good">verified</span>` : html`<span class="soft">not verified</span>`
  return html`<form method="post" action="/sandbox/dns"><span>${domain.id} <span class="soft">in ${tenant.name}</span> ${state}</span>
<input type="hidden" name="domain" value="${domain.id}">
${!domain.isVerified && isMissing ? html`<button name="add" value="${domain.verificationText}">Publish ${domain.verificationText}</button>` : ''}
${texts.map((text) => html`<button name="remove" value="${text}">Take ${text} away</button>`)}</form>`
}
