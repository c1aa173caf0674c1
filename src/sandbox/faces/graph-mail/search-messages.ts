import { Buffer } from 'node:buffer'
import type { MessageHead } from '../../../formats/fast-transfer/stored-form.ts'
import { bodyJson } from '../../graph-json/body-json.ts'
import { messageFlagBits } from '../../graph-json/message-json.ts'
import { type RecipientKind, recipientsJson } from '../../graph-json/recipient-json.ts'
import { messageProperties } from '../../../formats/mapi/message-properties.ts'
import { representingOf } from '../../../formats/mime/address-properties.ts'
import { isMessage } from '../../graph-mailbox/mail-folders.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { SearchTerm } from '../../http/odata/parse-search.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'

/** A page of a search. */
export interface SearchPage {
  readonly rows: readonly ItemRow[]
  readonly nextToken: string | undefined
}

/** Graph's page on `$search`: "search results up to 1,000". */
const resultsMax = 1000

/** What a term may name (Graph's page on `$search`, searchable properties of messages). */
type Text = (mailbox: Mailbox, row: ItemRow, head: () => MessageHead) => string

const texts: Readonly<Record<string, Text>> = {
  subject: (_, row) => row.subject,
  body: (_, __, head) => bodyJson(head().properties, 'text').content,
  from: (_, __, head) => fromText(head()),
  to: (_, __, head) => listText(head(), 'to'),
  cc: (_, __, head) => listText(head(), 'cc'),
  bcc: (_, __, head) => listText(head(), 'bcc'),
  recipients: (_, __, head) => (['to', 'cc', 'bcc'] as const).map((kind) => listText(head(), kind)).join('\n'),
  participants: (mailbox, row, head) => [fromText(head()), texts['recipients']?.(mailbox, row, head)].join('\n'),
  attachment: (mailbox, row) =>
    mailbox.items
      .attachments(row.id)
      .map(({ name }) => name)
      .join('\n'),
  category: (_, row) => row.categories.join('\n'),
  hasattachments: (_, row) => String(row.attachmentCount > 0),
  isread: (_, row) => String((row.messageFlags & messageFlagBits.read) !== 0),
  importance: (_, __, head) =>
    ['low', 'normal', 'high'][head().properties.get(messageProperties.importance) ?? 1] ?? 'normal',
}

/** Without a property a term is looked for in the usual ones: "from, subject, and body". */
const usual = ['from', 'subject', 'body'] as const

/** Finds messages by words, the latest first. Throws 400 for a property that cannot be searched and for a foreign token. */
export function searchMessages(
  mailbox: Mailbox,
  folderIds: readonly number[],
  {
    search,
    top,
    skipToken,
  }: { readonly search: readonly (readonly SearchTerm[])[]; readonly top: number; readonly skipToken: string | undefined },
): SearchPage {
  for (const { property } of search.flat()) {
    if (property === undefined || texts[property.toLowerCase()] !== undefined || property.toLowerCase() in dates) continue
    throw new GraphError(400, 'BadRequest', `Syntax error: the property '${property}' is not searchable.`)
  }
  const skip = skipToken === undefined ? 0 : offsetOf(skipToken)
  const rows: ItemRow[] = []
  let seen = 0
  for (const row of mailbox.items.scan(folderIds, true)) {
    if (!isMessage(row) || !search.some((terms) => terms.every((term) => fits(mailbox, row, term)))) continue
    if (++seen > resultsMax) break
    if (seen <= skip) continue
    if (rows.length === top) return { rows, nextToken: Buffer.from(`s${skip + top}`).toString('base64url') }
    rows.push(row)
  }
  return { rows, nextToken: undefined }
}

const dates = { received: 'receivedMs', sent: 'submittedMs' } as const

function fits(mailbox: Mailbox, row: ItemRow, { property, text }: SearchTerm): boolean {
  let head: MessageHead | undefined
  const read = () => (head ??= mailbox.items.head(row.id))
  const name = property?.toLowerCase()
  if (name === 'received' || name === 'sent') return fitsDate(row[dates[name]], text)
  const places = name === undefined ? usual : [name]
  const words = text.toLowerCase()
  return places.some((place) => texts[place]?.(mailbox, row, read).toLowerCase().includes(words))
}

/** `received:2026-11-21`, `received>=2026-11-01` is written `received:>=2026-11-01`. */
function fitsDate(timeMs: number | undefined, text: string): boolean {
  const [, operator = '=', date = ''] = /^(>=|<=|>|<|=)?(.+)$/.exec(text) ?? []
  const fromMs = Date.parse(date)
  if (timeMs === undefined || Number.isNaN(fromMs)) return false
  const toMs = fromMs + 24 * 3600 * 1000
  switch (operator) {
    case '>=':
      return timeMs >= fromMs
    case '<=':
      return timeMs < toMs
    case '>':
      return timeMs >= toMs
    case '<':
      return timeMs < fromMs
    default:
      return timeMs >= fromMs && timeMs < toMs
  }
}

function offsetOf(token: string): number {
  const offset = /^s(\d{1,6})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1]
  if (offset === undefined) throw new GraphError(400, 'ErrorInvalidUrlQuery', 'The skip token is not one of this search.')
  return Number(offset)
}

function fromText({ properties }: MessageHead): string {
  const from = representingOf(properties)
  return from === undefined ? '' : `${from.name} ${from.address}`
}

function listText({ recipients }: MessageHead, kind: RecipientKind): string {
  return recipientsJson(recipients, kind)
    .map(({ emailAddress: { name, address } }) => `${name} ${address}`)
    .join('\n')
}
