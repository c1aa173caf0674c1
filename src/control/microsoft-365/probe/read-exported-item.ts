import { readFile } from 'node:fs/promises'
import { UsageError } from '../../usage-error.ts'

/** With this every exported item begins, in base64 (exchange.md 8.3). */
const base64Item = /AQAAAAgAAAAAAAAAAQAAAAMAAAAYAAAA[A-Za-z0-9+/=\s]+/

const itemBytesMax = 100_000_000

/**
 * An item that an Exchange server has exported: its bytes, their base64, or the answer of ExportItems that holds it. Throws
 * `UsageError`.
 */
export async function readExportedItem(file: string): Promise<Uint8Array> {
  const bytes = await read(file)
  if (bytes.byteLength > itemBytesMax) throw new UsageError('export-file', `--export-file: ${file} is too large.`, 'Export a small item: one of a few kilobytes shows the same.')
  // One byte a character, so that bytes that are no text are looked at as they are.
  const [base64] = base64Item.exec(bytes.toString('latin1')) ?? []
  return base64 === undefined ? bytes : Buffer.from(base64, 'base64')
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new UsageError('export-file', `--export-file: ${file} cannot be read (${reason}).`, 'Name a file with one item that ExportItems gave.', error)
  }
}
