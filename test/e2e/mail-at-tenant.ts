import type { MailFacts } from './mail-multiset.ts'
import type { GraphObject, TenantClient } from './tenant-client.ts'

/** PidTagLastVerbExecuted: what its reader did with a message. */
const lastVerb = "id eq 'Integer 0x1081'"
const select = 'id,parentFolderId,receivedDateTime,isRead,isDraft,flag,categories'

/** All mail of a user as Graph gives it. */
export async function mailAtTenant(client: TenantClient, user: string): Promise<readonly MailFacts[]> {
  const paths = await foldersBelow(client, `/users/${user}/mailFolders`, [])
  const expand = `singleValueExtendedProperties($filter=${lastVerb})`
  const mail: MailFacts[] = []
  for (const message of await client.list(`/users/${user}/messages?$select=${select}&$expand=${encodeURIComponent(expand)}&$top=500`)) {
    mail.push({
      folder: paths.get(String(message['parentFolderId'])) ?? [],
      bytes: await client.bytes(`/users/${user}/messages/${String(message['id'])}/$value`),
      receivedAt: new Date(String(message['receivedDateTime'])),
      flags: flagsOf(message),
    })
  }
  return mail
}

function flagsOf(message: GraphObject): readonly string[] {
  const { flagStatus } = message['flag'] as { readonly flagStatus: string }
  const [verb] = (message['singleValueExtendedProperties'] ?? []) as readonly { readonly value: string }[]
  const told = [
    ['\\Seen', message['isRead'] === true],
    ['\\Draft', message['isDraft'] === true],
    ['\\Flagged', flagStatus === 'flagged'],
    ['\\Answered', verb?.value === '102' || verb?.value === '103'],
    ['$Forwarded', verb?.value === '104'],
  ] as const
  return [...told.flatMap(([flag, has]) => (has ? [flag] : [])), ...(message['categories'] as readonly string[])].toSorted()
}

/** Folders by id, with their names from the root down. */
async function foldersBelow(client: TenantClient, list: string, above: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const { id, displayName, childFolderCount } of await client.list(`${list}?$top=100`)) {
    const path = [...above, above.length === 0 && displayName === 'Inbox' ? 'INBOX' : String(displayName)]
    found.set(String(id), path)
    if (childFolderCount === 0) continue
    const children = `${list.slice(0, list.indexOf('/mailFolders'))}/mailFolders/${String(id)}/childFolders`
    for (const [child, childPath] of await foldersBelow(client, children, path)) found.set(child, childPath)
  }
  return found
}
