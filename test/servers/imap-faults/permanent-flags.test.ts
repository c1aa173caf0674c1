import { afterAll, beforeAll, expect, test } from 'vitest'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { dryRun, type ItemForecast } from '../../../src/core/pass/dry-run.ts'
import type { DovecotServer } from '../dovecot.ts'
import type { LineHook } from '../meddler.ts'
import { announcing } from './announcing.ts'
import { FaultRig, type FaultRigOptions, fill, type Meddling, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

let server: DovecotServer
let users = 0
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const systemFlags = '\\Answered \\Flagged \\Deleted \\Seen \\Draft'
/** Flags that a command would give, system flags aside. */
const keywordsOf = (line: string): readonly string[] =>
  (/ (?:APPEND \S+|FLAGS\.SILENT) \(([^)]*)\)/.exec(line)?.[1] ?? '').split(' ').filter((flag) => flag !== '' && !flag.startsWith('\\'))

/** A server whose folders keep these keywords and no others, and which calls anything else a mistake. */
function keeping(keywords: (mailbox: string) => readonly string[] | undefined, hides: readonly string[] = []): Meddling {
  /** By session: the folder told to be opened last, and those whose answer is still to come. */
  const open = new Map<number, string>()
  const opening = new Map<number, { readonly tag: string; readonly mailbox: string }[]>()
  const announces = announcing((names) => names.filter((name) => !hides.includes(name)))
  const onClientLine: LineHook = (line, session) => {
    const [, tag = '', mailbox] = /^(\S+) (?:SELECT|EXAMINE) "?([^"]+)"?$/.exec(line) ?? []
    if (mailbox !== undefined) {
      open.set(session.number, mailbox)
      opening.set(session.number, [...(opening.get(session.number) ?? []), { tag, mailbox }])
    }
    const into = / APPEND "?([^" ]+)"? /.exec(line)?.[1] ?? open.get(session.number) ?? ''
    const kept = keywords(into)?.map((keyword) => keyword.toLowerCase())
    if (kept === undefined || keywordsOf(line).every((keyword) => kept.includes(keyword.toLowerCase()))) return undefined
    session.sendToClient(`${line.split(' ')[0]} BAD Command Argument Error. 11`)
    return null
  }
  const onServerLine: LineHook = (line, session) => {
    const [first, ...others] = opening.get(session.number) ?? []
    if (first !== undefined && line.startsWith(`${first.tag} `)) opening.set(session.number, others)
    const kept = first && keywords(first.mailbox)
    // An EXAMINE has none, and stays so.
    const told = kept === undefined ? line : line.replace(/(PERMANENTFLAGS \()[^)]+\)/, `$1${[systemFlags, ...kept].join(' ')})`)
    return announces(told, session) ?? told
  }
  return { onClientLine, onServerLine }
}

function sides(target: Meddling, user = `kept-${++users}`): FaultRigOptions {
  return { source: { port: server.port, user: `${user}-s` }, target: { port: server.port, user: `${user}-t`, meddling: target } }
}

/** Per folder, how often each set of keywords is at the target. */
async function keywordsAtTarget(rig: FaultRig): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const { folder, flags } of await rig.atTarget((probe) => probe.allMessages())) {
    const own = flags.filter((flag) => !flag.startsWith('\\')).toSorted().join(' ')
    const name = `${folder}: ${own}`
    if (own !== '') counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const openings = /^\S+ (?:SELECT|EXAMINE) /
const selecting = /^\S+ SELECT /
const appendsOrStores = /^\S+ (?:APPEND|UID STORE) /

test.each([
  ['by MULTIAPPEND', []],
  ['one by one', ['MULTIAPPEND']],
  ['by a server that names no ids', ['UIDPLUS', 'MOVE']],
] as const)('keywords that the folder does not keep are left out and told, %s; later passes see no difference', async (_name, hides) => {
  await FaultRig.run(sides(keeping(() => ['$mdnsent'], hides)), async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['INBOX'], range(0, 40).filter((number) => number % 4 !== 2))
      await fill(probe, ['A'], range(100, 3))
      await probe.store(['INBOX'], '1:5', '+FLAGS', ['Receipts', 'Work'])
      await probe.store(['INBOX'], '4:8', '+FLAGS', ['$MDNSent'])
    })
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 33, failed: 0, pending: 0 })
    expect(await keywordsAtTarget(rig)).toEqual({ 'INBOX: $mdnsent': 5 })
    const entries = await rig.entries('migrated')
    const lost = entries.map((entry) => entry.altered).filter((altered) => altered !== undefined)
    expect(lost.toSorted()).toEqual(['keywords-lost:$label1', ...Array(5).fill('keywords-lost:Receipts Work')])
    await rig.expectIdle()

    await rig.atSource(async (probe) => {
      await probe.store(['INBOX'], '1:2', '-FLAGS', ['Receipts', 'Work'])
      await probe.store(['INBOX'], '3', '+FLAGS', ['\\Flagged', 'Later', '$MDNSent'])
    })
    const from = rig.targetLines.length
    expect((await rig.cleanPass()).tally.fates).toMatchObject({ migrated: 33, failed: 0 })
    expect(rig.targetLines.slice(from).filter((line) => appendsOrStores.test(line))).toHaveLength(1)
    expect(await keywordsAtTarget(rig)).toEqual({ 'INBOX: $mdnsent': 6 })
    const after = (await rig.entries('migrated')).map((entry) => entry.altered).filter((altered) => altered !== undefined)
    expect(after.toSorted()).toEqual([
      'keywords-lost:$label1',
      'keywords-lost:Later Receipts Work',
      ...Array(2).fill('keywords-lost:Receipts Work'),
    ])
    await rig.expectIdle()
  })
})

test('each folder by what it keeps itself; content that is verified keeps what was told', async () => {
  const keeps = (mailbox: string) => (mailbox === 'Few' ? ['Work'] : mailbox === 'None' ? [] : undefined)
  const options = { ...sides(keeping(keeps)), verification: 'content' as const }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      for (const [index, name] of ['INBOX', 'Few', 'None'].entries()) {
        await fill(probe, [name], range(index * 100, 2))
        await probe.store([name], '1', '+FLAGS', ['Work', 'Later'])
      }
    })
    expect((await rig.cleanPass()).tally.fates).toMatchObject({ migrated: 6, failed: 0 })
    expect(await keywordsAtTarget(rig)).toEqual({ 'INBOX: Later Work': 1, 'Few: Work': 1 })
    const entries = await rig.entries('migrated')
    expect(entries.every((entry) => entry.proof === 're-read')).toBe(true)
    expect(entries.flatMap((entry) => entry.altered ?? []).toSorted()).toEqual(['keywords-lost:Later', 'keywords-lost:Later Work'])
    await rig.expectIdle()
  })
})

test('a folder is asked once, and only where a keyword is on its way', async () => {
  await FaultRig.run(sides({}), async (rig) => {
    await rig.atSource(async (probe) => {
      await fill(probe, ['Marked'], range(0, 60))
      await fill(probe, ['Plain'], range(100, 60).filter((number) => number % 4 !== 2))
    })
    await rig.migrate()
    expect(rig.targetLines.filter((line) => selecting.test(line))).toEqual([expect.stringMatching(/ SELECT "?Marked"?$/)])
    const from = rig.targetLines.length
    await rig.expectIdle()
    expect(rig.targetLines.slice(from).filter((line) => openings.test(line))).toEqual([])
  })
})

test('copies of another tool are adopted without the keywords that they cannot be given', async () => {
  await FaultRig.run(sides(keeping(() => [])), async (rig) => {
    for (const at of [rig.atSource.bind(rig), rig.atTarget.bind(rig)]) {
      await at((probe) => fill(probe, ['A'], range(0, 12).filter((number) => number % 4 !== 2)))
    }
    await rig.atSource((probe) => probe.store(['A'], '1:4', '+FLAGS', ['Work', '\\Answered']))
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ alreadyThere: 9, migrated: 0, failed: 0 })
    expect(await keywordsAtTarget(rig)).toEqual({})
    const adopted = await rig.entries('alreadyThere')
    expect(adopted.flatMap((entry) => entry.altered ?? [])).toEqual(Array(4).fill('keywords-lost:Work'))
    await rig.expectIdle()
  })
})

test('what a copy has and we may not send stays, while other flags are carried', async () => {
  const target = keeping(() => undefined)
  await FaultRig.run(sides(target), async (rig) => {
    await rig.atSource((probe) => fill(probe, ['A'], range(0, 2)))
    await rig.migrate()
    await rig.atTarget((probe) => probe.store(['A'], '1', '+FLAGS', ['Server-Made']))
    Object.assign(rig.targetMeddling, keeping(() => []))
    await rig.atSource((probe) => probe.store(['A'], '1', '+FLAGS', ['\\Flagged']))
    const from = rig.targetLines.length
    expect((await rig.cleanPass()).tally.fates).toMatchObject({ migrated: 2, failed: 0 })
    const stores = rig.targetLines.slice(from).filter((line) => / UID STORE /.test(line))
    expect(stores).toEqual([expect.stringMatching(/FLAGS\.SILENT \(\\Flagged \\Seen\)$/)])
    await rig.expectIdle()
  })
})

test('a folder that may be written to and not opened takes what it takes', async () => {
  const refuse: LineHook = (line, session) => {
    if (!selecting.test(line)) return undefined
    session.sendToClient(`${line.split(' ')[0]} NO [NOPERM] Insert only`)
    return null
  }
  await FaultRig.run(sides({ onClientLine: refuse }), async (rig) => {
    await rig.atSource((probe) => fill(probe, ['A'], range(0, 8)))
    await rig.migrate()
  })
})

test('connections lost while a folder is asked what it keeps', async () => {
  const meddling = keeping(() => [])
  let losses = 0
  const onClientLine: LineHook = (line, session) => {
    if (!selecting.test(line) || losses++ >= 3) return meddling.onClientLine?.(line, session)
    session.cut('reset')
    return null
  }
  await FaultRig.run(sides({ ...meddling, onClientLine }), async (rig) => {
    await rig.atSource((probe) => fill(probe, ['A'], range(0, 40)))
    expect((await rig.cleanPass()).tally.fates).toMatchObject({ migrated: 40, failed: 0, pending: 0 })
    expect(losses).toBeGreaterThan(3)
    expect(await keywordsAtTarget(rig)).toEqual({})
    await rig.expectIdle()
  })
})

test('one session for everything: the question goes between the messages', async () => {
  const { source, target } = sides(keeping(() => []))
  await FaultRig.run({ source, target: { ...target, query: 'sessions=1' } }, async (rig) => {
    await rig.atSource(async (probe) => {
      for (const name of ['A', 'B', 'C', 'D']) await fill(probe, [name], range(name.charCodeAt(0) * 100, 30))
    })
    expect((await rig.cleanPass()).tally.fates).toMatchObject({ migrated: 120, failed: 0, pending: 0 })
    expect(await keywordsAtTarget(rig)).toEqual({})
    await rig.expectIdle()
  })
})

test('the plan names each keyword that would be lost, and for folders to be made as INBOX has it', async () => {
  const user = `kept-${++users}`
  const options = sides(keeping((mailbox) => (mailbox === 'A' ? ['Work'] : [])), user)
  await FaultRig.run(options, async (rig) => {
    await rig.atSource(async (probe) => {
      for (const name of ['INBOX', 'A', 'New']) await fill(probe, [name], range(name.length * 100, 1))
      for (const name of ['INBOX', 'A', 'New']) await probe.store([name], '1', '+FLAGS', ['Work', 'Later'])
    })
    await rig.atTarget((probe) => probe.create(['A']))
    const context = realContext(AbortSignal.timeout(20_000))
    const urlOf = (port: number, side: string) => imapConnector.parseUrl(`imap://${user}-${side}@127.0.0.1:${port}?tls=off`, { password: 'pw' })
    const source = await imapConnector.openSource(urlOf(server.port, 's'), context)
    const target = await imapConnector.openTarget(urlOf(rig.targetPort, 't'), context)
    const items: ItemForecast[] = []
    try {
      const governor = createGovernor({ clock: context.clock, source: { sessionsMax: 1 }, target: { sessionsMax: 1 } })
      const { ledger, rules } = rig
      await dryRun({ source, target, ledger, rules, governor, context, observe: () => {} }, (item) => items.push(item))
    } finally {
      await Promise.all([source.close(), target.close()])
    }
    expect(items.map(({ path, outcome, reason, keyword }) => `${path.join('/')} ${outcome} ${reason} ${keyword}`).toSorted()).toEqual([
      'A alter keyword-not-kept Later',
      'INBOX alter keyword-not-kept Later',
      'INBOX alter keyword-not-kept Work',
      'New alter keyword-not-kept Later',
      'New alter keyword-not-kept Work',
    ])
  })
})
