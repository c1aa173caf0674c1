import { m365UrlOf } from '../../../connectors/kit/microsoft/m365-url.ts'
import { toCsvText } from '../../pairs/csv-text.ts'
import { type SourcePerson, toResourceKind } from '../match/source-person.ts'
import type { DiscoveredMailbox } from './discovered-mailbox.ts'

const columns = ['name', 'source', 'target', 'address', 'first_name', 'last_name', 'display_name', 'kind', 'licences', 'items', 'size_bytes', 'archive', 'last_change']

/**
 * Mailboxes as a list for `migrate --mailboxes` once somebody has written a target into each row, and for `match` as it is.
 */
export function toDiscoveryList(mailboxes: readonly DiscoveredMailbox[], endpoint: string): string {
  const rows = mailboxes.map(({ address, givenName, surname, displayName, kind, licences, size, hasArchive, userPrincipalName }) => [
    address,
    m365UrlOf({ endpoint, mailbox: userPrincipalName }),
    '',
    address,
    givenName ?? '',
    surname ?? '',
    displayName,
    kind,
    licences.join('; '),
    size === undefined ? '' : String(size.items),
    size === undefined ? '' : String(size.sizeBytes),
    hasArchive ? 'yes' : '',
    size?.lastChangeAt ?? '',
  ])
  return toCsvText([columns, ...rows])
}

/** A mailbox as somebody to be found at another tenant. */
export function toSourcePerson(mailbox: DiscoveredMailbox, endpoint: string, line: number): SourcePerson {
  const { address, addresses, userPrincipalName, displayName, givenName, surname, kind, hasArchive } = mailbox
  const resource = toResourceKind(kind)
  return {
    line,
    source: m365UrlOf({ endpoint, mailbox: userPrincipalName }),
    addresses: [...new Set([address, userPrincipalName, ...addresses])],
    ...(givenName !== undefined && { firstName: givenName }),
    ...(surname !== undefined && { lastName: surname }),
    ...(displayName !== '' && { displayName }),
    ...(resource !== undefined && { resource }),
    ...(hasArchive && { hasArchive }),
  }
}
