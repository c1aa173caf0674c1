import type { FileHandle } from 'node:fs/promises'
import type { Content, Delivery } from '../../../core/model/item.ts'
import { countBareLineFeeds } from '../../../formats/line-ends.ts'
import { formatFromLine } from '../../../formats/mbox/from-line.ts'
import { FromLineQuoter } from '../../../formats/mbox/quoting.ts'
import { writeFully } from '../durable-file.ts'
import { archiveError } from '../errors.ts'
import type { FactsLine } from '../message-facts.ts'
import { toOwnId } from './message-id.ts'

/** A message that was appended; not yet synced. */
export interface Appended {
  readonly start: number
  readonly storedBytes: number
  readonly facts: FactsLine
}

const lineEnd = '\r\n'

/**
 * Appends a message in mboxrd form, with the CRLF line ends it has. A failure takes the file back to what it was, and
 * is thrown on.
 */
export async function appendMessage(handle: FileHandle, delivery: Delivery, sender: string): Promise<Appended> {
  const { size } = await handle.stat()
  const { item, receivedAt, keywords } = delivery
  try {
    const gap = await missingLineEnds(handle, size)
    const offset = size + gap.length
    const fromLine = formatFromLine(sender, receivedAt.epochMs)
    const before = Buffer.from(`${gap}${fromLine}${lineEnd}`, 'latin1')
    await writeFully(handle, before, size)
    const start = size + before.length
    const written = await writeQuoted(handle, item.content, { start, sizeBytes: item.sizeBytes })
    const after = `${written.endsLine ? '' : lineEnd}${lineEnd}`
    await writeFully(handle, Buffer.from(after, 'latin1'), start + written.storedBytes)
    const facts = {
      id: toOwnId(offset, fromLine),
      receivedAt,
      keywords,
      isExact: written.bareLineFeeds > 0,
      storedBytes: written.storedBytes,
    }
    return { start, storedBytes: written.storedBytes, facts }
  } catch (error) {
    await handle.truncate(size)
    throw error
  }
}

/** What another program's last message lacks of the empty line that stands before a From_ line. */
async function missingLineEnds(handle: FileHandle, sizeBytes: number): Promise<string> {
  const length = Math.min(4, sizeBytes)
  if (length === 0) return ''
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, sizeBytes - length)
  const tail = buffer.toString('latin1')
  if (/\n\r?\n$/.test(tail)) return ''
  return tail.endsWith('\n') ? lineEnd : lineEnd + lineEnd
}

async function writeQuoted(
  handle: FileHandle,
  content: Content,
  place: { readonly start: number; readonly sizeBytes: number },
): Promise<{ readonly storedBytes: number; readonly bareLineFeeds: number; readonly endsLine: boolean }> {
  const quoter = new FromLineQuoter()
  let takenBytes = 0
  let storedBytes = 0
  let bareLineFeeds = 0
  let last: number | undefined
  const write = async (chunk: Uint8Array, isLast: boolean) => {
    takenBytes += chunk.byteLength
    if (takenBytes > place.sizeBytes) throw archiveError('size-mismatch')
    bareLineFeeds += countBareLineFeeds(chunk, last === 0x0d)
    last = chunk.at(-1) ?? last
    const quoted = quoter.push(chunk, isLast)
    await writeFully(handle, quoted, place.start + storedBytes)
    storedBytes += quoted.byteLength
  }
  if (content instanceof Uint8Array) await write(content, true)
  else {
    for await (const chunk of content) await write(chunk, false)
    await write(new Uint8Array(), true)
  }
  if (takenBytes !== place.sizeBytes) throw archiveError('size-mismatch')
  return { storedBytes, bareLineFeeds, endsLine: last === undefined || last === 0x0a }
}
