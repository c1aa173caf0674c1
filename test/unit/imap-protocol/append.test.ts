import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../src/core/errors.ts'
import { openAppend, parseAppendUid } from '../../../src/connectors/imap/protocol/append.ts'
import type { LiteralContent } from '../../../src/connectors/imap/protocol/open-command.ts'
import { parseTagged } from '../../../src/connectors/imap/protocol/response.ts'
import { openFake } from './fake-transport.ts'

const receivedAt = { epochMs: Date.UTC(1996, 6, 17, 9, 44, 25), offsetMinutes: -420 }
const date = '"17-Jul-1996 02:44:25 -0700"'
const message = (text: string, content: LiteralContent = Buffer.from(text)) => ({
  flags: ['\\Seen', '$x'],
  receivedAt,
  sizeBytes: text.length,
  content,
})
async function* chunks(...parts: readonly (string | Error)[]) {
  for (const part of parts) {
    if (part instanceof Error) throw part
    yield Buffer.from(part)
  }
}

describe('APPEND', () => {
  it('sends many messages by one command, and many commands at once', async () => {
    const { session, server } = await openFake()
    const first = await openAppend(session, 'Sent')
    expect(await first.add(message('one'))).toBe(true)
    expect(await first.add({ flags: [], receivedAt: undefined, sizeBytes: 3, content: Buffer.from('two') })).toBe(true)
    expect(first.messages).toBe(2)
    const answers = [first.end()]
    const second = await openAppend(session, 'INBOX')
    await second.add(message('three'))
    answers.push(second.end())
    expect(await server.written()).toBe(
      [
        `A1 APPEND Sent (\\Seen $x) ${date} {3+}`,
        'one {3+}',
        'two',
        `A2 APPEND INBOX (\\Seen $x) ${date} {5+}`,
        'three',
        '',
      ].join('\r\n'),
    )
    server.say('A1 OK [APPENDUID 7 10:11] done\r\nA2 OK [APPENDUID 8 3] done\r\n')
    expect((await Promise.all(answers)).map(({ stored }) => stored)).toEqual([
      { uidValidity: 7, uids: [10, 11] },
      { uidValidity: 8, uids: [3] },
    ])
  })

  it('sends UTF8 data as literal8 in parentheses, unasked only where BINARY is announced, among other messages', async () => {
    const { session, server } = await openFake('IMAP4rev1 LITERAL+ BINARY MULTIAPPEND')
    const append = await openAppend(session, 'Sent')
    await append.add({ ...message('one'), isUtf8: true })
    await append.add({ ...message('two'), isUtf8: true, content: chunks('t', 'wo') })
    await append.add(message('three'))
    const answer = append.end()
    const options = `(\\Seen $x) ${date}`
    expect(await server.written()).toBe(
      [
        `A1 APPEND Sent ${options} UTF8 (~{3+}`,
        `one) ${options} UTF8 (~{3+}`,
        `two) ${options} {5+}`,
        'three',
        '',
      ].join('\r\n'),
    )
    server.say('A1 OK [APPENDUID 7 10:12] done\r\n')
    expect((await answer).stored?.uids).toEqual([10, 11, 12])
  })

  it('asks before UTF8 data where BINARY is not announced, and where it is told to', async () => {
    for (const [capabilities, asksFirst] of [
      ['IMAP4rev1 LITERAL+', false],
      ['IMAP4rev1 LITERAL+ BINARY', true],
    ] as const) {
      const { session, server } = await openFake(capabilities)
      const append = await openAppend(session, 'Sent')
      const added = append.add({ ...message('one'), isUtf8: true, asksFirst })
      expect(await server.written()).toMatch(/ UTF8 \(~\{3\}\r\n$/)
      server.say('+ go\r\n')
      expect(await added).toBe(true)
      void append.end()
      expect(await server.written()).toBe('one)\r\n')
    }
  })

  it('writes nothing more when UTF8 data is refused before it is sent', async () => {
    const { session, server } = await openFake('IMAP4rev1 LITERAL+ BINARY')
    const append = await openAppend(session, 'Sent')
    const added = append.add({ ...message('one'), isUtf8: true, asksFirst: true })
    await server.written()
    server.say('A1 BAD what is UTF8\r\n')
    expect(await added).toBe(false)
    expect((await append.end()).status).toBe('BAD')
    session.execute('NOOP')
    expect(await server.written()).toBe('A2 NOOP\r\n')
  })

  it('asks before each message where it must', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const append = await openAppend(session, 'Sent')
    const added = append.add(message('one'))
    expect(await server.written()).toBe(`A1 APPEND Sent (\\Seen $x) ${date} {3}\r\n`)
    server.say('+ go\r\n')
    expect(await added).toBe(true)
    const answer = append.end()
    expect(await server.written()).toBe('one\r\n')
    server.say('A1 OK done\r\n')
    expect((await answer).stored).toBeUndefined()
  })

  it('is over when the server refuses the literal', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const append = await openAppend(session, 'Sent')
    const added = append.add(message('one'))
    await server.written()
    server.say('A1 NO [TOOBIG] no\r\n')
    expect(await added).toBe(false)
    expect(append.isAnswered).toBe(true)
    expect(await append.add(message('more'))).toBe(false)
    expect((await append.end()).code?.name).toBe('TOOBIG')
    session.execute('NOOP')
    expect(await server.written()).toBe('A2 NOOP\r\n')
  })

  it('is written to its end when refused midway without being asked', async () => {
    const { session, server } = await openFake()
    const append = await openAppend(session, 'Sent')
    await append.add(message('one'))
    await server.written()
    server.say('A1 NO [OVERQUOTA] full\r\n')
    expect(append.isAnswered).toBe(true)
    expect(await append.add(message('two'))).toBe(true)
    expect((await append.end()).status).toBe('NO')
    expect(await server.written()).toMatch(/two\r\n$/)
    expect(session.isOpen).toBe(true)
  })

  it('streams large content and waits for room', async () => {
    const { session, server } = await openFake()
    const append = await openAppend(session, 'Sent')
    server.pendingBytes = 2_000_000
    let isAdded = false
    const added = append.add(message('abcdef', chunks('abc', 'def'))).then(() => (isAdded = true))
    await server.written()
    expect(isAdded).toBe(false)
    server.pendingBytes = 0
    server.listener.onDrain()
    await added
    void append.end()
    expect(await server.written()).toBe('def\r\n')
  })

  it('sends literal8 on request', async () => {
    const { session, server } = await openFake('IMAP4rev1 LITERAL+ BINARY')
    const append = await openAppend(session, { literal: Buffer.from('caf\xe9', 'latin1') })
    await append.add({ flags: [], receivedAt: undefined, sizeBytes: 3, content: Buffer.from('a\0b'), isBinary: true })
    expect(await server.written()).toBe('A1 APPEND {4+}\r\ncaf\xe9 ~{3+}\r\na\0b')
  })

  it.each([
    ['ends early', chunks('abc'), 'imap.literal.size-mismatch'],
    ['goes on', chunks('abc', 'defghi'), 'imap.literal.size-mismatch'],
    ['fails', chunks('abc', new MigrationError('transient', 'test.source', { message: 'gone.', hint: '' })), 'test.source'],
    ['is whole and too short', Buffer.from('abc'), 'imap.literal.size-mismatch'],
    ['is whole and too long', Buffer.from('abcdefghi'), 'imap.literal.size-mismatch'],
  ])('gives the connection up when content %s', async (_name, content, code) => {
    const { session, server } = await openFake()
    const older = session.execute('NOOP')
    const append = await openAppend(session, 'Sent')
    await append.add(message('one'))
    await expect(append.add(message('abcdef', content))).rejects.toMatchObject({ code })
    expect(server.isDestroyed).toBe(true)
    await expect(older).rejects.toMatchObject({ code: 'imap.literal.cut-short' })
    await expect(append.end()).rejects.toMatchObject({ code: 'imap.literal.cut-short' })
  })

  it('ends a stream that nobody can send any more', async () => {
    const { session, server } = await openFake()
    const append = await openAppend(session, 'Sent')
    let taken = 0
    async function* endless() {
      for (;;) {
        taken++
        if (taken === 3) server.listener.onClose(undefined)
        yield Buffer.from('abc')
      }
    }
    await expect(append.add({ flags: [], receivedAt: undefined, sizeBytes: 1_000_000, content: endless() })).rejects.toMatchObject({
      code: 'test.closed',
    })
    expect(taken).toBe(3)
  })
})

describe('APPENDUID', () => {
  const stored = (text: string, messages: number) => parseAppendUid(parseTagged(`A1 ${text}`, 3), messages)

  it('names one UID or a set', () => {
    expect(stored('OK [APPENDUID 38505 3955] x', 1)).toEqual({ uidValidity: 38505, uids: [3955] })
    expect(stored('OK [APPENDUID 38505 3955:3957,9] x', 4)).toEqual({ uidValidity: 38505, uids: [3955, 3956, 3957, 9] })
  })

  it.each([
    ['OK done', 1],
    ['OK [APPENDUID 38505 3955:3957] x', 2],
    ['OK [APPENDUID 38505 1:4294967295] x', 2],
    ['OK [APPENDUID 38505 *] x', 1],
    ['OK [APPENDUID x] x', 1],
    ['NO [APPENDUID 38505 3955] x', 1],
  ])('%s of %i messages is not believed', (text, messages) => expect(stored(text, messages)).toBeUndefined())
})
