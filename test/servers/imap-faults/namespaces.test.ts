import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { FaultRig, fill, range, refuse } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

type Kind = 'slash' | 'dot' | 'prefixed' | 'slash-prefixed' | 'dbox'
let servers: Readonly<Record<Kind, DovecotServer>>
beforeAll(async () => {
  const [slash, dot, prefixed, slashPrefixed, dbox] = await Promise.all([
    startQuickDovecot(),
    startQuickDovecot({ separator: '.' }),
    startQuickDovecot({ separator: '.', namespacePrefix: 'INBOX.' }),
    startQuickDovecot({ separator: '/', namespacePrefix: 'INBOX/' }),
    startQuickDovecot({ storage: 'sdbox', specialUse: {} }),
  ])
  servers = { slash, dot, prefixed, 'slash-prefixed': slashPrefixed, dbox }
})
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())))

/** Folders by path and how many messages each has: nested, with letters of other scripts, and with a role. */
const folders: readonly (readonly [path: readonly string[], messages: number])[] = [
  [['INBOX'], 5],
  [['Sent'], 4],
  [['Projekte'], 3],
  [['Projekte', 'Übersicht'], 6],
  [['Projekte', 'Übersicht', 'Проекты'], 2],
  [['Two words'], 1],
]

const pairs: readonly (readonly [source: Kind, target: Kind])[] = [
  ['slash', 'prefixed'],
  ['prefixed', 'slash'],
  ['prefixed', 'prefixed'],
  ['prefixed', 'slash-prefixed'],
  ['dot', 'slash'],
  ['slash', 'dot'],
]

test.each(pairs)('folders of a server with %s names go to the same places of one with %s names', async (from, to) => {
  const [source, target] = [servers[from], servers[to]]
  const user = `${from}-${to}`
  await FaultRig.run({ source: { port: source.port, user: `${user}-s` }, target: { port: target.port, user: `${user}-t` } }, async (rig) => {
    await rig.atSource(async (probe) => {
      for (const [index, [path, messages]] of folders.entries()) await fill(probe, path, range(index * 50, messages))
    })
    const { tally, events } = await rig.migrate()
    expect(tally.fates.migrated).toBe(21)
    expect(events.filter((event) => event.type === 'folderMapped')).toEqual([])
  })
})

test('folders below INBOX go to a server that keeps everything below INBOX', async () => {
  const options = { source: { port: servers.slash.port, user: 'below-s' }, target: { port: servers.prefixed.port, user: 'below-t' } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 3))
      await fill(probe, ['INBOX', 'Receipts'], range(10, 4))
      await fill(probe, ['Receipts'], range(20, 5))
    })
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 12, failed: 0 })
    const there = await rig.atTarget((probe) => probe.allMessages())
    expect(there).toHaveLength(12)
    expect(new Set(there.map(({ folder }) => folder)).size).toBe(3)
    await rig.expectIdle()
  })
})

test('names with the separator of the target, and names that it refuses, are changed, told and remembered', async () => {
  const options = { source: { port: servers.dbox.port, user: 'refused-s' }, target: { port: servers.prefixed.port, user: 'refused-t' } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['example.com'], range(0, 4))
      await fill(probe, ['example.com', 'v1.2'], range(10, 3))
      await fill(probe, ['example_com'], range(20, 2))
      await fill(probe, ['plain'], range(30, 2))
    })
    const { tally, events } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 11, failed: 0 })
    const mapped = events.flatMap((event) => (event.type === 'folderMapped' ? [event.from.join('/')] : []))
    expect(mapped.sort()).toEqual(['example.com', 'example.com/v1.2'])
    expect(await rig.atTarget((probe) => probe.allMessages())).toHaveLength(11)
    await rig.expectIdle()
  })
})

/** CREATE of such a name is refused, as no plan could have known. */
const refusedName = / CREATE (?:"Odd names(?:\/Below)?"|"?&.*)$/

test('a name that the target refuses for reasons of its own goes under another name, and stops nothing', async () => {
  const refuseThose = refuse(Number.POSITIVE_INFINITY, refusedName, 'NO [CANNOT] Such a name is not allowed here')
  const options = {
    source: { port: servers.slash.port, user: 'own-s' },
    target: { port: servers.slash.port, user: 'own-t', meddling: { onClientLine: refuseThose } },
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['Odd names'], range(0, 4))
      await fill(probe, ['Odd names', 'Below'], range(10, 3))
      await fill(probe, ['Ärger'], range(20, 2))
      await fill(probe, ['plain'], range(30, 2))
    })
    const { tally, events } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 11, failed: 0, pending: 0 })
    const mapped = events.flatMap((event) => (event.type === 'folderMapped' ? [[event.from.join('/'), event.reasons]] : []))
    expect(mapped.sort()).toEqual(['Odd names', 'Odd names/Below', 'Ärger'].map((path) => [path, ['refused-name']]))
    const there = await rig.atTarget((probe) => probe.allMessages())
    expect(there).toHaveLength(11)
    expect(new Set(there.map(({ folder }) => folder)).size).toBe(4)
    await rig.expectIdle()
    // The place is remembered: new messages go there, too.
    await rig.atSource((probe) => fill(probe, ['Odd names'], [5]))
    const more = await rig.cleanPass()
    expect(more.tally.pass).toMatchObject({ migrated: 1, unchanged: 11, failed: 0 })
    expect(new Set((await rig.atTarget((probe) => probe.allMessages())).map(({ folder }) => folder)).size).toBe(4)
  })
})

test('a target that lets no folder be made at all stops with its own words', async () => {
  const options = {
    source: { port: servers.slash.port, user: 'none-s' },
    target: { port: servers.slash.port, user: 'none-t', meddling: { onClientLine: refuse(1000, / CREATE /, 'NO [NOPERM] Permission denied') } },
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource((probe) => fill(probe, ['A'], range(0, 4)))
    const { error, tally } = await rig.pass()
    expect(error).toMatchObject({ kind: 'config', code: 'imap.no-permission' })
    expect(tally.fates).toMatchObject({ migrated: 0, pending: 4 })
  })
})
