import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { MigrationError } from '../core/errors.ts'
import type { MailboxLedger } from '../store/mailbox-ledger.ts'
import { toCsvText } from './pairs/csv-text.ts'
import { toListedItem } from './listed-item.ts'
import type { ListedItem } from './listed-item.ts'

const columns = [
  'source',
  'source_folder',
  'source_item',
  'target',
  'target_folder',
  'target_item',
  'fate',
  'reason',
  'hint',
  'pass',
  'proof',
  'altered',
  'received',
  'bytes',
  'sha256',
  'from',
  'subject',
  'message_id',
]
const rowsAtOnce = 500

/**
 * Writes every item of the mailboxes with its fate into `file` as CSV (RFC 4180, UTF-8); what a spreadsheet would take for a
 * formula is made harmless. Gives the number of items. Throws `config` when the file cannot be written.
 */
export async function writeItems(ledgers: readonly MailboxLedger[], file: string, signal: AbortSignal): Promise<number> {
  let items = 0
  async function* lines(): AsyncGenerator<string> {
    yield toCsvText([columns])
    let rows: string[][] = []
    for (const ledger of ledgers) {
      for await (const listed of ledger.listAll('all')) {
        items++
        rows.push(toRow(toListedItem(ledger, listed)))
        if (rows.length < rowsAtOnce) continue
        yield toCsvText(rows)
        rows = []
      }
    }
    if (rows.length > 0) yield toCsvText(rows)
  }
  try {
    await pipeline(lines, createWriteStream(file, { mode: 0o600 }), { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    throw new MigrationError('config', 'items.unwritable', {
      message: `The file ${file} cannot be written (${String(error.code)}).`,
      hint: 'Check the path, its permissions and the room on the disk.',
      cause: error,
    })
  }
  return items
}

function toRow({ source, target, entry, sourcePath, targetPath }: ListedItem): string[] {
  const { description, ref } = entry
  return [
    source,
    sourcePath.join('/'),
    ref.id,
    target,
    targetPath?.join('/') ?? '',
    entry.targetId ?? '',
    entry.fate ?? 'pending',
    entry.reason ?? '',
    entry.hint ?? '',
    entry.fatePass === undefined ? '' : String(entry.fatePass),
    entry.proof ?? '',
    entry.altered ?? '',
    new Date(ref.receivedAt.epochMs).toISOString(),
    String(entry.contentBytes ?? ref.sizeBytes),
    entry.digest ?? '',
    description?.from ?? '',
    description?.subject ?? '',
    description?.messageId ?? '',
  ]
}
