/** A folder of a sample mailbox. */
export interface SampleFolder {
  /** Decoded names from the root down; INBOX is `['INBOX']`. */
  readonly path: readonly string[]
  /** As in RFC 8621 section 2. */
  readonly role?: 'inbox' | 'sent' | 'drafts' | 'trash' | 'junk' | 'archive'
}

/** A folder and how much of the mail lies in it. */
export interface WeightedFolder extends SampleFolder {
  readonly weight: number
  /** All mail in it arrived in this year. */
  readonly year?: number
}

const folder = (name: string, weight = 1): WeightedFolder => ({ path: name.split('/'), weight })

/** The folders of the sample mailbox: parents before children, one of them empty. */
export const sampleFolders: readonly WeightedFolder[] = [
  { path: ['INBOX'], role: 'inbox', weight: 30 },
  { path: ['Sent'], role: 'sent', weight: 18 },
  { path: ['Drafts'], role: 'drafts', weight: 1 },
  { path: ['Trash'], role: 'trash', weight: 3 },
  { path: ['Junk'], role: 'junk', weight: 4 },
  { path: ['Archive'], role: 'archive', weight: 2 },
  ...[2017, 2018, 2019, 2020, 2021, 2022].map((year) => ({ path: ['Archive', String(year)], weight: 3, year })),
  folder('Projekte', 2),
  folder('Projekte/Brücke Süd', 2),
  folder('Projekte/Brücke Süd/Verträge & Pläne'),
  folder('Проекты', 2),
  folder('Проекты/Отчёты', 2),
  folder('日本語', 1),
  folder('日本語/請求書', 2),
  folder('Clients', 1),
  folder('Clients/A & B Ltd', 2),
  folder('Clients/Ångström AB', 2),
  folder('Clients/Ångström AB/2024'),
  folder('Clients/Ångström AB/2024/Q1'),
  folder('Lists', 0.2),
  folder('Lists/ietf-imapext', 10),
  folder('Lists/Empty', 0),
  folder('Receipts 📬', 3),
  folder('With (parens) [x]'),
  folder('Ελλάδα'),
]
