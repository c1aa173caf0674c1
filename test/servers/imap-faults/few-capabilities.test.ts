import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import type { LineHook } from '../meddler.ts'
import { differenceOf, toMultiset } from '../message-multiset.ts'
import { announcing } from './announcing.ts'
import { FaultRig, fill, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const without = (...hidden: readonly string[]) => announcing((names) => names.filter((name) => !hidden.includes(name)))
const only = (...shown: readonly string[]) => announcing(() => shown)

const listing = ['LIST-EXTENDED', 'LIST-STATUS', 'SPECIAL-USE', 'NAMESPACE', 'CHILDREN']
const changes = ['CONDSTORE', 'QRESYNC', 'ENABLE']

const servers: readonly (readonly [name: string, announces: LineHook, removes: boolean])[] = [
  ['a server without UIDPLUS', without('UIDPLUS', 'MOVE'), false],
  ['a server without MULTIAPPEND', without('MULTIAPPEND'), true],
  ['a server without LITERAL+', without('LITERAL+'), true],
  ['a server with LITERAL- instead', announcing((names) => names.map((name) => (name === 'LITERAL+' ? 'LITERAL-' : name))), true],
  ['a server without QRESYNC', without('QRESYNC'), true],
  ['a server without QRESYNC and ESEARCH', without('QRESYNC', 'ESEARCH'), true],
  ['a server without CONDSTORE and QRESYNC', without(...changes), true],
  ['a server without LIST-EXTENDED, LIST-STATUS, SPECIAL-USE and NAMESPACE', without(...listing), true],
  ['a server without MULTIAPPEND, UIDPLUS and LITERAL+', without('MULTIAPPEND', 'UIDPLUS', 'LITERAL+', 'MOVE'), false],
  ['a server that announces bare IMAP4rev1 and nothing else', only('IMAP4rev1'), false],
]

test.each(servers)('%s: first pass, idle pass, new messages, flags and deletions', async (name, announces, removes) => {
  const user = name.replaceAll(/[^A-Za-z]+/g, '-')
  const options = {
    source: { port: server.port, user: `${user}-s`, meddling: { onServerLine: announces } },
    target: { port: server.port, user: `${user}-t`, meddling: { onServerLine: announces } },
    rules: { policy: 'mirror' as const },
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], [...range(0, 20), 1, 2])
      await fill(probe, ['A'], range(100, 30))
      await fill(probe, ['A', 'Bücher & Ä'], range(200, 10), 200_000)
    })
    const { tally } = await rig.migrate()
    expect(tally.fates.migrated).toBe(62)

    await rig.atSource((probe) => fill(probe, ['A'], [...range(150, 5), 100]))
    await rig.cleanPass()
    await rig.expectCopied()

    await rig.atSource(async (probe) => {
      await probe.store(['A'], '1:4', '+FLAGS', ['\\Flagged', '$Work'])
      await probe.store(['A', 'Bücher & Ä'], '2:3', '-FLAGS', ['\\Seen'])
    })
    await rig.cleanPass()
    await rig.expectCopied()
    await rig.expectIdle()

    const removed = await rig.atSource(async (probe) => {
      const doomed = (await probe.messages(['INBOX'])).slice(2, 6)
      await probe.expunge(['INBOX'], '3:6')
      return toMultiset(doomed)
    })
    await rig.cleanPass()
    if (removes) await rig.expectCopied()
    else {
      // Without UIDPLUS nothing can be removed safely: what is gone at the source stays.
      const source = toMultiset(await rig.atSource((probe) => probe.allMessages()))
      const target = toMultiset(await rig.atTarget((probe) => probe.allMessages()))
      expect(differenceOf(source, target)).toEqual({ missing: [], surplus: [...removed.keys()] })
    }
    await rig.expectIdle()
  })
})

test('what is not announced is not used', async () => {
  const meddling = { onServerLine: only('IMAP4rev1') }
  const options = { source: { port: server.port, user: 'bare-s', meddling }, target: { port: server.port, user: 'bare-t', meddling } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource((probe) => fill(probe, ['A'], range(100, 30)))
    await rig.migrate()
    const extensions = /\+\}$|CHANGEDSINCE|RETURN|ENABLE|EXPUNGE|MOVE|NAMESPACE|AUTHENTICATE| ID /
    expect([...rig.sourceLines, ...rig.targetLines].filter((line) => extensions.test(line))).toEqual([])
  })
})
