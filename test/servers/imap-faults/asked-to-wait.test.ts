import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { FaultRig, fill, type Meddling, type PassOutcome, range, refuse } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
let users = 0
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

/** Migrates 70 messages in three folders through these meddlings; the outcome is a full and single copy. */
async function migrate(meddling: { source?: Meddling; target?: Meddling }): Promise<PassOutcome> {
  const user = `wait-${++users}`
  const { source = {}, target = {} } = meddling
  let outcome: PassOutcome | undefined
  const options = {
    source: { port: server.port, user: `${user}-s`, meddling: source },
    target: { port: server.port, user: `${user}-t`, meddling: target },
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 40))
      await fill(probe, ['A'], range(100, 20))
      await fill(probe, ['A', 'B'], range(200, 10))
    })
    outcome = await rig.migrate()
    expect(outcome.tally.fates).toEqual({ migrated: 70, alreadyThere: 0, skipped: 0, failed: 0, gone: 0, pending: 0 })
  })
  return outcome as PassOutcome
}

const append = /^\S+ APPEND /
const bodies = /^\S+ UID FETCH \S+ \(UID BODY/
const opening = /^\S+ (?:EXAMINE|SELECT) /

/** More often than an attempt that is counted would be granted. */
const often = 25

test('[INUSE] on APPEND is waited out', async () => {
  const { delaysMs } = await migrate({ target: { onClientLine: refuse(4, append, 'NO [INUSE] Mailbox is locked') } })
  expect(delaysMs.length).toBeGreaterThan(0)
})

test('[INUSE] on EXAMINE is waited out', async () => {
  const { delaysMs } = await migrate({ source: { onClientLine: refuse(6, opening, 'NO [INUSE] Mailbox is locked') } })
  expect(delaysMs.length).toBeGreaterThan(0)
})

test('[THROTTLED] on APPEND is waited out and spends no attempt', async () => {
  const { events } = await migrate({ target: { onClientLine: refuse(often, append, 'NO [THROTTLED] Slow down please') } })
  expect(events.filter((event) => event.type === 'itemFailed')).toEqual([])
  expect(events.some((event) => event.type === 'waiting' && event.side === 'target')).toBe(true)
})

test('[THROTTLED] on FETCH is waited out, fails no message and spends no attempt', async () => {
  const { events } = await migrate({ source: { onClientLine: refuse(often, bodies, 'NO [THROTTLED] Slow down please') } })
  expect(events.some((event) => event.type === 'waiting' && event.side === 'source')).toBe(true)
})

test('[THROTTLED] on EXAMINE and LIST is waited out', async () => {
  await migrate({
    source: { onClientLine: refuse(often, opening, 'NO [THROTTLED] Slow down please') },
    target: { onClientLine: refuse(5, /^\S+ LIST /, 'NO [THROTTLED] Slow down please') },
  })
})

const exchange = 'BAD Request is throttled. Suggested Backoff Time: 500 milliseconds'

test('"Suggested Backoff Time: 500 milliseconds" of Exchange on FETCH is waited as asked', async () => {
  const { delaysMs } = await migrate({ source: { onClientLine: refuse(often, bodies, exchange) } })
  expect(delaysMs).toContain(500)
})

test('"Suggested Backoff Time: 500 milliseconds" of Exchange on APPEND is waited as asked', async () => {
  const { delaysMs } = await migrate({ target: { onClientLine: refuse(often, append, exchange) } })
  expect(delaysMs).toContain(500)
})

test('"exceeded command or bandwidth limits" of Gmail is waited for ten minutes, and is no full mailbox', async () => {
  const gmail = 'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)'
  const { delaysMs } = await migrate({ source: { onClientLine: refuse(2, bodies, gmail) } })
  expect(delaysMs).toContain(600_000)
})

test('"[LIMIT] UID FETCH Rate limit hit." of Yahoo is waited out', async () => {
  await migrate({ source: { onClientLine: refuse(often, bodies, 'NO [LIMIT] UID FETCH Rate limit hit.') } })
})

test('a BYE that asks to wait, instead of a greeting, is waited out', async () => {
  await migrate({
    target: {
      onConnect: (session) => {
        if (session.number !== 2 && session.number !== 3) return
        session.sendToClient('* BYE [UNAVAILABLE] Server is busy, try again later')
        session.cut()
      },
    },
  })
})

test('a login that is put off is tried again', async () => {
  const putOff = refuse(3, / AUTHENTICATE /, 'NO [UNAVAILABLE] Temporary authentication failure.')
  await migrate({ source: { onClientLine: (line, session) => (session.number > 1 ? putOff(line, session) : undefined) } })
})
