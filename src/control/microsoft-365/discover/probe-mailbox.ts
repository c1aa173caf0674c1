import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { MigrationError } from '../../../core/errors.ts'
import { type DirectoryUser } from '../directory-user.ts'
import { textOf } from '../json-fields.ts'
import type { DiscoveredMailbox, MailboxKind, Obstacle } from './discovered-mailbox.ts'
import { measureMailbox } from './mailbox-size.ts'

/** What could be found out of a user's mailbox. */
export type ProbedMailbox = Pick<DiscoveredMailbox, 'kind' | 'hasArchive' | 'size' | 'archiveSize' | 'obstacle'>

/**
 * Looks whether a user has a mailbox, what kind it is, and with `withSizes` what it holds. What the app may not see is
 * left open. Throws as `GraphCaller.call`.
 */
export async function probeMailbox(graph: GraphCaller, user: DirectoryUser, options: { readonly withSizes: boolean }): Promise<ProbedMailbox> {
  // Exchange gives every mailbox an address of its own: who has none and no licence has no mailbox either.
  if (!user.isLicensed && user.mail === undefined && user.addresses.length === 0) return without('not-licensed')
  const ids = await findMailboxIds(graph, user.id)
  if (ids === 'none') return without(obstacleOf(user))
  if (ids === 'denied') return { ...without('denied'), kind: 'unknown' }
  const kind = await readKind(graph, user.id)
  if (kind === 'none') return without(obstacleOf(user))
  const { primary, archive } = ids
  const measure = async (id: string | undefined, version: 'v1.0' | 'beta') =>
    id === undefined || !options.withSizes ? undefined : measureMailbox(graph, id, version)
  return {
    kind,
    hasArchive: archive !== undefined,
    size: await measure(primary, 'v1.0'),
    // Only beta serves archives (exchange.md 2.1).
    archiveSize: await measure(archive, 'beta'),
    obstacle: undefined,
  }
}

interface MailboxIds {
  readonly primary: string | undefined
  readonly archive: string | undefined
}

/** The ids by which the import/export API knows a user's mailboxes (exchange.md 2.3). */
async function findMailboxIds(graph: GraphCaller, userId: string): Promise<MailboxIds | 'none' | 'denied'> {
  for (const version of ['beta', 'v1.0'] as const) {
    try {
      const path = graphPath`/users/${userId}/settings/exchange`
      const { status, json } = await graph.call({ method: 'GET', path, version, expects: [404], permission: 'User.Read.All' })
      if (status === 404) return 'none'
      return { primary: textOf(json, 'primaryMailboxId'), archive: textOf(json, 'inPlaceArchiveMailboxId') }
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      if (error.code === 'graph.mailbox.denied') return 'denied'
      if (error.code !== 'graph.not-offered') throw error
    }
  }
  // A cloud without that API: the settings of the mailbox tell whether there is one.
  return { primary: undefined, archive: undefined }
}

const kinds: Readonly<Record<string, MailboxKind>> = {
  user: 'user',
  shared: 'shared',
  room: 'room',
  equipment: 'equipment',
  linked: 'linked',
  others: 'other',
}

async function readKind(graph: GraphCaller, userId: string): Promise<MailboxKind> {
  const path = graphPath`/users/${userId}/mailboxSettings/userPurpose`
  const { status, json } = await graph.call({ method: 'GET', path, expects: [403, 404], permission: 'MailboxSettings.Read' })
  if (status === 404) return 'none'
  if (status === 403) return 'unknown'
  return kinds[jsonText(json, 'value').toLowerCase()] ?? 'other'
}

function without(obstacle: Obstacle): ProbedMailbox {
  return { kind: 'none', hasArchive: false, size: undefined, archiveSize: undefined, obstacle }
}

function obstacleOf({ isLicensed, isSynchronised }: DirectoryUser): Obstacle {
  if (isSynchronised) return 'on-premises'
  return isLicensed ? 'not-ready' : 'no-mailbox'
}
