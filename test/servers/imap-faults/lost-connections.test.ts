import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import type { LineHook } from '../meddler.ts'
import { FaultRig, fill, type Meddling, type PassOutcome, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
let users = 0
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const messages = 82

/** Migrates small and large messages, some of them equal, through these meddlings; the outcome is a full and single copy. */
async function migrate(meddling: { source?: Meddling; target?: Meddling }, largeBytes = 300_000): Promise<PassOutcome> {
  const user = `lost-${++users}`
  const { source = {}, target = {} } = meddling
  let outcome: PassOutcome | undefined
  const options = {
    source: { port: server.port, user: `${user}-s`, meddling: source },
    target: { port: server.port, user: `${user}-t`, meddling: target },
    // A server goes on for a moment with what it had received.
    realDelayMsMax: 250,
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], [...range(0, 40), 3, 3, 4])
      await fill(probe, ['A'], range(100, 35))
      await fill(probe, ['Large'], range(200, 4), largeBytes)
    })
    outcome = await rig.migrate()
    expect(outcome.tally.fates).toEqual({ migrated: messages, alreadyThere: 0, skipped: 0, failed: 0, gone: 0, pending: 0 })
  })
  return outcome as PassOutcome
}

/** Does `act` at the matching lines with these numbers, counted from 1. */
function atNth(numbers: readonly number[], lines: RegExp, act: LineHook): LineHook {
  let seen = 0
  return (line, session) => (lines.test(line) && numbers.includes(++seen) ? act(line, session) : undefined)
}

/** The tagged answer to an APPEND. */
function atAppendAnswer(numbers: readonly number[], act: LineHook): LineHook {
  let seen = 0
  return (line, session) => {
    const isAnswer = session.commandName(line.split(' ')[0] ?? '') === 'APPEND'
    return isAnswer && numbers.includes(++seen) ? act(line, session) : undefined
  }
}

const smallBody = /BODY\[\] \{\d{3}\}$/
const largeBody = /BODY\[\] \{\d{6,}\}$/

test('BYE in the middle of a literal that is fetched', async () => {
  const bye: LineHook = (_line, session) => session.cutInLiteral(100, '\r\n* BYE Shutting down\r\n')
  await migrate({ source: { onServerLine: atNth([7, 30], smallBody, bye) } })
})

test('BYE in the middle of a large literal that is being handed on', async () => {
  const bye: LineHook = (_line, session) => session.cutInLiteral(150_000, '\r\n* BYE Shutting down\r\n')
  await migrate({ source: { onServerLine: atNth([2], largeBody, bye) } })
})

test('a connection reset in the middle of a fetched literal', async () => {
  await migrate({ source: { onServerLine: atNth([1, 5], /BODY\[\] \{\d+\}$/, (_line, session) => session.cut('reset')) } })
})

test('BYE in the middle of the literal that we append', async () => {
  const bye: LineHook = (_line, session) => {
    session.sendToClient('* BYE Shutting down')
    // Part of the literal, which is larger than what is read at a time, has passed by then.
    setTimeout(() => session.cut(), 1)
  }
  await migrate({ target: { onClientLine: atNth([1, 2], /^\S+ APPEND Large .*\{\d{6,}\+?\}$/, bye) } }, 3_000_000)
})

test('a connection reset in the middle of the literal that we append', async () => {
  const reset: LineHook = (_line, session) => void setTimeout(() => session.cut('reset'), 1)
  await migrate({ target: { onClientLine: atNth([1], /^\S+ APPEND Large .*\{\d{6,}\+?\}$/, reset) } }, 3_000_000)
})

test('the answer to an APPEND of many messages is lost after the server stored them', async () => {
  const lose: LineHook = (_line, session) => {
    session.cut()
    return null
  }
  await migrate({ target: { onServerLine: atAppendAnswer([1, 2, 3], lose) } })
})

test('the answers to single APPENDs are lost after the server stored the messages', async () => {
  const withoutMultiappend = (line: string): string => line.replace(/ MULTIAPPEND/g, '')
  const lose = atAppendAnswer([1, 17, 60], (_line, session) => {
    session.cut()
    return null
  })
  await migrate({
    target: {
      onServerLine: (line, session) => {
        const lost = lose(line, session)
        return lost === undefined ? withoutMultiappend(line) : lost
      },
    },
  })
})

test('the answer to an APPEND is lost and its connection stays silent until it is reset', async () => {
  await migrate({
    target: {
      onServerLine: atAppendAnswer([1], (_line, session) => {
        setTimeout(() => session.cut('reset'), 50)
        return null
      }),
    },
  })
})

test('connections lost while folders are listed, opened and made', async () => {
  const cut: LineHook = (_line, session) => {
    session.cut()
    return null
  }
  await migrate({
    source: { onServerLine: atNth([2, 30], /^\* (?:LIST|\d+ FETCH \(UID \d+ FLAGS)/, cut) },
    target: { onClientLine: atNth([1], / (?:CREATE) /, cut), onServerLine: atNth([3], /^\* LIST/, cut) },
  })
})

test('a server that restarts in the middle: refused and dropped connections are tried again', async () => {
  let refusals = 0
  let hasRestarted = false
  const target: Meddling = {}
  const open = new Set<{ cut(how?: 'reset'): void }>()
  target.onConnect = (session) => {
    open.add(session)
    if (hasRestarted && refusals++ < 5) session.cut('reset')
  }
  target.onServerLine = atAppendAnswer([2], () => {
    hasRestarted = true
    for (const session of open) session.cut('reset')
    return null
  })
  await migrate({ target })
  expect(refusals).toBeGreaterThan(5)
})
