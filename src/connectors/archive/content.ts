import type { Content, Description } from '../../core/model/item.ts'
import { countBareLineFeeds, toCrlf } from '../../formats/line-ends.ts'
import { describeMessage, headBytesMax } from '../../formats/message-description.ts'
import { FromLineUnquoter } from '../../formats/mbox/quoting.ts'
import { archiveError } from './errors.ts'
import type { StoredMessage } from './storage.ts'

/** Messages up to this many stored bytes are given whole. */
export const wholeBytesMax = 256 * 1024

/** A long message is read this much at a time. */
const chunkBytesMax = 64 * 1024

/** What a stored message gives to a reader of the archive. */
export interface OpenedContent {
  readonly sizeBytes: number
  readonly description: Description
  readonly content: Content
}

/**
 * The content of a stored message in the form it is given out: with CRLF line ends, as an IMAP server shows such a
 * file, unless it is marked as exact. A short message is in memory; a long one is gone through twice, first to learn
 * its size.
 */
export async function openContent(message: StoredMessage): Promise<OpenedContent> {
  if (message.sizeBytes <= wholeBytesMax) {
    const stored = await message.read(0, message.sizeBytes)
    if (stored.byteLength !== message.sizeBytes) throw archiveError('file-changed')
    const transform = new GivenForm(message)
    const given = transform.push(stored, true)
    return { sizeBytes: given.byteLength, description: describeMessage(given), content: given }
  }
  let sizeBytes = 0
  let head: Uint8Array | undefined
  for await (const chunk of givenChunks(message)) {
    head ??= chunk
    sizeBytes += chunk.byteLength
  }
  return { sizeBytes, description: describeMessage(head ?? new Uint8Array()), content: givenChunks(message, sizeBytes) }
}

/** The description alone, from the first bytes. */
export async function describeStored(message: StoredMessage): Promise<Description> {
  const head = await message.read(0, Math.min(headBytesMax, message.sizeBytes))
  return describeMessage(new GivenForm(message).push(head, true))
}

async function* givenChunks(message: StoredMessage, expectedBytes?: number): AsyncGenerator<Uint8Array> {
  const transform = new GivenForm(message)
  let givenBytes = 0
  for (let position = 0; position < message.sizeBytes;) {
    const stored = await message.read(position, Math.min(chunkBytesMax, message.sizeBytes - position))
    if (stored.byteLength === 0) throw archiveError('file-changed')
    position += stored.byteLength
    const given = transform.push(stored, position === message.sizeBytes)
    givenBytes += given.byteLength
    if (expectedBytes !== undefined && givenBytes > expectedBytes) throw archiveError('file-changed')
    if (given.byteLength > 0) yield given
  }
  if (expectedBytes !== undefined && givenBytes !== expectedBytes) throw archiveError('file-changed')
}

/** Undoes quoting and makes line ends CRLF, chunk by chunk. */
class GivenForm {
  readonly #isExact: boolean
  readonly #unquoter: FromLineUnquoter | undefined
  #isAfterCr = false

  constructor(message: Pick<StoredMessage, 'isExact' | 'isQuoted'>) {
    this.#isExact = message.isExact
    this.#unquoter = message.isQuoted ? new FromLineUnquoter() : undefined
  }

  push(stored: Uint8Array, isLast: boolean): Uint8Array {
    const unquoted = this.#unquoter === undefined ? stored : this.#unquoter.push(stored, isLast)
    if (this.#isExact || unquoted.byteLength === 0) return unquoted
    const given = toCrlf(unquoted, this.#isAfterCr, countBareLineFeeds(unquoted, this.#isAfterCr))
    this.#isAfterCr = unquoted.at(-1) === 0x0d
    return given
  }
}
