import { afterAll, beforeAll, expect, test } from 'vitest'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { Sessions } from '../../../src/connectors/imap/sessions.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import type { DovecotServer } from '../dovecot.ts'
import type { LineHook, MeddledSession } from '../meddler.ts'
import { type ScriptedImap, type ScriptedSession, startScriptedImap } from '../scripted-imap.ts'
import { FaultRig, fill, type Meddling, type PassOutcome, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let wide: DovecotServer
let narrow: Record<1 | 2, DovecotServer>
beforeAll(async () => {
  const [many, one, two] = await Promise.all([startQuickDovecot(), startQuickDovecot({ sessionsMax: 1 }), startQuickDovecot({ sessionsMax: 2 })])
  wide = many
  narrow = { 1: one, 2: two }
})
afterAll(() => Promise.all([wide, narrow[1], narrow[2]].map((server) => server.stop())))

const messages = 60 + 6 * 20 + 8

interface Sides<T> {
  readonly source: T
  readonly target: T
}

/** `meddling` may look at how many connections are open now, of both sides. */
async function migrate(
  name: string,
  ports: Sides<number>,
  meddling: Partial<Sides<Meddling>> | ((connections: () => Sides<number>) => Partial<Sides<Meddling>>),
): Promise<PassOutcome> {
  let running: FaultRig | undefined
  const meddlings = typeof meddling === 'function' ? meddling(() => running?.connections ?? { source: 0, target: 0 }) : meddling
  const options = {
    source: { port: ports.source, user: `${name}-s`, meddling: meddlings.source ?? {} },
    target: { port: ports.target, user: `${name}-t`, meddling: meddlings.target ?? {} },
    // A server takes a moment to notice that a connection is gone and that its place is free.
    realDelayMsMax: 100,
  }
  let outcome: PassOutcome | undefined
  await FaultRig.run(options, async (rig) => {
    running = rig
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 60))
      for (let folder = 0; folder < 6; folder++) await fill(probe, [`Folder ${folder}`], range(100 + folder * 20, 20))
      await fill(probe, ['Large'], range(400, 8), 200_000)
    })
    outcome = await rig.migrate()
    expect(outcome.tally.fates).toMatchObject({ migrated: messages, failed: 0, pending: 0 })
  })
  return outcome as PassOutcome
}

/** Resets every connection at the matching lines with these numbers, counted from 1. */
function resetAllAt(numbers: readonly number[], lines: RegExp, seen = { lines: 0 }): Meddling {
  const open = new Set<{ cut(how?: 'reset'): void }>()
  const onServerLine: LineHook = (line) => {
    if (!lines.test(line) || !numbers.includes(++seen.lines)) return undefined
    for (const session of open) session.cut('reset')
    open.clear()
    return null
  }
  return { onConnect: (session) => void open.add(session), onServerLine }
}

for (const sessions of [1, 2] as const) {
  test(`a source that lets ${sessions} session in: all of them are lost again and again`, () =>
    migrate(`source-${sessions}`, { source: narrow[sessions].port, target: wide.port }, { source: resetAllAt([2, 9, 70, 90, 130], / FETCH /) }))

  test(`a target that lets ${sessions} session in: all of them are lost again and again`, () =>
    migrate(`target-${sessions}`, { source: wide.port, target: narrow[sessions].port }, { target: resetAllAt([4, 11, 13, 15], /^A\d+ OK/) }))

  test(`both sides let ${sessions} session in and lose them`, () =>
    migrate(`both-${sessions}`, { source: narrow[sessions].port, target: narrow[sessions].port }, {
      source: resetAllAt([5, 40, 160], / FETCH /),
      target: resetAllAt([6, 12], /^A\d+ OK/),
    }))
}

test('the session that looks after folders is lost while a stream holds the only other place', async () => {
  let cuts = 0
  const source: Meddling = {}
  // The first session looks after folders until it is cut; from then on the place is taken by whoever comes first.
  source.onServerLine = (line, session) => {
    if (session.number !== 1 || !/BODY\[\] /.test(line) || cuts++ > 0) return undefined
    session.cut('reset')
    return null
  }
  await migrate('only-place', { source: narrow[1].port, target: wide.port }, { source })
  expect(cuts).toBeGreaterThan(0)
})

/** Commands that Exchange answers as ever when it has lost the mailbox. */
const harmless = /^(?:CAPABILITY|LOGIN|AUTHENTICATE|LOGOUT|ENABLE|ID)$/

/** Answers on a session instead of the server, from the time that `isLost` first says so. */
function disown(isLost: (line: string, session: MeddledSession) => boolean): LineHook {
  const lost = new Set<number>()
  return (line, session) => {
    const tag = line.split(' ')[0] ?? ''
    const command = session.commandName(tag)
    if (!lost.has(session.number) && !isLost(line, session)) return undefined
    lost.add(session.number)
    if (command === undefined) return /^\* (?:OK|CAPABILITY|BYE)/.test(line) ? undefined : null
    return harmless.test(command) ? undefined : `${tag} BAD User is authenticated but not connected.`
  }
}

test('Exchange lets sessions in and gives only two of them the mailbox', async () => {
  const beyond = new Set<number>()
  const { events } = await migrate('exchange-many', { source: wide.port, target: wide.port }, (connections) => ({
    target: {
      onConnect: (session) => {
        if (connections().target > 2) beyond.add(session.number)
      },
      onServerLine: disown((_line, session) => beyond.has(session.number)),
    },
  }))
  expect(beyond.size).toBeGreaterThan(0)
  expect(waits(events).filter((reason) => !reason.includes('not connected'))).toEqual([])
})

test('Exchange loses the mailbox of sessions that have worked', async () => {
  let appends = 0
  let bodies = 0
  const isAppend = (line: string, session: MeddledSession): boolean => session.commandName(line.split(' ')[0] ?? '') === 'APPEND'
  const { events } = await migrate('exchange-lost', { source: wide.port, target: wide.port }, {
    source: { onServerLine: disown((line) => /BODY\[\] /.test(line) && [30, 70].includes(++bodies)) },
    target: { onServerLine: disown((line, session) => isAppend(line, session) && ++appends <= 2) },
  })
  expect(waits(events).join('\n')).toContain('"User is authenticated but not connected."')
})

test('a login without a right to the mailbox ends in one sentence', async () => {
  const meddling = { onServerLine: disown((line) => /^A\d+ OK/.test(line)) }
  await FaultRig.run({ source: { port: wide.port, user: 'no-right', meddling }, target: { port: wide.port, user: 'no-right-t' } }, async (rig) => {
    const { error, tally } = await rig.pass()
    expect(error).toMatchObject({ kind: 'transient', code: 'imap.not-connected', hint: expect.stringContaining('licence') })
    expect(error?.message).toMatch(/^The server has logged us in .*\.$/)
    expect(tally.source).toBe(0)
  })
})

test('Courier closes every connection beyond the third without a word', async () => {
  let turnedAway = 0
  const closeBeyond = (sessionsMax: number, open: () => number): Meddling => ({
    onConnect: (session) => {
      if (open() <= sessionsMax) return
      turnedAway++
      session.cut()
    },
  })
  await migrate('courier', { source: wide.port, target: wide.port }, (connections) => ({
    source: closeBeyond(3, () => connections().source),
    target: closeBeyond(2, () => connections().target),
  }))
  expect(turnedAway).toBeGreaterThan(0)
})

function waits(events: PassOutcome['events']): readonly string[] {
  return events.flatMap((event) => (event.type === 'waiting' ? event.reason : []))
}

/** Sessions of an account at a server that lets one session in and turns away further ones in its own way. */
async function withOnePlace(turnAway: (session: ScriptedSession) => void, work: (sessions: Sessions, server: ScriptedImap) => Promise<void>): Promise<void> {
  let open: ScriptedImap | undefined
  const server = await startScriptedImap({
    onConnect: (session) => {
      if ((open?.connections() ?? 0) > 1) turnAway(session)
    },
  })
  open = server
  const config = imapConnector.parseUrl(`imap://anna@127.0.0.1:${server.port}?tls=off`, { password: 'pw' })
  const sessions = new Sessions(config, realContext(AbortSignal.timeout(20_000)))
  try {
    await work(sessions, server)
  } finally {
    await sessions.close()
    await server.stop()
  }
}

test.each([
  ['a word', (session: ScriptedSession) => (session.send('* BYE [ALERT] Too many connections'), session.drop())],
  ['no word', (session: ScriptedSession) => session.drop('reset')],
])('one place, further connections are turned away with %s: a stream and the folders share it, whichever came first', (_name, turnAway) =>
  withOnePlace(turnAway, async (sessions, server) => {
    const control = await sessions.control()
    const first = await sessions.lease()
    expect(first.session).toBe(control)
    await expect(sessions.lease()).rejects.toMatchObject({ code: 'sessions-limited' })
    control.destroy(new Error('lost'))
    first.release()
    await expect.poll(() => server.connections()).toBe(0)
    const second = await sessions.lease()
    expect(second.session).not.toBe(control)
    const [found, again] = await Promise.all([sessions.control(), sessions.control()])
    expect([found, again]).toEqual([second.session, second.session])
    second.release()
    expect((await sessions.lease()).session).toBe(second.session)
    await expect.poll(() => server.connections()).toBe(1)
  }))

test('of all who find the session that looks after folders lost, none opens one of its own', async () => {
  const server = await startScriptedImap()
  const config = imapConnector.parseUrl(`imap://anna@127.0.0.1:${server.port}?tls=off`, { password: 'pw' })
  const sessions = new Sessions(config, realContext(AbortSignal.timeout(20_000)))
  try {
    const lost = await sessions.control()
    lost.destroy(new Error('lost'))
    const found = await Promise.all(range(0, 5).map(() => sessions.control()))
    expect(new Set(found).size).toBe(1)
    await expect.poll(() => server.connections()).toBe(1)
  } finally {
    await sessions.close()
    await server.stop()
  }
})
