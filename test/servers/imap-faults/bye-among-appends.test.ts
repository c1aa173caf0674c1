import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import type { FolderId } from '../../../src/core/model/ids.ts'
import type { Delivery, ReadResult, WriteResult } from '../../../src/core/model/item.ts'
import type { Target } from '../../../src/core/ports/connector.ts'
import { message, toDelivery } from '../../conformance/reading.ts'
import type { DovecotServer } from '../dovecot.ts'
import type { LineHook } from '../meddler.ts'
import { type ScriptedHandler, type ScriptedImap, startScriptedImap } from '../scripted-imap.ts'
import { announcing } from './announcing.ts'
import { FaultRig, fill, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let dovecot: DovecotServer
beforeAll(async () => {
  dovecot = await startQuickDovecot()
})
afterAll(() => dovecot.stop())

/** What would have ended a process. */
const unhandled: unknown[] = []
const onUnhandled = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', onUnhandled)
})
afterEach(() => process.off('unhandledRejection', onUnhandled))

const inbox = 'INBOX' as FolderId
/** More commands than have ever been gathered into one promise. */
const appends = 200

async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}

/** Hands a target of this server to `work`; its APPENDs are answered by `onAppend`, which is told how many came before. */
async function withTarget(onAppend: (...given: [...Parameters<ScriptedHandler>, before: number]) => void, work: (target: Target) => Promise<void>): Promise<void> {
  let before = 0
  const server: ScriptedImap = await startScriptedImap({
    capability: 'IMAP4rev1 LITERAL+ UIDPLUS',
    handlers: { APPEND: (session, command) => onAppend(session, command, before++) },
  })
  try {
    const config = imapConnector.parseUrl(`imap://anna@127.0.0.1:${server.port}?tls=off`, { password: 'pw' })
    const target = await imapConnector.openTarget(config, realContext(AbortSignal.timeout(20_000)))
    await work(target).finally(() => target.close())
  } finally {
    await server.stop()
  }
}

/** So many deliveries, and then nothing until `end`. */
async function* deliveries(count: number, end: Promise<unknown>): AsyncGenerator<Delivery> {
  for (let number = 0; number < count; number++) yield toDelivery(message(number), inbox, number, number)
  await end
}

async function outcomeOf(results: AsyncIterable<WriteResult | ReadResult>): Promise<{ results: number; error: unknown }> {
  let count = 0
  try {
    for await (const _ of results) count++
    return { results: count, error: undefined }
  } catch (error) {
    return { results: count, error }
  }
}

test.each([
  ['BYE', (session: Parameters<ScriptedHandler>[0]) => session.send('* BYE Good night')],
  ['a reset', (session: Parameters<ScriptedHandler>[0]) => session.drop('reset')],
])('%s before many APPENDs are answered, while the next message is awaited, ends the stream and nothing else', async (_name, break_) => {
  const over = Promise.withResolvers<void>()
  await withTarget(
    (session, command, before) => {
      if (before < 10) session.answer(command, `OK [APPENDUID 7 ${before + 1}] done`)
      else if (before === appends - 1) break_(session)
    },
    async (target) => {
      const { results, error } = await outcomeOf(target.write(deliveries(appends, over.promise)))
      expect(results).toBeLessThanOrEqual(10)
      expect(error).toMatchObject({ kind: 'transient' })
      await settled()
      expect(unhandled).toEqual([])
      over.resolve()
    },
  )
})

test('BYE while APPENDs wait for their turn ends the stream and nothing else', async () => {
  await withTarget(
    (session, _command, before) => {
      if (before === appends - 1) session.send('* BYE Good night')
    },
    async (target) => {
      const { error } = await outcomeOf(target.write(deliveries(appends * 2, Promise.resolve())))
      expect(error).toMatchObject({ kind: 'transient' })
      await settled()
      expect(unhandled).toEqual([])
    },
  )
})

/** Fails when it is left before its end. */
async function* fallible<T>(values: readonly T[]): AsyncGenerator<T> {
  let isOver = false
  try {
    yield* values
    isOver = true
  } finally {
    if (!isOver) await Promise.reject(new Error('cannot be left'))
  }
}

test('deliveries and requests that fail when they are given up harm nobody', async () => {
  await withTarget(
    (session, _command, before) => {
      if (before === appends) session.send('* BYE Good night')
    },
    async (target) => {
      const given = range(0, appends * 2).map((number) => toDelivery(message(number), inbox, number, number))
      expect((await outcomeOf(target.write(fallible(given)))).error).toMatchObject({ kind: 'transient' })
      expect((await outcomeOf(target.read(fallible(given.map(({ item }) => [item.ref]))))).error).toMatchObject({ code: 'imap.unclassified' })
      await settled()
      expect(unhandled).toEqual([])
    },
  )
})

test('a server that counts BAD commands and hangs up at the tenth: every message has its fate', async () => {
  const refused = new Map<number, number>()
  const hangUp: LineHook = (line, session) => {
    if (!/^\S+ APPEND .*Receipts/.test(line)) return undefined
    const bad = (refused.get(session.number) ?? 0) + 1
    refused.set(session.number, bad)
    session.sendToClient(`${line.split(' ')[0]} BAD Command Argument Error. 11`)
    if (bad % 10 === 0) {
      session.sendToClient('* BYE Connection closed. 14')
      session.cut()
    }
    return null
  }
  const options = {
    source: { port: dovecot.port, user: 'bad-s' },
    target: {
      port: dovecot.port,
      user: 'bad-t',
      meddling: { onServerLine: announcing((names) => names.filter((name) => name !== 'MULTIAPPEND')), onClientLine: hangUp },
    },
    realDelayMsMax: 250,
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 150))
      await probe.store(['INBOX'], '1,6,11,16,21,26,31,36,41,46,51,56,61,66', '+FLAGS', ['Receipts'])
    })
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 136, failed: 14, pending: 0 })
    expect(new Set(await rig.failureCodes())).toEqual(new Set(['imap.append.refused']))
    expect([...refused.values()].some((bad) => bad >= 10)).toBe(true)
    await settled()
    expect(unhandled).toEqual([])
  })
})
