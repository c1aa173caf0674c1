import { readListText } from '../../pairs/read-list-text.ts'
import { discoverMailboxes } from '../discover/discover-mailboxes.ts'
import { toSourcePerson } from '../discover/discovery-list.ts'
import { parseMailboxFilter } from '../discover/mailbox-filter.ts'
import type { TenantAccess } from '../tenant-access.ts'
import { parseSourceList, type SourceList, type SourceListOptions } from './parse-source-list.ts'
import type { SourcePerson } from './source-person.ts'

/** The people of a list file (`parseSourceList`). Throws `UsageError` when there is no such list. */
export async function readPeople(file: string, options: SourceListOptions): Promise<SourceList> {
  return parseSourceList(await readListText(file), options)
}

/** The people whose mailboxes another tenant has. Throws as `discoverMailboxes`. */
export async function discoverPeople(access: TenantAccess, endpoint: string): Promise<SourceList> {
  const people: SourcePerson[] = []
  for await (const { mailboxes } of discoverMailboxes(access, { filter: parseMailboxFilter({}), withSizes: false })) {
    for (const mailbox of mailboxes) {
      if (mailbox.obstacle === undefined) people.push(toSourcePerson(mailbox, endpoint, people.length + 1))
    }
  }
  return { people, faulty: [] }
}
