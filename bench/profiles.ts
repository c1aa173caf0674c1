import { BodyPool } from '../src/sandbox/samples/body-pool.ts'
import { composeMessage } from '../src/sandbox/samples/compose-message.ts'
import type { SampleItem } from '../src/sandbox/samples/sample-mailbox.ts'
import type { WeightedFolder } from '../src/sandbox/samples/sample-folders.ts'
import { SeededRandom } from '../src/sandbox/samples/seeded-random.ts'
import { writeMaildir } from '../src/sandbox/samples/write-maildir.ts'
import type { MaildirTotals } from '../src/sandbox/samples/write-maildir.ts'

/** The mailboxes of the bench. */
export type ProfileName = 'small' | 'small1k' | 'mixed' | 'large'

const KiB = 1024
const MiB = 1024 * KiB
const sizeBytesHuge = 26_500_000

interface Profile {
  readonly messages: number
  readonly folders: readonly WeightedFolder[]
  size(random: SeededRandom, index: number): number
}

const folder = (name: string, weight = 1): WeightedFolder => ({ path: name.split('/'), weight })

/** Forty folders, nested and non-ASCII, a few of them large and one empty, as an old account has them. */
const folders: readonly WeightedFolder[] = [
  folder('INBOX', 30),
  folder('Sent', 18),
  folder('Drafts'),
  folder('Trash'),
  folder('Junk', 4),
  folder('Archive'),
  ...Array.from({ length: 10 }, (_, year) => folder(`Archive/${2016 + year}`, 3)),
  folder('Lists'),
  folder('Lists/linux-kernel', 12),
  folder('Lists/imapext', 5),
  folder('Lists/Leer', 0),
  ...'Projekte|Projekte/Brücke & Straße|Projekte/Haus 7|Projekte/Brücke & Straße/Pläne|Работа|Работа/Отчёты'
    .split('|')
    .map((name) => folder(name)),
  ...'日本|日本/請求書|日本/会議|Ελλάδα|Кошик|Kunden|Kunden/A & B|Kunden/Ångström|Kunden/Ångström/2024'
    .split('|')
    .map((name) => folder(name)),
  ...'Kunden/Ångström/2024/Q1|Post 📬|Mit (Klammern) [x]|Belege|Notizen'.split('|').map((name) => folder(name)),
]

const smallSize = (random: SeededRandom) => clamp(random.logNormal(Math.log(3_450), 0.5), 900, 20_000)

const profiles: Readonly<Record<ProfileName, Profile>> = {
  small: { messages: 20_000, folders, size: smallSize },
  small1k: { messages: 1_000, folders, size: smallSize },
  mixed: {
    messages: 5_000,
    folders,
    size(random, index) {
      if (index % 1_250 === 1_249 && index < 4_000) return sizeBytesHuge
      if (random.chance(0.0045)) return random.integer(MiB, 10 * MiB)
      return clamp(random.logNormal(Math.log(20_600), 1.57), 1_200, MiB)
    },
  },
  large: {
    messages: 40,
    folders: ['INBOX', 'Sent', 'Archive', 'Projekte/Brücke & Straße'].map((name) => folder(name)),
    size: () => sizeBytesHuge,
  },
}

const until = Date.UTC(2026, 8, 1)
const spanMs = 10 * 365 * 86_400_000
const keywords = ['$Forwarded', 'Kunde-Wichtig']

/** Where a profile goes and whose it becomes. */
export interface ProfilePlace {
  readonly maildir: string
  readonly owner: { readonly uid: number; readonly gid: number }
}

/** Writes a profile as a Maildir++ tree: the same bytes every time. */
export function writeProfile(name: ProfileName, place: ProfilePlace): MaildirTotals {
  const { messages } = profiles[name]
  return write(name, place, { seed: 7, first: 0, count: messages, prefix: '' })
}

/** Adds 1 % of new messages to a profile that was written before. */
export function addToProfile(name: ProfileName, place: ProfilePlace): MaildirTotals {
  const { messages } = profiles[name]
  return write(name, place, { seed: 99, first: messages, count: Math.ceil(messages / 100), prefix: 'added.' })
}

interface Stretch {
  readonly seed: number
  readonly first: number
  readonly count: number
  readonly prefix: string
}

function write(name: ProfileName, place: ProfilePlace, stretch: Stretch): MaildirTotals {
  return writeMaildir(place.maildir, profiles[name].folders, generate(profiles[name], stretch), {
    owner: place.owner,
    namePrefix: stretch.prefix,
    letteredKeywords: keywords,
  })
}

function* generate(profile: Profile, stretch: Stretch): Generator<SampleItem> {
  const random = new SeededRandom(stretch.seed)
  const pool = new BodyPool(random, 6 * MiB)
  let earlierId = '<first@example.org>'
  for (let i = 0; i < stretch.count; i++) {
    const index = stretch.first + i
    const at = until - spanMs + (spanMs * index) / (profile.messages * 1.02) + random.integer(0, 3_600_000)
    const receivedAt = new Date(Math.floor(at / 1_000) * 1_000)
    const composed = composeMessage(random, pool, {
      serial: index,
      sentAt: receivedAt,
      sizeBytes: profile.size(random, index),
      hasMessageId: !random.chance(0.02),
      ...(random.chance(0.01) && { messageId: earlierId }),
    })
    earlierId = composed.messageId ?? earlierId
    const target = random.pickWeighted(profile.folders, (candidate) => candidate.weight)
    yield { folderPath: target.path, receivedAt, keywords: flags(random), bytes: composed.bytes }
  }
}

function flags(random: SeededRandom): readonly string[] {
  return [
    ...(random.chance(0.04) ? ['$flagged'] : []),
    ...(random.chance(0.25) ? ['$answered'] : []),
    ...(random.chance(0.85) ? ['$seen'] : []),
    ...(random.chance(0.01) ? ['$deleted'] : []),
    ...(random.chance(0.05) ? ['$Forwarded'] : []),
    ...(random.chance(0.03) ? ['Kunde-Wichtig'] : []),
  ]
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
