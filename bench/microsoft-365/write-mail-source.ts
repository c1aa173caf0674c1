import { BodyPool } from '../../src/sandbox/samples/body-pool.ts'
import { composeMessage } from '../../src/sandbox/samples/compose-message.ts'
import type { SampleItem } from '../../src/sandbox/samples/sample-mailbox.ts'
import { SeededRandom } from '../../src/sandbox/samples/seeded-random.ts'
import { writeMaildir } from '../../src/sandbox/samples/write-maildir.ts'

const firstSentMs = Date.UTC(2024, 0, 1)
const spacingMs = 60_000
const folders = [{ path: ['INBOX'] }, { path: ['Archive'] }]

/** Writes a maildir of so many messages of about one size: the same bytes every time. */
export function writeMailSource(root: string, messages: number, sizeBytes: number): void {
  writeMaildir(root, folders, compose(messages, sizeBytes))
}

function* compose(messages: number, sizeBytes: number): Generator<SampleItem> {
  const random = new SeededRandom(5)
  const pool = new BodyPool(random)
  for (let serial = 0; serial < messages; serial++) {
    const receivedAt = new Date(firstSentMs + serial * spacingMs)
    const { bytes } = composeMessage(random, pool, { serial, sentAt: receivedAt, sizeBytes })
    yield { folderPath: folders[serial % folders.length]?.path ?? ['INBOX'], keywords: ['$seen'], receivedAt, bytes }
  }
}
