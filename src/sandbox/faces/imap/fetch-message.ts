import type { Buffer } from 'node:buffer'
import { MailboxError } from '../../mailbox/errors.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import type { Answer } from './answer.ts'
import { formatBodyStructure } from './body-structure.ts'
import { formatDateTime } from './date-time.ts'
import { formatEnvelope } from './envelope.ts'
import type { FetchItem } from './fetch-items.ts'
import { formatFlags } from './flags.ts'
import { type ItemMime, shownSizeBytes } from './item-mime.ts'
import { parseMessage, type ParsedMessage, sectionOf } from './message-parts.ts'

const needsMime: ReadonlySet<FetchItem['type']> = new Set(['section', 'ENVELOPE', 'BODYSTRUCTURE', 'BODY'])

/** When Exchange says that a message arrived: INTERNALDATE. */
export function receivedMsOf(row: ItemRow): number {
  return row.receivedMs ?? row.submittedMs ?? row.createdMs
}

/** An item of which parts are shown; its MIME form is made once, and only when something needs it. */
export class FetchedMessage {
  readonly #mailbox: Mailbox
  #row: ItemRow
  readonly #mime: ItemMime
  #bytes: Buffer | undefined
  #parsed: ParsedMessage | undefined

  constructor(mailbox: Mailbox, row: ItemRow, mime: ItemMime) {
    this.#mailbox = mailbox
    this.#row = row
    this.#mime = mime
  }

  /** Makes what the items need; false when the message has gone meanwhile. To be called before the first `write`. */
  prepare(items: readonly FetchItem[]): boolean {
    if (!items.some(({ type }) => needsMime.has(type))) return true
    try {
      this.#mimeBytes()
      return true
    } catch (error) {
      if (error instanceof MailboxError && error.code === 'item-not-found') return false
      throw error
    }
  }

  /** The message has other flags now. */
  show(row: ItemRow): void {
    this.#row = row
  }

  /** Writes one item and its value. */
  write(answer: Answer, item: FetchItem): void {
    if (item.type === 'section') return this.#writeSection(answer, item)
    answer.text(`${item.type} ${this.#value(item.type)}`)
  }

  #value(type: Exclude<FetchItem['type'], 'section'>): string {
    const row = this.#row
    switch (type) {
      case 'FLAGS':
        return `(${formatFlags(row)})`
      case 'INTERNALDATE':
        return `"${formatDateTime(receivedMsOf(row))}"`
      case 'UID':
        return String(row.uid)
      case 'RFC822.SIZE':
        return String(this.#bytes?.length ?? shownSizeBytes(row))
      case 'ENVELOPE':
        return formatEnvelope(this.#parse().root.header)
      case 'BODYSTRUCTURE':
      case 'BODY':
        return formatBodyStructure(this.#parse(), type === 'BODYSTRUCTURE')
    }
  }

  #writeSection(answer: Answer, { label, spec, partial }: Extract<FetchItem, { type: 'section' }>): void {
    const isWhole = spec.type === '' && spec.path.length === 0
    const bytes = isWhole ? this.#mimeBytes() : sectionOf(this.#parse(), spec)
    answer.text(`${label} `)
    if (bytes === undefined) answer.text('NIL')
    else if (partial === undefined) answer.literal(bytes)
    else answer.literal(bytes.subarray(partial.startByte, partial.startByte + partial.sizeBytes))
  }

  #mimeBytes(): Buffer {
    return (this.#bytes ??= this.#mime.of(this.#mailbox, this.#row))
  }

  #parse(): ParsedMessage {
    return (this.#parsed ??= parseMessage(this.#mimeBytes()))
  }
}
