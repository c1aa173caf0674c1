import type { ItemRow } from '../../mailbox/rows.ts'
import { inTransaction } from '../../tenant/open-database.ts'
import { type CommandCall, receivingFolder, selectedFolder, writableFolder } from './command-call.ts'
import { FetchedMessage } from './fetch-message.ts'
import { type FetchItem, parseFetchItems } from './fetch-items.ts'
import { type Flag, flagsOf, formatFlags, parseFlags, setFlags } from './flags.ts'
import { badArguments } from './refusal.ts'
import { parseSearchKeys } from './search-keys.ts'
import { searchMessages } from './search-messages.ts'
import type { SelectedFolder } from './selected-folder.ts'
import { formatSequenceSet, parseSequenceSet } from './sequence-set.ts'

const batchItems = 200
/** A batch ends when its answer has come to this. */
const batchBytes = 256 * 1024

/** RFC 3501 section 6.4.5. Messages that have gone meanwhile are left out. */
export async function fetch(call: CommandCall): Promise<string> {
  const { args, byUid } = call
  const folder = selectedFolder(call)
  const uids = readSet(call, folder)
  args.space()
  const asked = parseFetchItems(args)
  args.end()
  const marksSeen = !folder.isReadOnly && asked.some((item) => item.type === 'section' && item.marksSeen)
  const withUid: readonly FetchItem[] = byUid && !asked.some(({ type }) => type === 'UID') ? [{ type: 'UID' }, ...asked] : asked
  const items: readonly FetchItem[] = marksSeen && !asked.some(({ type }) => type === 'FLAGS') ? [...withUid, { type: 'FLAGS' }] : withUid
  const rows = folder.rows(uids)
  for (let isMore = true; isMore; ) {
    // The sizes that become known on the way are kept together: a write of its own for each would cost more than the rest.
    isMore = inTransaction(call.box.account.database, () => writeBatch(call, folder, rows, items, marksSeen))
    await call.relieve()
  }
  return 'FETCH completed.'
}

/** False after the last message. */
function writeBatch(
  call: CommandCall,
  folder: SelectedFolder,
  rows: Iterator<ItemRow>,
  items: readonly FetchItem[],
  marksSeen: boolean,
): boolean {
  for (let count = 0; count < batchItems && call.answer.sizeBytes < batchBytes; count++) {
    const { value, done } = rows.next()
    if (done === true) return false
    writeMessage(call, folder, value, items, marksSeen)
  }
  return true
}

function writeMessage(call: CommandCall, folder: SelectedFolder, row: ItemRow, items: readonly FetchItem[], marksSeen: boolean): void {
  const { answer, box } = call
  const { mailbox, services } = box
  const message = new FetchedMessage(mailbox, row, services.mime)
  if (!message.prepare(items)) return
  if (marksSeen && !flagsOf(row).has('seen')) {
    const seen = setFlags(mailbox, row, new Set([...flagsOf(row), 'seen']), services.clock.nowMs())
    folder.markAnswered(seen)
    message.show(seen)
  }
  answer.text(`* ${folder.numberOf(row.uid)} FETCH (`)
  for (const [at, item] of items.entries()) {
    if (at > 0) answer.text(' ')
    message.write(answer, item)
  }
  answer.text(')\r\n')
}

/** RFC 3501 section 6.4.6. */
export async function storeFlags(call: CommandCall): Promise<string> {
  const { args, answer, byUid, box } = call
  const folder = writableFolder(call)
  const uids = readSet(call, folder)
  args.space()
  const [, sign, silent] = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(args.word()) ?? [undefined, undefined, undefined]
  if (sign === undefined) throw badArguments()
  args.space()
  const flags = parseFlags(args.next === '(' ? args.list(() => args.word()) : readWords(call))
  args.end()
  const nowMs = box.services.clock.nowMs()
  await inBatches(call, folder, uids, (row) => {
    const stored = setFlags(box.mailbox, row, combine(flagsOf(row), sign, flags), nowMs)
    if (stored !== row) folder.markAnswered(stored)
    if (silent !== undefined) return
    const uid = byUid ? ` UID ${row.uid}` : ''
    answer.untagged(`${folder.numberOf(row.uid)} FETCH (FLAGS (${formatFlags(stored)})${uid})`)
  })
  return 'STORE completed.'
}

function combine(present: ReadonlySet<Flag>, sign: string, flags: ReadonlySet<Flag>): ReadonlySet<Flag> {
  return sign === '+' ? present.union(flags) : sign === '-' ? present.difference(flags) : flags
}

/** Flags without parentheses. */
function readWords({ args }: CommandCall): readonly string[] {
  const words = [args.word()]
  while (args.skip(' ')) words.push(args.word())
  return words
}

/** RFC 3501 section 6.4.7, RFC 4315: all or none. */
export function copy(call: CommandCall): string {
  const { box, name } = call
  const folder = selectedFolder(call)
  const uids = readSet(call, folder)
  const target = receivingFolder(box.mailbox, readLastName(call), name)
  const pairs = inTransaction(box.account.database, () =>
    [...folder.rows(uids)].map((row) => {
      box.mailbox.checkRoom(row.sizeBytes)
      return { from: row.uid, to: box.mailbox.items.copy(row.id, target.id).uid }
    }),
  )
  return `${copyUid(target.uidValidity, pairs)}COPY completed.`
}

/** RFC 6851: the messages are gone from here in the same step. */
export function move(call: CommandCall): string {
  const { answer, box, name } = call
  const folder = writableFolder(call)
  const uids = readSet(call, folder)
  const target = receivingFolder(box.mailbox, readLastName(call), name)
  if (target.id === folder.folderId) return 'MOVE completed.'
  const pairs = inTransaction(box.account.database, () =>
    [...folder.rows(uids)].map((row) => ({ from: row.uid, to: box.mailbox.items.move(row.id, target.id).uid })),
  )
  if (pairs.length > 0) answer.untagged(`OK ${copyUid(target.uidValidity, pairs).trimEnd()}`)
  return 'MOVE completed.'
}

/** RFC 3501 section 6.4.3, RFC 4315 section 2.1. */
export async function expunge(call: CommandCall): Promise<string> {
  const folder = writableFolder(call)
  const uids = call.byUid ? readSet(call, folder) : allOf(folder)
  call.args.end()
  await expungeFrom(call, folder, uids)
  return 'EXPUNGE completed.'
}

/** RFC 3501 section 6.4.2: what is marked goes, and nobody is told. */
export async function close(call: CommandCall): Promise<string> {
  const folder = selectedFolder(call)
  call.args.end()
  if (!folder.isReadOnly) await expungeFrom(call, folder, allOf(folder))
  call.box.selected = undefined
  return 'CLOSE completed.'
}

/** RFC 3691. */
export function unselect(call: CommandCall): string {
  selectedFolder(call)
  call.args.end()
  call.box.selected = undefined
  return 'UNSELECT completed.'
}

/** RFC 3501 section 6.4.4. */
export async function search(call: CommandCall): Promise<string> {
  const { args, answer, byUid, box } = call
  const folder = selectedFolder(call)
  args.space()
  const uids = await searchMessages(box.mailbox, folder, parseSearchKeys(args), box.services.mime)
  const numbers = byUid ? uids : uids.map((uid) => folder.numberOf(uid))
  answer.untagged(['SEARCH', ...numbers].join(' '))
  return 'SEARCH completed.'
}

/** Exchange keeps what was expunged among the recoverable items, out of reach of IMAP. */
async function expungeFrom(call: CommandCall, folder: SelectedFolder, uids: readonly number[]): Promise<void> {
  const { mailbox } = call.box
  const kept = mailbox.folders.wellKnown('recoverableitemsdeletions')
  await inBatches(call, folder, uids, (row) => {
    if (!row.isImapDeleted) return
    if (kept === undefined) mailbox.items.remove(row.id)
    else mailbox.items.move(row.id, kept.id)
  })
}

/** A batch is one transaction, and other connections are served between two. */
async function inBatches(call: CommandCall, folder: SelectedFolder, uids: readonly number[], work: (row: ItemRow) => void): Promise<void> {
  for (let at = 0; at < uids.length; at += batchItems) {
    const batch = uids.slice(at, at + batchItems)
    inTransaction(call.box.account.database, () => {
      for (const row of folder.rows(batch)) work(row)
    })
    await call.relieve()
    if (at + batchItems < uids.length) await new Promise((resume) => setImmediate(resume))
  }
}

function allOf(folder: SelectedFolder): readonly number[] {
  return folder.resolve([[1, Number.POSITIVE_INFINITY]], true)
}

function readSet({ args, byUid }: CommandCall, folder: SelectedFolder): readonly number[] {
  args.space()
  return folder.resolve(parseSequenceSet(args.word()), byUid)
}

function readLastName({ args }: CommandCall): string {
  args.space()
  const name = args.astring()
  args.end()
  return name
}

function copyUid(uidValidity: number, pairs: readonly { readonly from: number; readonly to: number }[]): string {
  if (pairs.length === 0) return ''
  const from = formatSequenceSet(pairs.map((pair) => pair.from))
  return `[COPYUID ${uidValidity} ${from} ${formatSequenceSet(pairs.map((pair) => pair.to))}] `
}
