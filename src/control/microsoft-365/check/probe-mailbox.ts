import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import type { GraphCall, GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import type { Scratch } from '../scratch/scratch.ts'
import type { WorkName } from '../work.ts'
import type { TenantCheckOptions } from './check-tenant.ts'
import { absent, bad, type Finding, finding, good, unknown } from './finding.ts'
import { findMailbox } from './find-mailbox.ts'
import { probeImap } from './probe-imap.ts'
import type { PatientConnection } from './probe-tenant.ts'
import { probeMimeWriting, probeOwnItems } from './probe-writing.ts'

/** Work on a mailbox, what is asked to see whether it can be done, and what that says. */
const readings: readonly { readonly work: WorkName; readonly name: string; readonly path: (user: string) => string; readonly says: string }[] = [
  { work: 'mail', name: 'mail', path: (user) => graphPath`/users/${user}/mailFolders/inbox`, says: 'mail can be read' },
  { work: 'calendars', name: 'calendars', path: (user) => graphPath`/users/${user}/calendar`, says: 'calendars can be read' },
  { work: 'contacts', name: 'contacts', path: (user) => graphPath`/users/${user}/contactFolders?$top=1`, says: 'contacts can be read' },
  { work: 'tasks', name: 'tasks', path: (user) => graphPath`/users/${user}/todo/lists?$top=1`, says: 'tasks can be read by an app' },
  { work: 'settings', name: 'settings', path: (user) => graphPath`/users/${user}/mailboxSettings`, says: 'mailbox settings can be read' },
]

/** What can be done in one mailbox (exchange.md 0.3); writes only where that is allowed. */
export async function* probeMailbox(
  endpoint: MicrosoftEndpoint,
  connection: PatientConnection,
  scratch: Scratch,
  options: TenantCheckOptions,
  context: Context,
): AsyncIterable<Finding> {
  const { graph } = connection
  let user = options.mailbox
  if (user === undefined) {
    const found = await findMailbox(graph)
    if ('state' in found) return yield found
    user = found.address
  }
  const exchange = await readExchangeSettings(graph, user)
  yield exchange.found
  if (exchange.found.state === 'bad') return
  yield exchange.archive
  if (endpoint.work.includes('items')) yield* probeItems(endpoint, connection, scratch, exchange, options, context)
  for (const { work, name, path, says } of readings) {
    if (!endpoint.work.includes(work)) continue
    const probe = { about: 'probe', name } as const
    const at = path(user)
    yield await finding(probe, async () => {
      await graph.call({ method: 'GET', path: at })
      return good(probe, says)
    })
  }
  if (endpoint.work.includes('mail') && endpoint.side !== 'source') {
    yield options.mayWrite
      ? await probeMimeWriting(graph, scratch, user)
      : unknown({ about: 'probe', name: 'native MIME' }, 'only seen by writing a message and removing it again: --write')
  }
  if (endpoint.work.includes('imap')) yield await probeImap(endpoint, connection.tokens, user, options.authorityFile, context)
}

async function* probeItems(
  endpoint: MicrosoftEndpoint,
  connection: PatientConnection,
  scratch: Scratch,
  { primaryId }: ExchangeSettings,
  options: TenantCheckOptions,
  context: Context,
): AsyncIterable<Finding> {
  const transfer = { about: 'probe', name: 'import/export' } as const
  if (primaryId === undefined) {
    return yield bad(transfer, 'whole items cannot be read or written in this cloud', 'Move mail by IMAP or as messages, and the rest by its own work: --without items.')
  }
  yield await finding(transfer, async () => {
    await connection.graph.call({ method: 'GET', path: graphPath`/admin/exchange/mailboxes/${primaryId}/folders`, query: { $top: 1 }, permission: 'MailboxFolder.Read.All' })
    return good(transfer, 'whole items can be listed')
  })
  if (endpoint.side === 'source') return
  yield options.mayWrite
    ? await probeOwnItems(connection, scratch, primaryId, context)
    : unknown({ about: 'probe', name: 'own items' }, 'only seen by writing a note and removing it again: --write')
}

/** What a tenant tells of a user's mailboxes. */
export interface ExchangeSettings {
  readonly found: Finding
  readonly archive: Finding
  readonly primaryId: string | undefined
  /** Undefined where there is no archive, or nobody tells. */
  readonly archiveId: string | undefined
}

/** `settings/exchange` on v1.0, and where that is not known on beta, which alone tells of the archive. */
export async function readExchangeSettings(graph: GraphCaller, user: string): Promise<ExchangeSettings> {
  const mailbox = { about: 'probe', name: 'mailbox' } as const
  const archive = { about: 'probe', name: 'archive' } as const
  const path = graphPath`/users/${user}/settings/exchange`
  try {
    const stable = await callUnlessAbsent(graph, { method: 'GET', path, permission: 'User.Read.All' })
    const beta = await callUnlessAbsent(graph, { method: 'GET', path, version: 'beta', permission: 'User.Read.All' })
    const primaryId = jsonText(stable ?? beta ?? {}, 'primaryMailboxId')
    if (primaryId === '') {
      return { found: unknown(mailbox, `${user}: this cloud does not tell of mailboxes in this way`), archive: unknown(archive, 'this cloud does not tell'), primaryId: undefined, archiveId: undefined }
    }
    const archiveId = jsonText(beta ?? {}, 'inPlaceArchiveMailboxId')
    return {
      found: good(mailbox, `${user} has a mailbox${stable === undefined ? '; its interface is only in beta here' : ''}`),
      archive: beta === undefined ? unknown(archive, 'the beta interface is not there') : archiveId !== '' ? good(archive, 'there is an archive') : absent(archive, 'there is no archive'),
      primaryId,
      archiveId: archiveId === '' ? undefined : archiveId,
    }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return { found: bad(mailbox, `${user}: ${error.message.replace(/\.$/, '')}`, error.hint), archive: unknown(archive, 'not looked at'), primaryId: undefined, archiveId: undefined }
  }
}

/** The answer, or undefined where the cloud does not have the interface. */
async function callUnlessAbsent(graph: GraphCaller, call: GraphCall) {
  try {
    return (await graph.call(call)).json
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'graph.not-offered') return undefined
    throw error
  }
}
