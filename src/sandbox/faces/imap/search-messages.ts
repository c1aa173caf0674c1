import { Buffer } from 'node:buffer'
import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import { decodeEncodedWords } from '../../../formats/encoded-words.ts'
import { htmlText } from '../../../formats/mime/html-text.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { receivedMsOf } from './fetch-message.ts'
import { flagsOf } from './flags.ts'
import { type ItemMime, shownSizeBytes } from './item-mime.ts'
import { parseMessage } from './message-parts.ts'
import type { SearchKey } from './search-keys.ts'
import type { SelectedFolder } from './selected-folder.ts'

const pauseItems = 500

/**
 * The messages of a folder that a key fits, as UIDs. Other connections are served meanwhile. Throws for message numbers
 * that there are not.
 */
export async function searchMessages(
  mailbox: Mailbox,
  folder: SelectedFolder,
  key: SearchKey,
  mime: ItemMime,
): Promise<readonly number[]> {
  const fits = toTest(key, { mailbox, folder, mime })
  const found: number[] = []
  let looked = 0
  for (const row of folder.rows(folder.resolve([[1, Number.POSITIVE_INFINITY]], true))) {
    if (fits(row)) found.push(row.uid)
    if (++looked % pauseItems === 0) await new Promise((resume) => setImmediate(resume))
  }
  return found
}

interface Place {
  readonly mailbox: Mailbox
  readonly folder: SelectedFolder
  readonly mime: ItemMime
}

type Test = (row: ItemRow) => boolean

function toTest(key: SearchKey, place: Place): Test {
  switch (key.type) {
    case 'all':
      return () => true
    case 'none':
      return () => false
    case 'flag':
      return (row) => flagsOf(row).has(key.flag)
    case 'set': {
      const uids = new Set(place.folder.resolve(key.set, key.byUid))
      return ({ uid }) => uids.has(uid)
    }
    case 'received':
      return (row) => isBetween(receivedMsOf(row), key.fromMs, key.untilMs)
    case 'sent':
      return ({ submittedMs }) => submittedMs !== undefined && isBetween(submittedMs, key.fromMs, key.untilMs)
    case 'size':
      return (row) => shownSizeBytes(row) > key.aboveBytes && shownSizeBytes(row) < key.belowBytes
    case 'header':
      return (row) => headerHolds(place, row, key.field, key.text)
    case 'body':
      return (row) => bodyOf(place, row).includes(key.text)
    case 'text':
      return (row) => `${headerTextOf(place, row)}\n${bodyOf(place, row)}`.includes(key.text)
    case 'not': {
      const test = toTest(key.key, place)
      return (row) => !test(row)
    }
    case 'or': {
      const tests = key.keys.map((each) => toTest(each, place))
      return (row) => tests.some((test) => test(row))
    }
    case 'and': {
      const tests = key.keys.map((each) => toTest(each, place))
      return (row) => tests.every((test) => test(row))
    }
  }
}

function isBetween(timeMs: number, fromMs: number, untilMs: number): boolean {
  return timeMs >= fromMs && timeMs < untilMs
}

function headerHolds({ mailbox, mime }: Place, row: ItemRow, field: string, text: string): boolean {
  if (field === 'subject') return row.subject.toLowerCase().includes(text)
  const values = parseMessage(mime.of(mailbox, row)).root.header.all(field)
  return values.some((value) => decodeEncodedWords(value).toLowerCase().includes(text))
}

function headerTextOf({ mailbox, mime }: Place, row: ItemRow): string {
  const { bytes, headerBytes } = parseMessage(mime.of(mailbox, row))
  return decodeEncodedWords(bytes.toString('utf8', 0, headerBytes)).toLowerCase()
}

function bodyOf({ mailbox }: Place, row: ItemRow): string {
  const { properties } = mailbox.items.head(row.id)
  const html = properties.get(known.html)
  const text = properties.get(known.body) ?? ''
  return `${text}\n${html === undefined ? '' : htmlText(Buffer.from(html).toString('utf8'))}`.toLowerCase()
}
