import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy, Verification } from '../../../src/core/model/rules.ts'
import type { DovecotServer } from '../dovecot.ts'
import type { ImapProbe } from '../imap-probe.ts'
import { FaultRig, fill, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

/** All that a reader could change: counters of each folder, flags with \Recent, subscriptions. */
async function stateOf(probe: ImapProbe): Promise<unknown> {
  const statuses = await probe.allStatus()
  const folders: unknown[] = []
  for (const { path, rawName } of await probe.folders()) {
    // Only EXAMINE shows \Recent without taking it.
    const opened = await probe.connection.command(`EXAMINE "${rawName}"`)
    const fetched = statuses.get(path.join('/'))?.messages === 0 ? [] : await probe.connection.command('UID FETCH 1:* (FLAGS MODSEQ INTERNALDATE)')
    const told = [...opened, ...fetched].map(({ text }) => text).filter((text) => /RECENT|UIDNEXT|UIDVALIDITY|HIGHESTMODSEQ|FETCH/i.test(text))
    folders.push({ rawName, told: told.filter((text) => !/ OK .*completed/i.test(text)) })
  }
  const subscribed = (await probe.connection.command('LSUB "" "*"')).map(({ text }) => text).filter((text) => text.startsWith('* '))
  return { statuses, folders, subscribed }
}

const levels: readonly (readonly [Verification, Policy])[] = [
  ['counts', 'add'],
  ['identity', 'update'],
  ['content', 'update'],
  ['content', 'mirror'],
]

test.each(levels)('the source is never changed: verification %s, policy %s', async (verification, policy) => {
  const user = `${verification}-${policy}`
  const options = { source: { port: server.port, user: `${user}-s` }, target: { port: server.port, user: `${user}-t` }, rules: { policy }, verification }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 25))
      await fill(probe, ['A'], range(100, 20))
      await fill(probe, ['A', 'Large'], range(200, 3), 300_000)
      await probe.connection.command('SUBSCRIBE A')
    })
    // Copies of another tool, so that recognition reads the source as well.
    await rig.atTarget((probe) => fill(probe, ['A'], range(105, 10)))
    const before = await rig.atSource(stateOf)
    expect(JSON.stringify(before)).toContain('Recent')
    const from = rig.sourceLines.length
    await rig.migrate()
    rig.rules = { ...rig.rules, retriesFailed: true }
    await rig.cleanPass()
    expect(await rig.atSource(stateOf)).toEqual(before)
    const names = new Set(rig.sourceLines.slice(from).map((line) => line.replace(/^\S+ /, '').replace(/^(UID \S+|\S+).*$/, '$1')))
    const reading = ['CAPABILITY', 'AUTHENTICATE', 'LOGIN', 'ENABLE', 'ID', 'LIST', 'LSUB', 'NAMESPACE', 'STATUS', 'EXAMINE', 'UID FETCH', 'LOGOUT']
    expect([...names].filter((name) => !reading.includes(name))).toEqual([])
    expect(rig.sourceLines.filter((line) => /BODY\[/.test(line))).toEqual([])
  })
})

test('the source is never changed by a pass that is broken off and taken up again', async () => {
  const options = { source: { port: server.port, user: 'broken-s' }, target: { port: server.port, user: 'broken-t' } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 40))
      await fill(probe, ['A'], range(100, 40))
    })
    const before = await rig.atSource(stateOf)
    let answers = 0
    rig.targetMeddling.onServerLine = (line, session) => {
      if (session.commandName(line.split(' ')[0] ?? '') !== 'APPEND') return undefined
      return ++answers === 2 ? line.replace(/ .*/, ' NO [OVERQUOTA] Full') : undefined
    }
    expect((await rig.pass()).error?.code).toBe('imap.append.over-quota')
    rig.targetMeddling.onServerLine = undefined
    await rig.cleanPass()
    expect(await rig.atSource(stateOf)).toEqual(before)
  })
})
