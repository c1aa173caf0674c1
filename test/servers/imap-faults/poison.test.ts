import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { toImapDate } from '../imap-probe.ts'
import type { LineHook } from '../meddler.ts'
import { FaultRig, fill, type Meddling, type PassOutcome, range, refuse } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'
import { sampleDate, sampleMessage } from './sample-mail.ts'

let server: DovecotServer
let limited: DovecotServer
let users = 0
beforeAll(async () => {
  ;[server, limited] = await Promise.all([startQuickDovecot(), startQuickDovecot({ appendSizeBytesMax: 50_000 })])
})
afterAll(() => Promise.all([server.stop(), limited.stop()]))

/** Migrates 61 messages of which `codes.length` are bad: these alone fail, with these codes; the rest arrives once. */
async function migrateAllBut(
  codes: readonly string[],
  meddling: { source?: Meddling; target?: Meddling },
  more: { readonly targetPort?: number; readonly extra?: Uint8Array } = {},
): Promise<PassOutcome> {
  const user = `poison-${++users}`
  const { source = {}, target = {} } = meddling
  let outcome: PassOutcome | undefined
  const options = {
    source: { port: server.port, user: `${user}-s`, meddling: source },
    target: { port: more.targetPort ?? server.port, user: `${user}-t`, meddling: target },
    realDelayMsMax: 40,
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['A'], range(0, 20))
      if (more.extra === undefined) await fill(probe, ['A'], [20])
      else await probe.append(['A'], more.extra, { internalDate: sampleDate(20) })
      await fill(probe, ['A'], range(21, 25))
      await fill(probe, ['B'], range(100, 15))
    })
    outcome = await rig.cleanPass()
    expect(await rig.failureCodes()).toEqual(codes)
    expect(outcome.tally.fates).toMatchObject({ migrated: 61 - codes.length, failed: codes.length, pending: 0 })
    const there = await rig.atTarget((probe) => probe.allMessages())
    expect(there).toHaveLength(61 - codes.length)
    expect(new Set(there.map((one) => one.folder + one.sha256)).size).toBe(there.length)
    await rig.expectIdle()
    // Once what is wrong is put right, a retry brings them.
    source.onServerLine = undefined
    target.onClientLine = undefined
    rig.rules = { ...rig.rules, retriesFailed: true }
    if (more.targetPort === undefined) await rig.migrate()
  })
  return outcome as PassOutcome
}

const cut: LineHook = (_line, session) => {
  session.cut('reset')
  return null
}

const isNumber20 = (line: string): boolean => line.includes(toImapDate(sampleDate(20)))

test('a poison message: the source drops the connection whenever it is fetched; it alone fails', async () => {
  const { events } = await migrateAllBut(['item.breaks-connection'], {
    source: { onServerLine: (line, session) => (line.startsWith('* 21 FETCH (UID 21 BODY') ? cut(line, session) : undefined) },
  })
  const failed = events.flatMap((event) => (event.type === 'itemFailed' ? [event] : []))
  expect(failed).toMatchObject([{ code: 'item.breaks-connection', hint: expect.stringContaining('source') }])
})

test('a poison message: the target drops the connection whenever it is appended; it alone fails', async () => {
  const { events } = await migrateAllBut(['item.breaks-connection'], {
    target: { onClientLine: (line, session) => (isNumber20(line) ? cut(line, session) : undefined) },
  })
  const failed = events.flatMap((event) => (event.type === 'itemFailed' ? [event] : []))
  expect(failed).toMatchObject([{ code: 'item.breaks-connection', hint: expect.stringContaining('target') }])
})

test('a message that the target refuses with a fault of its own, again and again: it alone fails', () =>
  migrateAllBut(['imap.server-bug'], {
    target: {
      onServerLine: (line) => line.replace(/ MULTIAPPEND/, ''),
      onClientLine: (line, session) => (isNumber20(line) ? refuse(1, /APPEND/, 'NO [SERVERBUG] Internal error occurred')(line, session) : undefined),
    },
  }))

test('a refused message inside a MULTIAPPEND: the group is halved until it is found', () =>
  migrateAllBut(
    ['imap.append.too-large'],
    { target: { onServerLine: (line) => line.replace(/ APPENDLIMIT=\d+/, '') } },
    { targetPort: limited.port, extra: sampleMessage(20, 60_000) },
  ))

test('a message above the APPENDLIMIT that the target announces is skipped by that rule and never sent', async () => {
  const options = { source: { port: server.port, user: 'announced-s' }, target: { port: limited.port, user: 'announced-t' } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['A'], range(0, 5))
      await probe.append(['A'], sampleMessage(20, 60_000))
    })
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 5, skipped: 1, failed: 0 })
    expect((await rig.entries('skipped')).map(({ reason }) => reason)).toEqual(['too-large-for-target'])
    await rig.expectIdle()
  })
})
