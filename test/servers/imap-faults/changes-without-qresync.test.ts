import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import type { LineHook } from '../meddler.ts'
import { announcing } from './announcing.ts'
import { FaultRig, fill, range, refuse } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const hiding = (...hidden: readonly string[]) => announcing((names) => names.filter((name) => !hidden.includes(name)))
const esearch = 'UID SEARCH RETURN (ALL) ALL'
const search = 'UID SEARCH ALL'

/** Adds, marks and deletes at the source between two passes, in folders of their own and in one together. */
async function change(rig: FaultRig): Promise<void> {
  await rig.atSource(async (probe) => {
    await fill(probe, ['Grown'], range(200, 3))
    await probe.store(['Marked'], '2:4', '+FLAGS', ['\\Flagged', '$Work'])
    await probe.expunge(['Shrunk'], '3:5,9')
    await fill(probe, ['All'], range(220, 4))
    await probe.store(['All'], '8:11', '+FLAGS', ['$Later'])
    await probe.expunge(['All'], '1:2,9')
    await probe.expunge(['Emptied'], '1:*')
  })
}

async function changed(user: string, onServerLine: LineHook, onClientLine: LineHook, judge: (asked: readonly string[]) => void): Promise<void> {
  const options = {
    source: { port: server.port, user: `${user}-s`, meddling: { onServerLine, onClientLine } },
    target: { port: server.port, user: `${user}-t` },
    rules: { policy: 'mirror' as const },
  }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      for (const [at, name] of ['Grown', 'Marked', 'Shrunk', 'All', 'Emptied', 'Left'].entries()) await fill(probe, [name], range(at * 20, 12))
    })
    await rig.migrate()
    await change(rig)
    const from = rig.sourceLines.length
    const { tally } = await rig.cleanPass()
    judge(rig.sourceLines.slice(from).map((line) => line.replace(/^\S+ /, '')))
    expect(tally.pass).toMatchObject({ migrated: 7, gone: 4 + 3 + 12, updated: 3 + 3 })
    await rig.expectCopied()
    await rig.expectIdle()
  })
}

const listings = (asked: readonly string[]) => asked.filter((line) => /^UID FETCH \S+ \(UID FLAGS/.test(line))
const wholeListings = (asked: readonly string[]) => listings(asked).filter((line) => !line.includes('CHANGEDSINCE'))
const searches = (asked: readonly string[]) => asked.filter((line) => line.startsWith('UID SEARCH'))

test.each([
  ['ESEARCH', hiding('QRESYNC'), esearch],
  ['SEARCH', hiding('QRESYNC', 'ESEARCH'), search],
])('without QRESYNC only what changed is listed, and %s finds what is gone', async (name, announces, wanted) => {
  await changed(name, announces, () => undefined, (asked) => {
    expect(wholeListings(asked)).toEqual([])
    // The folders that something was deleted in, and no other one.
    expect(searches(asked)).toEqual([wanted, wanted, wanted])
    expect(listings(asked)).toHaveLength(5)
  })
})

test('CONDSTORE needs no ENABLE', async () => {
  await changed('no-enable', hiding('QRESYNC', 'ENABLE'), () => undefined, (asked) => {
    expect(asked.filter((line) => line.startsWith('ENABLE'))).toEqual([])
    expect(wholeListings(asked)).toEqual([])
    expect(searches(asked)).toEqual([esearch, esearch, esearch])
  })
})

test('a server that refuses the search: the folders are listed whole', async () => {
  await changed('refused', hiding('QRESYNC'), refuse(Number.POSITIVE_INFINITY, /UID SEARCH/, 'NO Not now'), (asked) => {
    expect(wholeListings(asked)).toHaveLength(3)
  })
})

test('a search that leaves out what is there is not believed', async () => {
  const forgets: LineHook = (line, session) =>
    line.startsWith('* ESEARCH') ? line.replace(/ ALL (\S+)$/, ' ALL 6') : hiding('QRESYNC')(line, session)
  await changed('forgets', forgets, () => undefined, (asked) => {
    // Of the folder that was emptied there is nothing to be left out.
    expect(wholeListings(asked)).toHaveLength(2)
  })
})

test('a search that names more than there is is not believed', async () => {
  const boasts: LineHook = (line, session) =>
    line.startsWith('* ESEARCH') ? line.replace(/ UID.*$/, ' UID ALL 1:4294967295') : hiding('QRESYNC')(line, session)
  await changed('boasts', boasts, () => undefined, (asked) => {
    expect(wholeListings(asked)).toHaveLength(3)
  })
})
