import type { Buffer } from 'node:buffer'
import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { mimeToMapi } from '../../../formats/mime/mime-to-mapi.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { type CommandCall, type OpenBox, receivingFolder } from './command-call.ts'
import { lineBytesMax } from './command-reader.ts'
import { parseDateTime } from './date-time.ts'
import { type Flag, parseFlags, stateOf } from './flags.ts'
import { badArguments, Refusal } from './refusal.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Stores a message (RFC 3501 section 6.3.11, RFC 4315): converted as Exchange does, with date and flags. */
export function append({ args, box, name }: CommandCall): string {
  args.space()
  const folderName = args.astring()
  args.space()
  const flagNames = args.next === '(' ? args.list(() => args.word()) : []
  if (flagNames.length > 0 || args.next === ' ') args.skip(' ')
  const isDated = args.next === '"'
  const receivedMs = isDated ? parseDateTime(args.quoted()) : box.services.clock.nowMs()
  if (isDated) args.space()
  const bytes = args.literal()
  args.end()
  if (box.appendTarget?.name !== folderName) {
    box.appendTarget = { name: folderName, folder: receivingFolder(box.mailbox, folderName, name) }
  }
  const { folder } = box.appendTarget
  const flags = parseFlags(flagNames)
  if (hasLongLine(bytes)) throw badArguments()
  box.mailbox.checkRoom(bytes.length)
  const row = store(box, folder.id, bytes, receivedMs, flags)
  return `[APPENDUID ${folder.uidValidity} ${row.uid}] APPEND completed.`
}

function store({ mailbox, services }: OpenBox, folderId: number, bytes: Uint8Array, receivedMs: number, flags: ReadonlySet<Flag>): ItemRow {
  const { convertCalendar } = services
  try {
    const message = mimeToMapi(bytes, { ...stateOf(flags), receivedMs, convertCalendar })
    const row = mailbox.items.create(folderId, { message })
    return flags.has('deleted') ? mailbox.items.markImapDeleted(row.id, true) : row
  } catch (error) {
    if (error instanceof FastTransferError) throw new Refusal('NO', 'APPEND failed.')
    throw error
  }
}

/** Exchange refuses lines of 10,240 bytes and more (exchange.md 4.5, after imapsync's `--maxlinelength 10239`). */
function hasLongLine(bytes: Buffer): boolean {
  for (let start = 0; bytes.length - start > lineBytesMax; ) {
    // The last line end that a line from here may have: most lines are short, so one step goes over many.
    const end = bytes.lastIndexOf(lineFeed, start + lineBytesMax + 1)
    if (end < start) return true
    const isEndedByTwo = bytes[end - 1] === carriageReturn
    if (end - start > lineBytesMax && !isEndedByTwo && bytes.indexOf(lineFeed, start) === end) return true
    start = end + 1
  }
  return false
}
