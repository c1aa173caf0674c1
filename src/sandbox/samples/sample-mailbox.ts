import { Buffer } from 'node:buffer'
import { BodyPool } from './body-pool.ts'
import { composeMessage } from './compose-message.ts'
import { sampleFolders } from './sample-folders.ts'
import type { SampleFolder, WeightedFolder } from './sample-folders.ts'
import { SeededRandom } from './seeded-random.ts'

/** A message of a sample mailbox and what a mail server knows of it. */
export interface SampleItem {
  readonly folderPath: readonly string[]
  readonly role?: SampleFolder['role']
  /** Whole seconds. */
  readonly receivedAt: Date
  /** As in RFC 8621 section 4.1.1 (`$seen`, `$flagged`, ...), sorted, and keywords of users. */
  readonly keywords: readonly string[]
  /** RFC 5322 with CRLF line ends. */
  readonly bytes: Uint8Array
}

/** How large a sample mailbox is, and which of the many. */
export interface SampleOptions {
  /** 2,000 by default. */
  readonly messages?: number
  /** The same seed gives the same bytes. */
  readonly seed?: number
  /** The newest mail is a little older than this, the oldest ten years more. */
  readonly until?: Date
  /** Median size of a message in bytes; 6,000 by default. */
  readonly sizeBytesMedian?: number
}

const yearMs = 365.25 * 24 * 3_600_000
const untilDefault = new Date('2026-11-01T00:00:00Z')
const sizeBytesMax = 400_000
/** How many of the messages are copies of another: with equal bytes beside it, or in another folder. */
const copiesShare = 0.03

/**
 * The messages of a realistic mailbox, folder by folder, oldest first: ten years of dates, flags and keywords,
 * attachments, true duplicates, missing and shared Message-IDs, 8-bit headers. Nothing is random but the seed.
 */
export function* generateSample(options: SampleOptions = {}): Generator<SampleItem, void, undefined> {
  const random = new SeededRandom(options.seed ?? 1)
  const pool = new BodyPool(random)
  const until = options.until ?? untilDefault
  const mu = Math.log(options.sizeBytesMedian ?? 6_000)
  const total = options.messages ?? 2_000
  const counts = new Map<WeightedFolder, number>()
  for (let i = 0; i < total; i++) {
    const folder = random.pickWeighted(sampleFolders, (candidate) => candidate.weight)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  let serial = 0
  let earlier: SampleItem | undefined
  let earlierId: string | undefined
  for (const folder of sampleFolders) {
    const days = arrivals(random, folder, until, counts.get(folder) ?? 0)
    for (const receivedAt of days) {
      serial++
      const keywords = keywordsFor(random, folder, receivedAt, until)
      const place = { folderPath: folder.path, ...(folder.role && { role: folder.role }), receivedAt, keywords }
      if (earlier && random.chance(copiesShare)) {
        const isSameDay = earlier.folderPath === folder.path && random.chance(0.5)
        yield { ...place, ...(isSameDay && { receivedAt: earlier.receivedAt }), bytes: Buffer.from(earlier.bytes) }
        continue
      }
      const shared = random.chance(0.01) ? earlierId : undefined
      const composed = composeMessage(random, pool, {
        serial,
        sentAt: new Date(receivedAt.getTime() - random.integer(1, 3_000) * 1_000),
        sizeBytes: Math.min(sizeBytesMax, Math.max(900, random.logNormal(mu, 1.1))),
        mayBeOdd: true,
        hasMessageId: !random.chance(0.04),
        ...(shared !== undefined && { messageId: shared }),
      })
      const item = { ...place, bytes: composed.bytes }
      if (random.chance(0.2)) earlier = item
      earlierId = composed.messageId ?? earlierId
      yield item
    }
  }
}

function arrivals(random: SeededRandom, folder: WeightedFolder, until: Date, count: number): readonly Date[] {
  const toMs = folder.year === undefined ? until.getTime() : Date.UTC(folder.year + 1, 0, 1)
  const spanMs = folder.year === undefined ? 10 * yearMs : toMs - Date.UTC(folder.year, 0, 1)
  const seconds = Array.from({ length: count }, () => Math.floor((toMs - random.next() * spanMs) / 1_000) - 1)
  return seconds.sort((a, b) => a - b).map((second) => new Date(second * 1_000))
}

const userKeywords = ['Kunde-Wichtig', '$Label1', '$MDNSent', 'NonJunk', 'todo', 'Projekt_7']

function keywordsFor(random: SeededRandom, folder: WeightedFolder, receivedAt: Date, until: Date): readonly string[] {
  const isRecent = until.getTime() - receivedAt.getTime() < yearMs / 12
  const keywords = [
    ...(folder.role === 'sent' || random.chance(isRecent ? 0.5 : 0.9) ? ['$seen'] : []),
    ...(folder.role === 'drafts' ? ['$draft'] : []),
    ...(folder.role === 'junk' ? ['$Junk'] : []),
    ...(folder.role === 'trash' && random.chance(0.1) ? ['$deleted'] : []),
    ...(random.chance(0.25) ? ['$answered'] : []),
    ...(random.chance(0.05) ? ['$flagged'] : []),
    ...(random.chance(0.05) ? ['$Forwarded'] : []),
    ...(random.chance(0.06) ? [random.pick(userKeywords)] : []),
  ]
  return keywords.sort()
}
