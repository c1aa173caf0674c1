import { beforeEach, describe, expect, test } from 'vitest'
import { MemoryWorld } from '../../../src/connectors/memory/index.ts'
import type { MemoryMailbox, MemoryOptions } from '../../../src/connectors/memory/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { parseRules } from '../../../src/control/settings/parse-rules.ts'
import type { RulesInput } from '../../../src/control/settings/parse-rules.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { dryRun } from '../../../src/core/pass/dry-run.ts'
import type { FolderForecast, Forecast, ItemForecast } from '../../../src/core/pass/dry-run.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'

const context = realContext(new AbortController().signal)
const receivedAt = { epochMs: Date.UTC(2024, 0, 1), offsetMinutes: 0 }

let world: MemoryWorld
let source: MemoryMailbox
let target: MemoryMailbox
let ledger: MailboxLedger

beforeEach(() => start({}))

async function start(targetOptions: Partial<MemoryOptions>): Promise<void> {
  world = new MemoryWorld()
  source = world.addMailbox('source')
  target = world.addMailbox('target', targetOptions)
  ledger = await (await openStore({ path: ':memory:' })).mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' })
}

function message(subject: string, length = 10): { bytes: Uint8Array; receivedAt: typeof receivedAt } {
  const text = `From: anna@example.org\r\nSubject: ${subject}\r\nDate: Mon, 01 Jan 2024 00:00:00 +0000\r\n\r\n${'x'.repeat(length)}\r\n`
  return { bytes: Buffer.from(text), receivedAt }
}

async function open(input: RulesInput, retriesFailed = false) {
  return {
    source: await world.openSource({ mailbox: 'source' }, context),
    target: await world.openTarget({ mailbox: 'target' }, context),
    rules: parseRules(input, Date.now(), retriesFailed),
    governor: createGovernor({ clock: context.clock, source: { sessionsMax: 2 }, target: { sessionsMax: 2 } }),
    context,
    observe: () => undefined,
  }
}

async function plan(input: RulesInput = {}): Promise<{ forecast: Forecast; items: readonly ItemForecast[] }> {
  const before = { source: source.state(), target: target.state(), passes: (await ledger.passes()).length }
  source.resetCounters()
  target.resetCounters()
  const items: ItemForecast[] = []
  const forecast = await dryRun({ ...(await open(input)), ledger }, (item) => items.push(item))
  expect({ source: source.state(), target: target.state(), passes: (await ledger.passes()).length }).toEqual(before)
  expect(source.counters.bodiesOpened + target.counters.bodiesOpened).toBe(0)
  return { forecast, items }
}

async function migrate(input: RulesInput = {}): Promise<Tally> {
  return runPass({ ...(await open(input)), ledger, verification: 'identity' })
}

function sum({ folders }: Forecast, pick: (folder: FolderForecast) => number): number {
  return folders.reduce((total, folder) => total + pick(folder), 0)
}

/** What a pass counts, as the forecast says it. */
function expected(forecast: Forecast): Partial<Tally['pass']> {
  return {
    migrated: sum(forecast, (folder) => folder.create - folder.probablyThere),
    alreadyThere: sum(forecast, (folder) => folder.probablyThere),
    updated: sum(forecast, (folder) => folder.update),
    unchanged: sum(forecast, (folder) => folder.unchanged),
    skipped: sum(forecast, (folder) => folder.skip),
  }
}

describe('a dry run says what the pass then does', () => {
  test('first and later passes, with adoption, rules and changes of all kinds', async () => {
    for (let index = 0; index < 20; index++) source.add(['INBOX'], message(`inbox ${index}`))
    for (let index = 0; index < 5; index++) source.add(['Archive', '2023'], message(`large ${index}`, 5_000))
    source.add(['Junk mail'], message('junk'))
    // Three of them are at the target already, one of these twice at the source.
    for (const index of [3, 4, 4]) target.add(['INBOX'], message(`inbox ${index}`))
    source.add(['INBOX'], message('inbox 4'))
    target.add(['INBOX'], message("the user's own"))
    const rules = { maxSize: '1kB', exclude: ['Junk*'] }

    const first = await plan(rules)
    expect(expected(first.forecast)).toEqual({ migrated: 18, alreadyThere: 3, updated: 0, unchanged: 0, skipped: 6 })
    expect(first.items.filter(({ outcome }) => outcome === 'skip').map(({ path, reason }) => [path.join('/'), reason])).toEqual(
      Array.from({ length: 5 }, () => ['Archive/2023', 'too-large']),
    )
    expect((await migrate(rules)).pass).toMatchObject(expected(first.forecast))

    const [changed, removed] = source.contents().filter(({ path }) => path[0] === 'INBOX')
    source.setKeywords(changed!.id, ['$flagged'])
    source.remove(removed!.id)
    source.add(['INBOX'], message('new'))
    source.add(['Projects'], message('in a new folder'))
    const second = await plan(rules)
    expect(expected(second.forecast)).toEqual({ migrated: 2, alreadyThere: 0, updated: 1, unchanged: 19, skipped: 6 })
    expect(sum(second.forecast, (folder) => folder.gone)).toBe(1)
    expect((await migrate(rules)).pass).toMatchObject({ ...expected(second.forecast), gone: 1 })

    const wider = await plan({})
    expect(expected(wider.forecast)).toMatchObject({ migrated: 6, skipped: 0 })
    expect((await migrate({})).pass).toMatchObject(expected(wider.forecast))
    const nothing = await plan({})
    expect(expected(nothing.forecast)).toEqual({ migrated: 0, alreadyThere: 0, updated: 0, unchanged: 28, skipped: 0 })
  })

  test('what would not fit into the target: what is probably there already needs no room', async () => {
    const sizeBytes = message('large 0', 5_000).bytes.byteLength
    for (const quotaBytesMax of [sizeBytes * 3, sizeBytes * 3 - 1]) {
      await start({ quotaBytesMax })
      for (let index = 0; index < 3; index++) source.add(['INBOX'], message(`large ${index}`, 5_000))
      target.add(['INBOX'], message('large 1', 5_000))
      const { forecast } = await plan()
      expect(forecast.targetQuota).toEqual({ storageBytes: { used: sizeBytes, limit: quotaBytesMax } })
      const fits = quotaBytesMax === sizeBytes * 3
      expect(forecast.shortfall).toEqual(fits ? undefined : { storageBytes: 1 })
      const done = await migrate().then(() => true, (error: unknown) => (error as { code?: string }).code)
      expect(done).toBe(fits ? true : 'memory.over-quota')
    }
  })

  test('mirroring: what would be removed', async () => {
    for (let index = 0; index < 4; index++) source.add(['INBOX'], message(`m ${index}`))
    await migrate({ policy: 'mirror' })
    source.remove(source.contents()[0]!.id)
    expect((await plan({ policy: 'mirror' })).forecast.remove).toBe(1)
    expect((await plan({ policy: 'update' })).forecast.remove).toBe(0)
  })
})

describe('items that a person should know of', () => {
  test('what the target does not take, and keywords that are lost', async () => {
    await start({ storesKeywords: false, itemSizeBytesMax: 1_000 })
    source.add(['INBOX'], message('large', 5_000))
    const kept = source.add(['INBOX'], message('small'))
    source.setKeywords(kept, ['$flagged', 'Project'])
    source.add(['INBOX'], { bytes: new Uint8Array(), receivedAt })
    const { items, forecast } = await plan({ dropKeyword: ['Other'] })
    expect(items.map(({ outcome, reason, keyword }) => ({ outcome, reason, keyword }))).toEqual([
      { outcome: 'skip', reason: 'too-large-for-target', keyword: undefined },
      { outcome: 'alter', reason: 'keyword-not-stored', keyword: 'Project' },
      { outcome: 'fail', reason: 'empty', keyword: undefined },
    ])
    expect(expected(forecast)).toMatchObject({ migrated: 2, skipped: 1 })
  })

  test('keywords that the folder of the target does not keep; one to be made is taken to be as INBOX', async () => {
    const ofFolder: Readonly<Record<string, readonly string[]>> = { INBOX: [], Some: ['Project'] }
    await start({ keptKeywords: ([name = '']) => ofFolder[name] })
    target.addFolder(['Some'])
    target.addFolder(['Any'])
    for (const name of ['INBOX', 'Some', 'Any', 'New']) source.setKeywords(source.add([name], message(name)), ['$seen', 'Project', 'later'])
    const { items } = await plan({ dropKeyword: ['later'] })
    expect(items.filter(({ reason }) => reason !== 'keyword-rule').map(({ path, reason, keyword }) => [...path, reason, keyword])).toEqual([
      ['INBOX', 'keyword-not-kept', 'Project'],
      ['New', 'keyword-not-kept', 'Project'],
    ])
  })

  test('folders whose place differs say why', async () => {
    source.add(['Gesendet'], message('sent'))
    const { forecast } = await plan({ map: ['Gesendet=Mail/Sent'] })
    expect(forecast.folders.find(({ path }) => path[0] === 'Gesendet')).toMatchObject({
      targetPath: ['Mail', 'Sent'],
      reasons: ['folder-map'],
      isNewAtTarget: true,
      create: 1,
    })
  })
})
