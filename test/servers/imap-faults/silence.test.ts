import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Clock } from '../../../src/core/ports/context.ts'
import type { DovecotServer } from '../dovecot.ts'
import type { LineHook, MeddledSession } from '../meddler.ts'
import { FaultRig, fill, type Meddling, type PassOutcome, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
let users = 0
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

/** How much faster a rushing clock goes: still slow for a server that answers at all. */
const haste = 100

/** Stands still, so that no timeout ever comes, until it is told to rush. */
class RushingClock implements Clock {
  readonly #startedAtMs = Date.now()
  #leaptMs = 0
  #rush = Promise.withResolvers<void>()

  now(): number {
    return this.#startedAtMs + this.#leaptMs
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>()
    const abort = (): void => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      signal.throwIfAborted()
      await Promise.race([this.#rush.promise, aborted.promise])
      await Promise.race([sleep(delayMs / haste), aborted.promise])
      this.#leaptMs += delayMs
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  rush(): void {
    this.#rush.resolve()
  }

  /** Stands still again. */
  rest(): void {
    this.#rush = Promise.withResolvers()
  }
}

interface Silence {
  readonly meddling: Meddling
  /** Sessions that have fallen silent. */
  readonly silent: ReadonlySet<number>
}

/**
 * A server that says nothing more on a session from the line on that `begins` picks, and does not hear either; the next
 * session is served. With `isLasting` no session is served any more, new ones included.
 */
function fallSilent(clock: RushingClock, begins: (line: string, session: MeddledSession) => boolean, isLasting = false): Silence {
  const silent = new Set<number>()
  const isSilent = (session: MeddledSession): boolean => silent.has(session.number) || (isLasting && silent.size > 0)
  const onServerLine: LineHook = (line, session) => {
    if (isSilent(session)) return null
    if (!begins(line, session)) return undefined
    silent.add(session.number)
    clock.rush()
    return null
  }
  const onClientLine: LineHook = (_line, session) => (isSilent(session) ? null : undefined)
  return { meddling: { onServerLine, onClientLine }, silent }
}

async function migrate(clock: RushingClock, meddling: { source?: Meddling; target?: Meddling }): Promise<PassOutcome> {
  const user = `silence-${++users}`
  const options = {
    source: { port: server.port, user: `${user}-s`, meddling: meddling.source ?? {} },
    target: { port: server.port, user: `${user}-t`, meddling: meddling.target ?? {} },
    realDelayMsMax: 50,
    connectionClock: clock,
  }
  let outcome: PassOutcome | undefined
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 90))
      await fill(probe, ['Large'], range(100, 3), 400_000)
    })
    outcome = await rig.migrate()
    expect(outcome.tally.fates).toMatchObject({ migrated: 93, failed: 0 })
  })
  return outcome as PassOutcome
}

function waits({ events }: PassOutcome): string {
  return events.flatMap((event) => (event.type === 'waiting' ? event.reason : [])).join('\n')
}

/** The nth line that matches. */
function nth(number: number, isWanted: (line: string, session: MeddledSession) => boolean): (line: string, session: MeddledSession) => boolean {
  let seen = 0
  return (line, session) => isWanted(line, session) && ++seen === number
}

const isAnswerTo = (command: string) => (line: string, session: MeddledSession) => session.commandName(line.split(' ')[0] ?? '') === command

test.each([
  ['in front of a body', nth(20, (line) => /BODY\[\] /.test(line))],
  ['in a listing', nth(40, (line) => /^\* \d+ FETCH \(UID \d+ FLAGS/.test(line))],
  ['before it answers a LIST', nth(1, isAnswerTo('LIST'))],
])('a source that falls silent %s is noticed, and the pass ends well on a new connection', async (_name, begins) => {
  const clock = new RushingClock()
  const { meddling, silent } = fallSilent(clock, begins)
  const outcome = await migrate(clock, { source: meddling })
  expect(silent.size).toBe(1)
  expect(waits(outcome)).toMatch(/has not answered for 60 seconds/)
})

test.each([
  ['after it has stored what it does not confirm', nth(1, isAnswerTo('APPEND'))],
  ['before it makes a folder', nth(1, isAnswerTo('CREATE'))],
])('a target that falls silent %s is noticed, and nothing is doubled', async (_name, begins) => {
  const clock = new RushingClock()
  const { meddling, silent } = fallSilent(clock, begins)
  const outcome = await migrate(clock, { target: meddling })
  expect(silent.size).toBe(1)
  expect(waits(outcome)).toMatch(/has not answered for 60 seconds/)
})

test('a server that answers nobody any more: the pass stops with one sentence, and the next one ends well', async () => {
  const clock = new RushingClock()
  const lasting = fallSilent(clock, nth(30, (line) => /BODY\[\] /.test(line)), true)
  const source = { ...lasting.meddling }
  const options = {
    source: { port: server.port, user: 'mute-s', meddling: source },
    target: { port: server.port, user: 'mute-t' },
    connectionClock: clock,
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource((probe) => fill(probe, ['INBOX'], range(0, 90)))
    const { error, tally } = await rig.pass()
    expect(error).toMatchObject({ kind: 'transient', code: 'imap.connect.silent' })
    expect(error?.message).toMatch(/^The server at \S+ accepts the connection and then says nothing\.$/)
    expect(tally.fates).toMatchObject({ failed: 0, gone: 0 })
    rig.sourceMeddling.onServerLine = undefined
    rig.sourceMeddling.onClientLine = undefined
    clock.rest()
    await rig.migrate()
  })
})
