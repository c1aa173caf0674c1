import type { HttpAnswer } from '../../../connectors/kit/http/http-client.ts'
import { exchangeError } from '../../../connectors/kit/microsoft/exchange-errors.ts'
import { readJson } from '../../../connectors/kit/microsoft/read-json.ts'
import { retryAfterMsOf } from '../../../connectors/kit/microsoft/retry-after.ts'
import { readTokenClaims } from '../../../connectors/kit/microsoft/sign-in/token-claims.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import { findResource } from '../bootstrap/directory.ts'
import { type Measurement, measured, measuring, notMeasured, type Question } from './measurement.ts'
import type { Measure, ProbedMailbox } from './probed-mailbox.ts'

const question: Question = {
  number: 9,
  id: 'exchange-admin-api',
  name: "Exchange's Admin API",
  writes: 'calls Get-Mailbox',
}
const permission = 'Exchange.ManageAsAppV2'

/** Directory roles that Exchange's administration was seen to want, by their template ids (exchange.md 3.8). */
const roleNames: Readonly<Record<string, string>> = {
  '29232cdf-9323-42fd-ade2-1d097af3e4de': 'Exchange Administrator',
  '31392ffb-586c-42d1-9346-e59415a2cc4e': 'Exchange Recipient Administrator',
  '62e90394-69f5-4237-9190-012177145e10': 'Global Administrator',
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451': 'Global Reader',
}

/** Whether the tenant has the Admin API and its permission, and which role an app needs for it. */
export const measureAdministration: Measure = { question, isOfItems: false, read: callAdminApi }

function callAdminApi(mailbox: ProbedMailbox): Promise<Measurement> {
  const { connection, context } = mailbox
  return measuring(question, async () => {
    const offered = await isOffered(mailbox)
    const token = await withPatience(() => connection.tokens.token('outlook', context.signal), context)
    const { roles, directoryRoleIds } = readTokenClaims(token)
    const hasPermission = roles.includes(permission)
    const role = directoryRoleIds.map((id) => roleNames[id] ?? 'another role').join(' and ')
    const offers = offered === undefined ? `whether the tenant offers ${permission} the app may not see` : `the tenant offers ${offered ? '' : 'no '}${permission}`
    const standing = `the app has ${hasPermission ? 'it' : 'not been granted it'} and ${role === '' ? 'no directory role' : `the role ${role}`}`
    const { status } = await getMailbox(mailbox, token)
    const seen = { ...(offered !== undefined && { offered }), hasPermission, role, status }
    const says = (answers: string): string => `${answers}; ${offers}; ${standing}`
    if (status === 200) return measured(question, says('Get-Mailbox answers'), "Exchange's own commands can go by the documented interface here: please report the role.", seen)
    if (status === 404) return measured(question, says('there is none (404)'), "Exchange's own commands go by the interface of its PowerShell module (--also exchange).", seen)
    const denied = `Get-Mailbox is refused (${status})`
    if (hasPermission) return measured(question, says(denied), 'Give the app the role Exchange Administrator, or a smaller one to see whether it is enough, and measure again.', seen)
    return notMeasured(question, says(denied), `Grant the app ${permission} of Office 365 Exchange Online and the role Exchange Administrator, and measure again; nothing in Mailvan needs it.`)
  })
}

/** Whether Exchange Online offers the permission in this tenant; undefined when the app may not look. */
async function isOffered({ connection: { graph } }: ProbedMailbox): Promise<boolean | undefined> {
  try {
    return (await findResource(graph, 'outlook'))?.roles.has(permission) === true
  } catch (error) {
    if (error instanceof MigrationError && error.kind === 'auth') return undefined
    throw error
  }
}

/** Statuses that say something about the interface; others are trouble of some kind. */
const telling = new Set([200, 401, 403, 404])

function getMailbox({ connection: { hosts, http }, context, endpoint, user }: ProbedMailbox, token: string): Promise<HttpAnswer> {
  const command = 'Get-Mailbox'
  return withPatience(async () => {
    const answer = await http.send({
      method: 'POST',
      url: `${hosts.exchangeAdmin}/adminapi/v2.0/${encodeURIComponent(endpoint.tenantId)}/Mailbox`,
      headers: { accept: 'application/json', authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-anchormailbox': `UPN:${user}` },
      body: JSON.stringify({ CmdletInput: { CmdletName: command, Parameters: { Identity: user } } }),
      signal: context.signal,
    })
    if (telling.has(answer.status)) return answer
    throw exchangeError(answer.status, readJson(answer.body), { command, retryAfterMs: retryAfterMsOf(answer.headers, context.clock.now()) })
  }, context)
}
