import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { readFastTransfer } from '../../src/formats/fast-transfer/read-fast-transfer.ts'
import { writeFastTransfer } from '../../src/formats/fast-transfer/write-fast-transfer.ts'
import { mapiToMime } from '../../src/formats/mime/mapi-to-mime.ts'
import { mimeToMapi } from '../../src/formats/mime/mime-to-mapi.ts'
import { BodyPool } from '../../src/sandbox/samples/body-pool.ts'
import { composeMessage } from '../../src/sandbox/samples/compose-message.ts'
import { SeededRandom } from '../../src/sandbox/samples/seeded-random.ts'

/** A message as each way takes it, and by what it is known again. */
export interface SmallMail {
  readonly mime: Buffer
  /** The body of a POST to an import URL, but for the folder's id. */
  readonly importTail: Buffer
  /** Of the MIME form that Exchange makes of it, which no two of them share. */
  readonly digest: string
}

const messageBytes = 2_000
const firstSentMs = Date.UTC(2024, 0, 1)
const spacingMs = 60_000

/**
 * So many different messages of about 2 KB, in the shapes that mail has but for invitations, whose form shows when they
 * were stored.
 */
export function composeSmallMail(count: number): readonly SmallMail[] {
  const random = new SeededRandom(1)
  const pool = new BodyPool(random)
  const mail: SmallMail[] = []
  for (let serial = 0; mail.length < count; serial++) {
    const sentAt = new Date(firstSentMs + serial * spacingMs)
    const mime = composeMessage(random, pool, { serial, sentAt, sizeBytes: messageBytes }).bytes
    if (!mime.includes('text/calendar')) mail.push(toSmallMail(mime, sentAt))
  }
  return mail
}

function toSmallMail(mime: Buffer, sentAt: Date): SmallMail {
  const message = mimeToMapi(mime, { receivedMs: sentAt.getTime(), isRead: true })
  const data = writeFastTransfer(message).toString('base64')
  return { mime, importTail: Buffer.from(`","Mode":"create","Data":"${data}"}`, 'latin1'), digest: digestOf(mapiToMime(message)) }
}

/** By what a message that came back is known. */
export function digestOf(mime: Uint8Array): string {
  return hash('sha256', mime, 'base64url')
}

/** The same for an item that came back as a FastTransfer stream in base64. */
export function digestOfExport(base64: string): string {
  return digestOf(mapiToMime(readFastTransfer(Buffer.from(base64, 'base64'))))
}
