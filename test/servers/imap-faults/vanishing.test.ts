import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import type { ImapProbe } from '../imap-probe.ts'
import type { LineHook, MeddledSession } from '../meddler.ts'
import { FaultRig, fill, type Meddling, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

/**
 * Runs `act` once: after so many folders were listed, and before any session but the first gets in. So it happens between
 * enumeration and reading.
 */
function betweenListingAndReading(meddling: Meddling, folders: number, act: () => Promise<void>): void {
  let listed = 0
  const held: (() => void)[] = []
  let isDone = false
  meddling.onServerLine = (line, session) => {
    const [tag = '', status] = line.split(' ')
    if (session.commandName(tag) !== 'UID FETCH' || status !== 'OK' || ++listed !== folders) return
    void act().then(() => {
      isDone = true
      for (const release of held) release()
    })
  }
  const hold: LineHook = (line: string, session: MeddledSession) => {
    if (isDone || session.number === 1 || !line.includes(' AUTHENTICATE ')) return undefined
    held.push(() => session.sendToServer(line))
    return null
  }
  meddling.onClientLine = hold
}

async function runVanishing(user: string, folders: number, act: (probe: ImapProbe) => Promise<void>, check: (rig: FaultRig) => Promise<void>): Promise<void> {
  const meddling: Meddling = {}
  const options = { source: { port: server.port, user: `${user}-s`, meddling }, target: { port: server.port, user: `${user}-t` } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['A'], range(100, 40))
      await fill(probe, ['B'], range(200, 30))
    })
    betweenListingAndReading(meddling, folders, () => rig.atSource(act))
    await check(rig)
    await rig.expectCopied()
    await rig.expectIdle()
  })
}

/** A fresh user of the test server has five special-use folders and INBOX besides. */
const foldersMore = 6

test('EXPUNGE during the pass, between listing and reading: those messages are gone and nothing else is', () =>
  runVanishing(
    'expunge',
    foldersMore + 2,
    (probe) => probe.expunge(['A'], '1:5,20,33:34'),
    async (rig) => {
      const { tally } = await rig.cleanPass()
      expect(tally.fates).toMatchObject({ migrated: 62, gone: 8, failed: 0, pending: 0 })
    },
  ))

test('a folder emptied and filled anew during the pass: the old messages are gone, the new ones come with the next pass', () =>
  runVanishing(
    'refilled',
    foldersMore + 2,
    async (probe) => {
      await probe.expunge(['A'], '1:*')
      await fill(probe, ['A'], range(300, 10))
    },
    async (rig) => {
      const first = await rig.cleanPass()
      expect(first.tally.fates).toMatchObject({ migrated: 30, gone: 40, failed: 0 })
      const second = await rig.cleanPass()
      expect(second.tally.fates).toMatchObject({ migrated: 40, gone: 40, failed: 0 })
    },
  ))

test('a folder deleted during the pass: its messages are gone', () =>
  runVanishing(
    'deleted',
    foldersMore + 2,
    (probe) => probe.delete(['A']),
    async (rig) => {
      const { tally } = await rig.cleanPass()
      expect(tally.fates).toMatchObject({ migrated: 30, gone: 40, failed: 0, pending: 0 })
    },
  ))

test('a folder deleted before it is listed: the pass goes on without it', async () => {
  const meddling: Meddling = {}
  const options = { source: { port: server.port, user: 'unlisted-s', meddling }, target: { port: server.port, user: 'unlisted-t' } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['A'], range(100, 10))
      await fill(probe, ['B'], range(200, 10))
    })
    meddling.onServerLine = (line, session) => {
      const [tag = ''] = line.split(' ')
      if (session.commandName(tag) !== 'LIST') return undefined
      meddling.onServerLine = undefined
      void rig.atSource((probe) => probe.delete(['A'])).then(() => session.sendToClient(line))
      return null
    }
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 10, failed: 0, pending: 0 })
    await rig.expectCopied()
    await rig.expectIdle()
  })
})

test('a folder renamed between passes: its copies move along and nothing is doubled', async () => {
  const options = { source: { port: server.port, user: 'renamed-s' }, target: { port: server.port, user: 'renamed-t' } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['A'], range(100, 15))
      await fill(probe, ['A', 'Below'], range(150, 15))
      await fill(probe, ['B'], range(200, 5))
    })
    await rig.migrate()
    await rig.atSource((probe) => probe.connection.command('RENAME A Renamed'))
    const from = rig.targetLines.length
    const { tally } = await rig.cleanPass()
    expect(tally.pass).toMatchObject({ migrated: 0, alreadyThere: 30, failed: 0 })
    expect(rig.targetLines.slice(from).filter((line) => /^\S+ APPEND/.test(line))).toEqual([])
    await rig.expectCopied()
    await rig.expectIdle()
  })
})
