import { describe, expect, it } from 'vitest'
import { FakeTransport, openFake } from './fake-transport.ts'
import { Session } from '../../../src/connectors/imap/protocol/session.ts'

const collect = () => {
  const texts: string[] = []
  return { texts, onUntagged: (text: string) => void texts.push(text) }
}

describe('commands', () => {
  it('are on the wire at once, and each gets its own responses out of one read', async () => {
    const { session, server } = await openFake()
    const [first, second] = [collect(), collect()]
    const answers = [session.execute('EXAMINE a', first), session.execute('EXAMINE b', second)]
    expect(await server.written()).toBe('A1 EXAMINE a\r\nA2 EXAMINE b\r\n')
    server.say('* 1 EXISTS\r\nA1 OK [READ-ONLY] one\r\n* 2 EXISTS\r\nA2 NO [INUSE] two\r\n')
    expect(await Promise.all(answers)).toEqual([
      { status: 'OK', code: { name: 'READ-ONLY', text: '' }, text: 'one' },
      { status: 'NO', code: { name: 'INUSE', text: '' }, text: 'two' },
    ])
    expect(first.texts).toEqual(['* 1 EXISTS'])
    expect(second.texts).toEqual(['* 2 EXISTS'])
  })

  it('may be answered out of order', async () => {
    const { session, server } = await openFake()
    const answers = [session.execute('NOOP'), session.execute('NOOP')]
    server.say('A2 OK second\r\nA1 BAD first\r\n')
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(['BAD', 'OK'])
  })

  it('learn capabilities from wherever they come', async () => {
    const { session, server } = await openFake('IMAP4rev1 idle')
    expect([...session.capabilities]).toEqual(['IMAP4REV1', 'IDLE'])
    const answer = session.execute('CAPABILITY')
    server.say('* CAPABILITY IMAP4rev1 UIDPLUS\r\nA1 OK done\r\n')
    await answer
    expect(session.capabilities.has('UIDPLUS')).toBe(true)
    session.forgetCapabilities()
    expect(session.knowsCapabilities).toBe(false)
    const login = session.execute('LOGIN a b')
    server.say('A2 OK [CAPABILITY IMAP4rev1 MULTIAPPEND] in\r\n')
    await login
    expect(session.capabilities.has('MULTIAPPEND')).toBe(true)
  })

  it('sent one by one hold back what follows', async () => {
    const { session, server } = await openFake()
    const alone = session.executeAlone('COMPRESS DEFLATE')
    const behind = session.execute('NOOP')
    expect(await server.written()).toBe('A1 COMPRESS DEFLATE\r\n')
    server.say('A1 NO no\r\n')
    expect((await alone).status).toBe('NO')
    expect(await server.written()).toBe('A2 NOOP\r\n')
    server.say('A2 OK\r\n')
    expect((await behind).status).toBe('OK')
  })

  it('give an ESEARCH to the command it names', async () => {
    const { session, server } = await openFake()
    const [first, second] = [collect(), collect()]
    session.execute('UID SEARCH RETURN (ALL) 1:9', first)
    session.execute('UID SEARCH RETURN (ALL) SEEN', second)
    server.say('* ESEARCH (TAG "A2") UID ALL 5\r\n* ESEARCH (TAG "A1") UID ALL 6\r\n')
    expect([first.texts, second.texts]).toEqual([['* ESEARCH (TAG "A1") UID ALL 6'], ['* ESEARCH (TAG "A2") UID ALL 5']])
    session.destroy(new Error('over'))
  })
})

describe('literals in commands', () => {
  const name = { literal: Buffer.from('caf\xe9', 'latin1') }

  it('go along with LITERAL+', async () => {
    const { session, server } = await openFake('IMAP4rev1 LITERAL+')
    session.execute(['CREATE ', name])
    session.execute('NOOP')
    expect(await server.written()).toBe('A1 CREATE {4+}\r\ncaf\xe9\r\nA2 NOOP\r\n')
    session.destroy(new Error('over'))
  })

  it('go along with LITERAL- when small', async () => {
    const { session, server } = await openFake('IMAP4rev1 LITERAL-')
    session.execute(['CREATE ', name])
    session.execute(['X ', { literal: Buffer.alloc(4_097, 'y') }])
    expect(await server.written()).toBe('A1 CREATE {4+}\r\ncaf\xe9\r\nA2 X {4097}\r\n')
    session.destroy(new Error('over'))
  })

  it('wait for the server otherwise, and everything behind waits, too', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const created = session.execute(['CREATE ', name, ' x'])
    session.execute('NOOP')
    expect(await server.written()).toBe('A1 CREATE {4}\r\n')
    server.say('+ go ahead\r\n')
    expect(await server.written()).toBe('caf\xe9 x\r\nA2 NOOP\r\n')
    server.say('A1 OK\r\nA2 OK\r\n')
    expect((await created).status).toBe('OK')
  })

  it('are not sent when the server answers instead of asking', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const created = session.execute(['CREATE ', name])
    session.execute('NOOP')
    await server.written()
    server.say('A1 NO [CANNOT] no\r\n')
    expect((await created).code?.name).toBe('CANNOT')
    expect(await server.written()).toBe('A2 NOOP\r\n')
    session.destroy(new Error('over'))
  })

  it('belong to the newest command while older ones are answered', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const older = session.execute('NOOP')
    const created = session.execute(['CREATE ', name])
    await server.written()
    server.say('A1 OK\r\n+ go\r\n')
    expect((await older).status).toBe('OK')
    expect(await server.written()).toBe('caf\xe9\r\n')
    server.say('A2 OK\r\n')
    expect((await created).status).toBe('OK')
  })
})

describe('the end of a connection', () => {
  const opened = async () => {
    const fake = await openFake('IMAP4rev1')
    const waiting = [
      fake.session.execute('NOOP'),
      fake.session.execute(['CREATE ', { literal: Buffer.from('\xe9', 'latin1') }]),
      fake.session.execute('NOOP'),
    ]
    await fake.server.written()
    return { ...fake, waiting }
  }
  const codes = async (waiting: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(waiting)).map((one) => (one.status === 'rejected' ? one.reason.code : 'answered'))

  it.each([
    ['BYE', (server: FakeTransport) => server.say('* BYE shutting down\r\n'), 'test.bye'],
    ['a lost mailbox', (server: FakeTransport) => server.say('A1 BAD User is authenticated but not connected.\r\n'), 'test.bye'],
    ['a close', (server: FakeTransport) => server.listener.onClose(undefined), 'test.closed'],
    ['a reset', (server: FakeTransport) => server.listener.onClose(new Error('ECONNRESET')), 'test.socket'],
    ['silence', (server: FakeTransport) => server.listener.onIdle(), 'test.idle-timeout'],
    ['an answer to nothing', (server: FakeTransport) => server.say('Z9 OK\r\n'), 'imap.protocol.garbage'],
    ['an answer that is none', (server: FakeTransport) => server.say('A1 PERHAPS\r\n'), 'imap.protocol.garbage'],
  ])('by %s rejects everything', async (_name, end, code) => {
    const { session, server, waiting } = await opened()
    end(server)
    expect(await codes(waiting)).toEqual([code, code, code])
    expect(server.isDestroyed).toBe(true)
    expect(session.isOpen).toBe(false)
    await session.ended
    await expect(session.execute('NOOP')).rejects.toMatchObject({ code })
    expect(() => session.assertOpen()).toThrow()
    await session.close()
  })

  it('knows whether the session has worked by then', async () => {
    const { session, server } = await openFake()
    const login = session.execute('LOGIN a b')
    const id = session.execute('ID NIL')
    session.markSetUp()
    const refused = session.execute('EXAMINE a')
    const examined = session.execute('EXAMINE b')
    server.say('A1 OK\r\nA2 OK\r\nA3 NO\r\n')
    await Promise.all([login, id, refused])
    expect(session.hasWorked).toBe(false)
    server.say('A4 OK\r\n')
    await examined
    expect(session.hasWorked).toBe(true)
  })

  it('keeps what was answered before', async () => {
    const { server, waiting } = await opened()
    server.say('A1 OK\r\n* BYE\r\n')
    expect(await codes(waiting)).toEqual(['answered', 'test.bye', 'test.bye'])
  })

  it('is told by what destroyed it', async () => {
    const { session, waiting } = await opened()
    const reason = new Error('cancelled')
    session.destroy(reason)
    for (const one of waiting) await expect(one).rejects.toBe(reason)
  })

  it('comes when a receiver fails, with its error', async () => {
    const { session, server } = await openFake()
    const failed = session.execute('NOOP', {
      onUntagged() {
        throw new TypeError('a defect')
      },
    })
    server.say('* 1 EXISTS\r\n* 2 EXISTS\r\nA1 OK\r\n')
    await expect(failed).rejects.toThrow('a defect')
  })

  it('comes when a receiver fails at the answer, for its own command, too', async () => {
    const { session, server } = await openFake()
    const failed = session.execute('NOOP', {
      onAnswer() {
        throw new TypeError('a defect')
      },
    })
    const other = session.execute('NOOP')
    server.say('A1 OK\r\nA2 OK\r\n')
    await expect(failed).rejects.toThrow('a defect')
    await expect(other).rejects.toThrow('a defect')
  })

  it('is polite when asked for', async () => {
    const { session, server } = await openFake()
    const closed = session.close()
    expect(await server.written()).toBe('A1 LOGOUT\r\n')
    server.say('* BYE see you\r\nA1 OK\r\n')
    await closed
    await session.close()
    expect(server.isDestroyed).toBe(true)
  })

  it('does not come from silence while nothing is owed', async () => {
    const { session, server } = await openFake()
    server.listener.onIdle()
    expect(session.isOpen).toBe(true)
    const append = await session.open()
    server.listener.onIdle()
    expect(session.isOpen).toBe(true)
    append.text('NOOP')
    void append.end()
    session.pauseReading()
    server.listener.onIdle()
    expect(session.isOpen).toBe(true)
    session.resumeReading()
    server.listener.onIdle()
    expect(session.isOpen).toBe(false)
  })
})

describe('the greeting', () => {
  const greeted = async (text: string) => {
    const server = new FakeTransport()
    const session = new Session({
      transport: server,
      place: { host: 'h', port: 1, security: 'plain' },
      translate: (failure) => Object.assign(new Error(failure.type), { failure }) as never,
      idleTimeoutMs: 1_000,
    })
    const greeting = session.greeting()
    server.say(text)
    return greeting
  }

  it('may be PREAUTH', async () => {
    expect((await greeted('* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n')).status).toBe('PREAUTH')
  })

  it.each([
    ['* BYE too many connections\r\n', 'bye'],
    ['* NO go away\r\n', 'no-greeting'],
    ['HTTP/1.1 400 Bad Request\r\n', 'no-greeting'],
    ['220 mx.example.org ESMTP\r\n', 'no-greeting'],
    ['\r\n', 'no-greeting'],
  ])('%j is refused', async (text, type) => {
    await expect(greeted(text)).rejects.toMatchObject({ failure: { type } })
  })
})
