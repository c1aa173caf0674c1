import { Buffer } from 'node:buffer'
import { sampleFolders } from '../../src/sandbox/samples/sample-folders.ts'
import { generateSample } from '../../src/sandbox/samples/sample-mailbox.ts'
import type { SampleItem } from '../../src/sandbox/samples/sample-mailbox.ts'
import { SeededRandom } from '../../src/sandbox/samples/seeded-random.ts'

type Make = (item: SampleItem, random: SeededRandom) => readonly SampleItem[]

/** Ways of being awkward, and how often each is taken. */
const ways: readonly (readonly [weight: number, make: Make])[] = [
  // Twins and triplets: nothing but their number tells them apart.
  [40, (item) => [item]],
  [20, (item, random) => [{ ...item, ...elsewhen(item, random) }]],
  [15, (item, random) => [{ ...item, folderPath: random.pick(folderPaths) }]],
  // Every header is shared, Message-ID included, and the content is not.
  [15, (item, random) => [{ ...item, ...elsewhen(item, random), bytes: withLine(item, random.hex(8)) }]],
  // Shares headers, date and flags: some are exact duplicates, some not, and many of them are under way at once.
  [2, (item, random) => swarm(random, () => ({ ...item, bytes: withLine(item, `${random.integer(0, 15)}`) }))],
  // No header that names the message.
  [10, (item, random) => [withText(item, `X-Number: ${random.hex(6)}\r\n\r\n${random.hex(20)}\r\n`)]],
  [5, (item) => [withText(item, 'X-Nothing: at all\r\n\r\nAll of these are equal.\r\n')]],
  [1, (item, random) => swarm(random, () => withText(item, `\r\nOnly text. ${random.integer(0, 15)}\r\n`))],
]

const folderPaths = sampleFolders.filter((folder) => folder.weight > 0).map((folder) => folder.path)

/**
 * The messages that a copier is most likely to lose or to double, `messages` in all, oldest first: a sample mailbox, and a
 * fifth of it exact duplicates, messages that share every header and differ in content, and messages without headers.
 */
export function awkwardMail(seed: number, messages: number): readonly SampleItem[] {
  const random = new SeededRandom(seed)
  const base = [...generateSample({ messages: Math.ceil(messages * 0.8), seed, sizeBytesMedian: 2_500 })]
  const all = [...base]
  while (all.length < messages) {
    const [, make] = random.pickWeighted(ways, ([weight]) => weight)
    all.push(...make(random.pick(base), random).slice(0, messages - all.length))
  }
  // As they would have arrived: what is alike stands side by side.
  return all.sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime())
}

function swarm(random: SeededRandom, make: () => SampleItem): readonly SampleItem[] {
  return Array.from({ length: random.integer(20, 80) }, make)
}

function elsewhen(item: SampleItem, random: SeededRandom): Pick<SampleItem, 'receivedAt' | 'keywords'> {
  const receivedAt = new Date(item.receivedAt.getTime() - random.integer(1, 90_000) * 1_000)
  return { receivedAt, keywords: random.chance(0.5) ? ['$flagged', '$seen'] : [] }
}

function withLine(item: SampleItem, line: string): Uint8Array {
  return Buffer.concat([item.bytes, Buffer.from(`${line}\r\n`)])
}

function withText(item: SampleItem, text: string): SampleItem {
  return { ...item, bytes: Buffer.from(text) }
}
