import { batchedGraph } from '../../../connectors/kit/microsoft/batched-graph.ts'
import { patientGraph } from '../../../connectors/kit/microsoft/with-patience.ts'
import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { type DirectoryUser, primaryAddress, readDirectoryPages } from '../directory-user.ts'
import { skuTitle } from '../sku-titles.ts'
import { readSubscriptions } from '../subscriptions.ts'
import type { TenantAccess } from '../tenant-access.ts'
import type { DiscoveredMailbox } from './discovered-mailbox.ts'
import type { MailboxFilter } from './mailbox-filter.ts'
import { probeMailbox } from './probe-mailbox.ts'

/** How a tenant is looked through. */
export interface DiscoveryOptions {
  readonly filter: MailboxFilter
  /** Also what the mailboxes hold, which costs some requests for each. */
  readonly withSizes: boolean
  /** Goes on behind a page that was given before. */
  readonly after?: string
}

/** Some mailboxes of a tenant, as the directory lists them. */
export interface DiscoveredPage {
  readonly mailboxes: readonly DiscoveredMailbox[]
  /** How many users were looked at for it. */
  readonly usersSeen: number
  /** Where the next page is; absent on the last. */
  readonly next: string | undefined
}

/**
 * Mailboxes asked at the same time: two requests of twenty parts. Each mailbox has limits of its own and is asked one thing after the
 * other, the directory has them for all (exchange.md 4.1).
 */
const mailboxesAtOnceMax = 40
const chunkUsers = 100

/**
 * The mailboxes of a tenant, guests left out: users without one too, with what stands in the way. Waits where it is asked
 * to, and throws as `GraphCaller.call` what that does not help.
 */
export async function* discoverMailboxes(access: TenantAccess, { filter, withSizes, after }: DiscoveryOptions): AsyncIterable<DiscoveredPage> {
  const graph = patientGraph(access.graph, access.context)
  const together = patientGraph(batchedGraph(access.graph), access.context)
  const licences = await readLicenceTitles(graph)
  for await (const { users, next } of readDirectoryPages(graph, after)) {
    const wanted = users.filter(filter.wantsUser)
    if (wanted.length === 0) yield { mailboxes: [], usersSeen: users.length, next }
    for (let start = 0; start < wanted.length; start += chunkUsers) {
      const chunk = wanted.slice(start, start + chunkUsers)
      const isLast = start + chunkUsers >= wanted.length
      const found = new Map<number, DiscoveredMailbox>()
      await forEachLimited(chunk, { concurrencyMax: mailboxesAtOnceMax, signal: access.context.signal }, async (user, index) => {
        const probed = await probeMailbox(together, user, { withSizes })
        if (filter.wantsKind(probed.kind)) found.set(index, { ...toMailbox(user, licences), ...probed })
      })
      const mailboxes = chunk.flatMap((_, index) => found.get(index) ?? [])
      // Users that were not wanted count with the last chunk of their page.
      const usersSeen = isLast ? users.length - start : chunk.length
      yield { mailboxes, usersSeen, next: isLast ? next : undefined }
    }
  }
}

/** Titles by SKU id; none where the app may not read subscriptions: the licences then show by their ids. */
async function readLicenceTitles(graph: GraphCaller): Promise<ReadonlyMap<string, string>> {
  try {
    return new Map((await readSubscriptions(graph)).map(({ skuId, title }) => [skuId, title]))
  } catch (error) {
    if (error instanceof MigrationError && error.kind === 'auth' && error.code.startsWith('graph.')) return new Map()
    throw error
  }
}

function toMailbox(user: DirectoryUser, licences: ReadonlyMap<string, string>) {
  const { id, userPrincipalName, displayName, givenName, surname, addresses, isEnabled, isLicensed } = user
  return {
    userId: id,
    address: primaryAddress(user),
    userPrincipalName,
    displayName,
    givenName,
    surname,
    addresses,
    isEnabled,
    isLicensed,
    licences: user.skuIds.map((skuId) => licences.get(skuId) ?? skuTitle(skuId)).toSorted(),
  }
}
