import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { fetchBodies, wholeBytesMax } from '../../../src/connectors/imap/protocol/fetch-bodies.ts'
import { openFake } from './fake-transport.ts'

const literal = (content: string) => `{${content.length}}\r\n${content}`
const fetched = (uid: number, content: string) => `* ${uid} FETCH (UID ${uid} BODY[] ${literal(content)})\r\n`
const large = 'x'.repeat(wholeBytesMax + 1)

async function readAll(bodies: AsyncIterable<{ uid: number; content: Uint8Array | AsyncIterable<Uint8Array> | null }>) {
  const all: [number, string | null][] = []
  for await (const { uid, content } of bodies) all.push([uid, content === null ? null : await textOf(content)])
  return all
}

async function textOf(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  if (content instanceof Uint8Array) return Buffer.from(content).toString('latin1')
  let text = ''
  for await (const chunk of content) text += Buffer.from(chunk).toString('latin1')
  return text
}

describe('bodies', () => {
  it('come whole when small, as a stream when large, empty, NIL or quoted', async () => {
    const { session, server } = await openFake()
    const { bodies, answer } = fetchBodies(session, [1, 2, 3, 4, 5, 6])
    expect(await server.written()).toBe('A1 UID FETCH 1:6 (UID BODY.PEEK[])\r\n')
    const read = readAll(bodies)
    server.say(fetched(1, 'one'), fetched(2, large), fetched(3, ''))
    server.say('* 4 FETCH (UID 4 BODY[] NIL)\r\n* 5 FETCH (UID 5 BODY[] "a\\"b")\r\nA1 OK\r\n')
    expect(await read).toEqual([
      [1, 'one'],
      [2, large],
      [3, ''],
      [4, null],
      [5, 'a"b'],
    ])
    expect((await answer()).status).toBe('OK')
  })

  it('are put together from any chunks', async () => {
    const { session, server } = await openFake()
    const read = readAll(fetchBodies(session, [1, 2]).bodies)
    for (const char of fetched(1, 'split') + fetched(2, 'too')) server.say(char)
    expect(await read).toEqual([
      [1, 'split'],
      [2, 'too'],
    ])
  })

  it('end when all have come, though the answer has not', async () => {
    const { session, server } = await openFake()
    const read = readAll(fetchBodies(session, [7]).bodies)
    server.say(fetched(7, 'x'))
    expect(await read).toEqual([[7, 'x']])
  })

  it('pass over news of other kinds', async () => {
    const { session, server } = await openFake()
    const read = readAll(fetchBodies(session, [1, 2]).bodies)
    server.say('* 9 FETCH (UID 9 FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n', fetched(2, 'two'), '* 12 EXISTS\r\n', fetched(2, 'again'), fetched(8, 'stray'))
    server.say('* 1 FETCH (FLAGS (\\Seen) UID 1)\r\nA1 NO some are gone\r\n')
    expect(await read).toEqual([[2, 'two']])
  })

  it('may have their UID behind them', async () => {
    const { session, server } = await openFake()
    const read = readAll(fetchBodies(session, [1, 2]).bodies)
    server.say(`* 1 FETCH (BODY[] ${literal('one')} UID 1)\r\n* 2 FETCH (FLAGS () BODY[] ${literal(large)} UID 2)\r\nA1 OK\r\n`)
    expect(await read).toEqual([
      [1, 'one'],
      [2, large],
    ])
  })

  it('without a UID before them end the session when huge, unless asked for alone', async () => {
    const { session, server } = await openFake()
    const alone = readAll(fetchBodies(session, [5]).bodies)
    const head = `* 1 FETCH (BODY[] {2000000}\r\n`
    server.say(head, 'y'.repeat(2_000_000), ' UID 5)\r\n')
    expect((await alone)[0]?.[1]).toHaveLength(2_000_000)
    const several = readAll(fetchBodies(session, [5, 6]).bodies)
    server.say('A1 OK\r\n', head)
    await expect(several).rejects.toMatchObject({ code: 'imap.fetch.nameless' })
  })

  it('of a section are asked for by it', async () => {
    const { session, server } = await openFake()
    const section = 'HEADER.FIELDS (DATE FROM)'
    const read = readAll(fetchBodies(session, [1], section).bodies)
    expect(await server.written()).toBe(`A1 UID FETCH 1 (UID BODY.PEEK[${section}])\r\n`)
    server.say(`* 1 FETCH (UID 1 BODY[HEADER.FIELDS ("DATE" "FROM")] ${literal('Date: x\r\n')})\r\n`)
    expect(await read).toEqual([[1, 'Date: x\r\n']])
  })
})

describe('several fetches', () => {
  it('may be answered together, as Dovecot 2.3.19 does', async () => {
    const { session, server } = await openFake()
    const reads = [[1, 2], [3, 4], [5]].map((uids) => readAll(fetchBodies(session, uids).bodies))
    server.say([1, 2, 3, 4, 5].map((uid) => fetched(uid, `m${uid}`)).join(''), 'A1 OK\r\nA2 OK\r\nA3 OK\r\n')
    expect(await Promise.all(reads)).toEqual([
      [[1, 'm1'], [2, 'm2']],
      [[3, 'm3'], [4, 'm4']],
      [[5, 'm5']],
    ])
  })

  it('with the UID behind the body still find their owners', async () => {
    const { session, server } = await openFake()
    const reads = [[1, 2], [3, 4]].map((uids) => readAll(fetchBodies(session, uids).bodies))
    server.say([1, 2, 3, 4].map((uid) => `* 1 FETCH (BODY[] ${literal(`m${uid}`)} UID ${uid})\r\n`).join(''))
    expect((await Promise.all(reads)).flat().map(([, text]) => text)).toEqual(['m1', 'm2', 'm3', 'm4'])
  })

  it('across an EXAMINE keep equal UIDs apart', async () => {
    const { session, server } = await openFake()
    const first = readAll(fetchBodies(session, [1]).bodies)
    const examined: string[] = []
    session.execute('EXAMINE b', { onUntagged: (text) => void examined.push(text) })
    const second = readAll(fetchBodies(session, [1]).bodies)
    server.say(fetched(1, 'in a'), 'A1 OK\r\n* 1 EXISTS\r\nA2 OK\r\n', fetched(1, 'in b'), 'A3 OK\r\n')
    expect([await first, await second]).toEqual([[[1, 'in a']], [[1, 'in b']]])
    expect(examined).toEqual(['* 1 EXISTS'])
  })

  it('do not block each other when a body is missing and the answer comes late', async () => {
    const { session, server } = await openFake()
    const first = fetchBodies(session, [1, 2])
    const more = Array.from({ length: 12 }, (_, index) => index + 3)
    const second = fetchBodies(session, more)
    const iterator = first.bodies[Symbol.asyncIterator]()
    server.say(fetched(1, 'one'))
    await iterator.next()
    const end = iterator.next()
    for (const uid of more) server.say(fetched(uid, 'z'.repeat(120_000)))
    expect(server.isPaused).toBe(false)
    server.say('A1 NO one is missing\r\nA2 OK\r\n')
    expect((await end).done).toBe(true)
    expect(server.isPaused).toBe(true)
    expect((await first.answer()).status).toBe('NO')
    expect(await readAll(second.bodies)).toHaveLength(12)
    expect(server.isPaused).toBe(false)
  })
})

describe('a slow consumer', () => {
  it('stops the connection and starts it again', async () => {
    const { session, server } = await openFake()
    const uids = Array.from({ length: 40 }, (_, index) => index + 1)
    const { bodies } = fetchBodies(session, uids)
    const content = 'z'.repeat(64 * 1024)
    let sent = 0
    while (!server.isPaused && sent < 40) server.say(fetched(++sent, content))
    expect(sent).toBeGreaterThan(5)
    expect(sent).toBeLessThan(12)
    const iterator = bodies[Symbol.asyncIterator]()
    while (server.isPaused) await iterator.next()
    for (const uid of uids.slice(sent)) server.say(fetched(uid, content))
    let read = 0
    for await (const body of { [Symbol.asyncIterator]: () => iterator }) read += body.sizeBytes > 0 ? 1 : 0
    expect(read).toBeGreaterThan(20)
  })

  it('of a stream does so within one body', async () => {
    const { session, server } = await openFake()
    const { bodies } = fetchBodies(session, [1])
    server.say('* 1 FETCH (UID 1 BODY[] {10000000}\r\n')
    let sent = 0
    const chunk = 'z'.repeat(50_000)
    while (!server.isPaused && sent < 200) {
      server.say(chunk)
      sent++
    }
    expect(sent).toBeLessThan(30)
    const iterator = bodies[Symbol.asyncIterator]()
    const { value: body } = await iterator.next()
    let readBytes = 0
    for await (const bytes of body.content) {
      readBytes += bytes.length
      if (!server.isPaused && sent < 200) {
        server.say(chunk)
        sent++
      }
    }
    expect(readBytes).toBe(10_000_000)
  })
})

describe('giving up', () => {
  it('a stream skips the rest of it', async () => {
    const { session, server } = await openFake()
    const { bodies } = fetchBodies(session, [1, 2])
    const iterator = bodies[Symbol.asyncIterator]()
    server.say('* 1 FETCH (UID 1 BODY[] {3000000}\r\n', 'z'.repeat(1_400_000))
    const first = await iterator.next()
    expect(server.isPaused).toBe(true)
    const second = iterator.next()
    expect(server.isPaused).toBe(false)
    server.say('z'.repeat(1_600_000), ')\r\n', fetched(2, 'two'))
    expect((await second).value).toMatchObject({ uid: 2 })
    await expect(textOf(first.value.content)).rejects.toThrow('given up')
  })

  it('the loop skips everything, and the session goes on', async () => {
    const { session, server } = await openFake()
    const { bodies } = fetchBodies(session, [1, 2, 3])
    server.say(fetched(1, 'one'), fetched(2, large))
    for await (const body of bodies) {
      expect(body.uid).toBe(1)
      break
    }
    server.say(fetched(3, large), 'A1 OK\r\n')
    const noop = session.execute('NOOP')
    server.say('A2 OK\r\n')
    expect((await noop).status).toBe('OK')
    expect(server.isPaused).toBe(false)
  })
})

describe('a connection that ends', () => {
  it('in a body rejects its stream and what follows', async () => {
    const { session, server } = await openFake()
    const { bodies, answer } = fetchBodies(session, [1, 2])
    const iterator = bodies[Symbol.asyncIterator]()
    server.say('* 1 FETCH (UID 1 BODY[] {3000000}\r\n', 'z'.repeat(10))
    const { value } = await iterator.next()
    const text = textOf(value.content)
    server.listener.onClose(new Error('reset'))
    await expect(text).rejects.toMatchObject({ code: 'test.socket' })
    await expect(iterator.next()).rejects.toMatchObject({ code: 'test.socket' })
    await expect(answer()).rejects.toMatchObject({ code: 'test.socket' })
  })

  it('leaves what came whole', async () => {
    const { session, server } = await openFake()
    const iterator = fetchBodies(session, [1, 2]).bodies[Symbol.asyncIterator]()
    server.say(fetched(1, 'one'))
    session.destroy(new Error('over'))
    await setImmediate()
    expect((await iterator.next()).value).toMatchObject({ uid: 1 })
    await expect(iterator.next()).rejects.toThrow('over')
  })
})
