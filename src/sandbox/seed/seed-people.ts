import { emptyContact } from '../../formats/contact/contact.ts'
import { writeDistributionList } from '../../formats/contact/distribution-list.ts'
import { writeContact } from '../../formats/contact/write-contact.ts'
import { writeJournalEntry } from '../../formats/note/journal-entry.ts'
import { writeStickyNote } from '../../formats/note/sticky-note.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import { peopleOf } from './people.ts'
import { wellKnownId } from './seed-mail.ts'

const contactsTotal = 12
const dayMs = 86_400_000

/** Contacts with all their parts, a distribution list, a note, a journal entry and the category list. */
export function seedPeople(mailbox: Mailbox, domain: string, nowMs: number): void {
  const contacts = wellKnownId(mailbox, 'contacts')
  const known = peopleOf(contactsTotal).map(({ givenName, surname, jobTitle, alias }, index) => ({
    ...emptyContact,
    givenName,
    surname,
    displayName: `${givenName} ${surname}`,
    jobTitle,
    companyName: 'Fabrikam',
    emailAddresses: [{ address: `${alias}@${domain}`, name: `${givenName} ${surname}` }],
    businessPhones: [`+49 40 555 0${index}`],
    mobilePhone: `+49 170 555 0${index}`,
    businessAddress: { street: `Hafenstraße ${index + 1}`, city: 'Hamburg', postalCode: '20457', countryOrRegion: 'Germany' },
    ...(index % 3 === 0 && { birthday: `19${60 + index}-0${1 + (index % 9)}-15` }),
    categories: index % 2 === 0 ? ['Kunde'] : [],
    personalNotes: index % 4 === 0 ? 'Met at the fair in Hannover.' : undefined,
  }))
  for (const contact of known) mailbox.items.create(contacts, { message: writeContact(contact) })
  const list = {
    displayName: 'Project team',
    members: known.slice(0, 4).flatMap((contact) => contact.emailAddresses),
    unnamedMembersTotal: 0,
    categories: [],
    vcardLines: [],
  }
  mailbox.items.create(contacts, { message: writeDistributionList(list) })
  for (const [index, text] of ['Buy milk', 'Gate code 4711\r\nask Ines', 'Ideen für das Sommerfest'].entries()) {
    const color = (['yellow', 'blue', 'green'] as const)[index % 3] ?? 'yellow'
    mailbox.items.create(wellKnownId(mailbox, 'notes'), { message: writeStickyNote({ text, color, categories: [] }) })
  }
  mailbox.items.create(wellKnownId(mailbox, 'journal'), {
    message: writeJournalEntry({
      subject: 'Call with Fabrikam',
      entryType: 'Phone call',
      text: 'They want the offer by Friday.',
      start: new Date(nowMs - dayMs).toISOString(),
      end: new Date(nowMs - dayMs + 900_000).toISOString(),
      companies: ['Fabrikam'],
      contacts: [],
      categories: [],
    }),
  })
  const categories = [
    ['Kunde', 'preset0'],
    ['Project', 'preset4'],
    ['Überfällig', 'preset7'],
  ]
  for (const [displayName = '', color] of categories) {
    mailbox.documents.put('masterCategory', displayName.toLowerCase(), { id: crypto.randomUUID(), displayName, color })
  }
}
