import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { FaultRig, fill, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'
import { utf8Server, type Utf8ServerOptions } from './utf8-server.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const folders = [['Bücher & Ä'], ['Bücher & Ä', '日本語'], ['R&D'], ['Plain']]
const utf8Small = 7
const utf8Large = 2
const latin1 = 3

function sides(user: string, options: Utf8ServerOptions = {}) {
  return {
    source: { port: server.port, user: `${user}-s`, meddling: utf8Server(options) },
    target: { port: server.port, user: `${user}-t`, meddling: utf8Server(options) },
    rules: { policy: 'mirror' as const },
  }
}

function mail(subject: string, number: number, encoding: BufferEncoding, bodyBytes = 200): Buffer {
  const head = `From: "Jürgen" <j@example.org>\r\nSubject: ${subject} ${number}\r\nMessage-ID: <${subject.length}.${number}@example.org>\r\n\r\n`
  return Buffer.concat([Buffer.from(head, encoding), Buffer.alloc(bodyBytes, 'Grüße aus dem Text\r\n')])
}

async function seed(rig: FaultRig): Promise<void> {
  await rig.atSource(async (probe) => {
    for (const [at, path] of folders.entries()) await fill(probe, path, range(at * 30, 8))
    for (let number = 0; number < utf8Small; number++) await probe.append(['R&D'], mail('Grüße', number, 'utf8'))
    for (let number = 0; number < utf8Large; number++) await probe.append(['Plain'], mail('Große', number, 'utf8', 900_000))
    for (let number = 0; number < latin1; number++) await probe.append(['Plain'], mail('Grüßle', number, 'latin1'))
  })
}

const total = folders.length * 8 + utf8Small + utf8Large + latin1
const eightBit = /[\x80-\xff]/
const encoded = /&[A-Za-z0-9+,]+-/
const utf8Data = / UTF8 \(~\{/

/** Command lines, and what follows a literal on one. */
const naming = (lines: readonly string[]) => lines.filter((line) => /^\S+ (?:EXAMINE|SELECT|CREATE|STATUS|APPEND|SUBSCRIBE) /.test(line))

test('names travel as UTF-8, messages with a UTF-8 header as UTF8 data, and the copy is the same', async () => {
  await FaultRig.run(sides('both'), async (rig) => {
    const written: string[] = []
    const { onClientLine } = rig.targetMeddling
    rig.targetMeddling.onClientLine = (line, session) => {
      written.push(line)
      return onClientLine?.(line, session)
    }
    await seed(rig)
    const { tally } = await rig.migrate()
    expect(tally.fates).toMatchObject({ migrated: total })
    for (const lines of [rig.sourceLines, rig.targetLines]) {
      expect(naming(lines).filter((line) => eightBit.test(line)).length).toBeGreaterThan(0)
      expect(lines.filter((line) => encoded.test(line))).toEqual([])
    }
    expect(written.filter((line) => utf8Data.test(line))).toHaveLength(utf8Small + utf8Large)
    // The first one asks, so that a server which does not know it can say so.
    expect(written.find((line) => utf8Data.test(line))).toMatch(/~\{\d+\}$/)

    await rig.atSource(async (probe) => {
      await fill(probe, ['Bücher & Ä', '日本語'], range(200, 3))
      await probe.store(['Bücher & Ä'], '1:2', '+FLAGS', ['$Later'])
      await probe.expunge(['R&D'], '2:3')
    })
    await rig.cleanPass()
    await rig.expectCopied()
    await rig.expectIdle()
  })
})

test('nothing waits for the answer to ENABLE before the folders are listed', async () => {
  await FaultRig.run(sides('late', { answersLate: true }), async (rig) => {
    await seed(rig)
    expect((await rig.migrate()).tally.fates).toMatchObject({ migrated: total })
  })
})

test('ENABLE is refused: names are modified UTF-7, and the rest works as ever', async () => {
  await FaultRig.run(sides('refused', { enable: 'refused' }), async (rig) => {
    await seed(rig)
    expect((await rig.migrate()).tally.fates).toMatchObject({ migrated: total })
    const lines = [...rig.sourceLines, ...rig.targetLines]
    expect(lines.filter((line) => / ENABLE UTF8=ACCEPT/.test(line)).length).toBeGreaterThan(0)
    expect(lines.filter((line) => eightBit.test(line) || utf8Data.test(line))).toEqual([])
  })
})

test('a server by RFC 9755 does not know UTF8 data: it is tried once, and every message arrives once', async () => {
  await FaultRig.run(sides('newer', { utf8Data: 'unknown' }), async (rig) => {
    const tried: string[] = []
    const { onClientLine } = rig.targetMeddling
    rig.targetMeddling.onClientLine = (line, session) => {
      if (utf8Data.test(line)) tried.push(line)
      return onClientLine?.(line, session)
    }
    await seed(rig)
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: total, failed: 0, pending: 0 })
    await rig.expectCopied()
    // Once for each session that came to it before the first answer.
    expect(tried.length).toBeGreaterThan(0)
    expect(tried.length).toBeLessThanOrEqual(4)
    expect(tried.filter((line) => !/~\{\d+\}$/.test(line))).toEqual([])
    await rig.expectIdle()
  })
})

test('a server that learns UTF8=ACCEPT between two passes has the folders it had', async () => {
  const plain = sides('learns', { enable: 'refused' })
  await FaultRig.run(plain, async (rig) => {
    await seed(rig)
    await rig.migrate()
    Object.assign(rig.sourceMeddling, utf8Server())
    Object.assign(rig.targetMeddling, utf8Server())
    const from = rig.sourceLines.length
    await rig.expectIdle()
    const later = rig.sourceLines.slice(from)
    expect(later.filter((line) => /UID FETCH|EXAMINE/.test(line))).toEqual([])
    await rig.atSource((probe) => fill(probe, ['Bücher & Ä'], range(300, 2)))
    expect((await rig.cleanPass()).tally.pass).toMatchObject({ migrated: 2 })
    expect(rig.sourceLines.slice(from).filter((line) => /EXAMINE/.test(line)).every((line) => eightBit.test(line))).toBe(true)
    await rig.expectCopied()
  })
})
