import { chownSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sampleFolders } from '../../src/sandbox/samples/sample-folders.ts'
import { SeededRandom } from '../../src/sandbox/samples/seeded-random.ts'
import { writeMaildir } from '../../src/sandbox/samples/write-maildir.ts'
import { startDovecot } from '../servers/dovecot.ts'
import type { DovecotServer } from '../servers/dovecot.ts'
import { withProbe } from '../servers/imap-probe.ts'
import { differenceOf, toMultiset } from '../servers/message-multiset.ts'
import { awkwardMail } from './awkward-mail.ts'
import { countDelivered } from './count-delivered.ts'
import { MailvanProcess } from './mailvan-process.ts'
import type { EndedRun } from './mailvan-process.ts'

const messages = 5_000
/** Killed while messages arrive at the target. */
const killsWhileWriting = 26
/** Killed at any time: while starting, listing, recognising, writing. */
const killsAnytime = 5
const killsThatHitMin = 25
/** With fewer a run may end before it is killed. */
const leftMin = 300
/** So that the kills are spread over the whole migration. */
const arrivalsBetweenKillsMax = messages / 4

const seed = Number(process.env['MAILVAN_TEST_SEED'] ?? Math.floor(Math.random() * 1_000_000))

let source: DovecotServer
let target: DovecotServer
let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailvan-kill-'))
  ;[source, target] = await Promise.all([startDovecot({ tls: false }), startDovecot({ tls: false })])
})

afterEach(async () => {
  await Promise.all([source?.stop(), target?.stop()])
  await rm(home, { recursive: true, force: true })
})

test(`killed again and again, nothing is lost and nothing is there twice (MAILVAN_TEST_SEED=${seed})`, async () => {
  const random = new SeededRandom(seed)
  seedSource(random)
  const kills = shuffled(random, [...repeat('writing', killsWhileWriting), ...repeat('anytime', killsAnytime)])

  const delivered: number[] = []
  for (const [index, kind] of kills.entries()) {
    const left = messages - countDelivered(target.userMaildir('anna'))
    if (left < leftMin && countHits(delivered) >= killsThatHitMin) break
    const run = migrate(paceFor(left / (kills.length - index)))
    await (kind === 'writing' ? untilWriting(run, random) : sleep(random.integer(0, 1_000)))
    expect(run.kill(), `run ${index + 1} was to be killed and had ended`).toBe(true)
    expect(await run.ended).toMatchObject({ signal: 'SIGKILL', errors: '' })
    delivered.push(countDelivered(target.userMaildir('anna')))
  }
  const arrivals = arrivalsOf(delivered)
  console.log(`${delivered.length} kills; messages at the target after each: ${delivered.join(' ')}`)
  expect(countHits(delivered)).toBeGreaterThanOrEqual(killsThatHitMin)
  expect(Math.max(...arrivals)).toBeLessThan(arrivalsBetweenKillsMax)

  const last = await migrate([]).ended
  expect(last).toMatchObject({ exitCode: 0, errors: '' })
  await expectEqualMailboxes()
  const { counts, fates } = summaryOf(last)
  console.log(`the run that was not killed: ${JSON.stringify(counts)}; all passes: ${JSON.stringify(fates)}`)
  expect(sumOf(counts) - (counts['source'] ?? 0)).toBe(messages)
  expect(counts).toMatchObject({ source: messages, skipped: 0, failed: 0, gone: 0 })
  expect(fates).toEqual({ migrated: messages, alreadyThere: 0, skipped: 0, failed: 0, gone: 0 })
  await expectGoodCertificate(last)

  const further = await migrate([]).ended
  expect(further).toMatchObject({ exitCode: 0, errors: '' })
  expect(summaryOf(further).counts).toMatchObject({ source: messages, migrated: 0, updated: 0, unchanged: messages })
  expect(countDelivered(target.userMaildir('anna'))).toBe(messages)
}, 300_000)

/** How many messages arrived between one kill and the next. */
function arrivalsOf(delivered: readonly number[]): readonly number[] {
  return delivered.map((count, index) => count - (delivered[index - 1] ?? 0))
}

function countHits(delivered: readonly number[]): number {
  return arrivalsOf(delivered).filter((count) => count > 0).length
}

function seedSource(random: SeededRandom): void {
  const maildir = source.userMaildir('anna')
  mkdirSync(dirname(maildir))
  if (process.getuid?.() === 0) chownSync(dirname(maildir), source.owner.uid, source.owner.gid)
  const mail = awkwardMail(random.integer(0, 1_000_000), messages)
  const totals = writeMaildir(maildir, sampleFolders, mail, { owner: source.owner })
  expect(totals.messages).toBe(messages)
}

function migrate(options: readonly string[]): MailvanProcess {
  const urls = [source, target].map(({ port }) => `imap://anna@127.0.0.1:${port}?tls=off`)
  return new MailvanProcess(['migrate', ...urls, '--home', home, '--json', ...options], source.password)
}

/** Full speed while there is enough left for all kills to come. */
function paceFor(leftPerKill: number): readonly string[] {
  return leftPerKill > 180 ? [] : ['--sessions', '1', '--target-messages-per-second', '300']
}

/** A random moment after the run has begun to write; what the run before had sent may still be arriving before. */
async function untilWriting(run: MailvanProcess, random: SeededRandom): Promise<void> {
  const maildir = target.userMaildir('anna')
  await run.said((line) => line.type === 'stage' && line['stage'] === 'transfer')
  const wanted = Math.min(countDelivered(maildir) + random.integer(1, 60), messages)
  while (run.isRunning && countDelivered(maildir) < wanted) await sleep(2)
  await sleep(random.integer(0, 20))
}

async function expectEqualMailboxes(): Promise<void> {
  const [there, here] = await Promise.all(
    [source, target].map(({ port }) =>
      withProbe({ port, user: 'anna' }, async (probe) => {
        return toMultiset(await probe.allMessages(), { dates: true, flags: true })
      }),
    ),
  )
  expect(differenceOf(there ?? new Map(), here ?? new Map())).toEqual({ missing: [], surplus: [] })
}

async function expectGoodCertificate(run: EndedRun): Promise<void> {
  const file = run.lines.find((line) => line.type === 'fileWritten' && line['content'] === 'certificate')?.['file']
  const verify = new MailvanProcess(['certificate', 'verify', String(file), '--json'], source.password)
  expect(await verify.ended).toMatchObject({ exitCode: 0, lines: [{ type: 'certificate', valid: true }] })
}

type Numbers = Readonly<Record<string, number>>

function summaryOf({ lines }: EndedRun): { readonly counts: Numbers; readonly fates: Numbers } {
  const { type, counts, fates } = lines.at(-1) ?? { type: 'nothing' }
  expect(type).toBe('summary')
  return { counts: counts as Numbers, fates: fates as Numbers }
}

function sumOf(numbers: Numbers): number {
  return Object.values(numbers).reduce((sum, one) => sum + one, 0)
}

function repeat<T>(value: T, times: number): readonly T[] {
  return Array.from({ length: times }, () => value)
}

function shuffled<T>(random: SeededRandom, values: readonly T[]): readonly T[] {
  return values
    .map((value) => ({ value, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value)
}
