import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/core/model/entry.ts'
import type { ExtraRecord } from '../../../src/core/model/extra.ts'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import type { FolderRecord } from '../../../src/core/model/records.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import { foldReport, type ReportFacts } from '../../../src/core/report/collect-report.ts'
import { toHandworkList } from '../../../src/core/report/handwork-list.ts'
import { toHtmlReport } from '../../../src/core/report/html-report.ts'
import { toReportDocument } from '../../../src/core/report/statement-text.ts'
import { toMarkdownReport } from '../../../src/core/report/markdown-report.ts'

const hostile =
  "<script>alert(1)</script>\" onload='x' | **b** [l](http://evil.example) ![i](x) `c` \u202egnp.exe \u0007\r\n\u001b[31m"

function folderRecord(key: number, sourcePath: readonly string[], fields: Partial<FolderRecord> = {}): FolderRecord {
  return { key, sourceId: String(key) as FolderId, sourcePath, targetPath: sourcePath, isPresent: true, ...fields }
}

function entryOf(key: number, fields: Partial<Entry> = {}): Entry {
  return {
    key,
    folder: 1,
    ref: {
      id: `1.${key}` as ItemId,
      folderId: '1' as FolderId,
      version: '',
      sizeBytes: 1_000,
      receivedAt: { epochMs: Date.UTC(2024, 2, 31, 8), offsetMinutes: 60 },
      keywords: [],
    },
    fate: 'migrated',
    seenPass: 1,
    ...fields,
  }
}

function tallyOf(entries: readonly Entry[]): Tally {
  const fates = { migrated: 0, alreadyThere: 0, skipped: 0, failed: 0, gone: 0, pending: 0 }
  for (const { fate } of entries) fates[fate ?? 'pending']++
  return {
    source: entries.length,
    sourceBytes: entries.length * 1_000,
    fates,
    pass: { ...fates, updated: 0, unchanged: 0 },
  }
}

function factsOf(entries: readonly Entry[], fields: Partial<ReportFacts> = {}): ReportFacts {
  return {
    product: 'mailvan 0.1.0',
    source: 'imaps://user@source.example',
    target: 'maildir:/srv/mail',
    issuedAtMs: Date.UTC(2024, 3, 1),
    verification: 'identity',
    tally: tallyOf(entries),
    passes: [{ number: 1, startedAtMs: Date.UTC(2024, 3, 1), settings: '{}' }],
    folders: [folderRecord(1, ['INBOX'])],
    ...fields,
  }
}

function collectReport(facts: ReportFacts, entries: readonly Entry[]) {
  const fold = foldReport(facts)
  for (const entry of entries) fold.add(entry)
  return fold.report()
}

function documentOf(entries: readonly Entry[], fields: Partial<ReportFacts> = {}) {
  return toReportDocument(collectReport(factsOf(entries, fields), entries))
}

test('an item of a folder that is called otherwise at the target is listed with both names', async () => {
  const folders = [folderRecord(1, ['Alt'], { targetPath: ['Neu', 'Alt'] })]
  const report = toMarkdownReport(documentOf([entryOf(1, { fate: 'failed', reason: 'x' })], { folders }))
  expect(report).toContain('Alt (at the target Neu/Alt)')
})

test('Markdown shows the cells of every column whole', async () => {
  const report = toMarkdownReport(documentOf([entryOf(1, { fate: 'failed', reason: 'imap.append.refused' })]))
  expect(report).toContain('| INBOX | INBOX | 1 |')
  expect(report).toContain('imap\\.append\\.refused')
  expect(report).not.toContain('\u2026')
})

test.each([
  ['mail', 'message', 'Messages'],
  ['exchange', 'item', 'Items'],
] as const)('what travels in the form %s is called %s throughout', async (form, noun, title) => {
  const entries = [entryOf(1), entryOf(2, { fate: 'failed', reason: 'x' }), entryOf(3, { fate: 'skipped', reason: 'too-large' }), entryOf(4, { altered: 'nul' })]
  const document = toReportDocument(collectReport(factsOf(entries, { form, certificate: { file: 'c', keyId: 'k' } }), entries))
  const text = JSON.stringify(document)
  expect(text).toContain(`What became of every ${noun}`)
  expect(text).toContain(`"title":"${title}"`)
  const other = noun === 'item' ? /\bmessages?\b/i : /\bitems?\b/i
  expect(text).not.toMatch(other)
})

describe('the verdict', () => {
  test.each<[string, readonly Entry[], string, string]>([
    [
      'all is there',
      [entryOf(1), entryOf(2, { fate: 'alreadyThere' })],
      'good',
      'All 2 messages of the source are accounted for; none failed.',
    ],
    ['there is one', [entryOf(1)], 'good', 'The one message of the source is accounted for; none failed.'],
    ['there is none', [], 'good', 'The source is empty.'],
    [
      'a rule left something out, and something else was altered',
      [entryOf(1, { fate: 'skipped', reason: 'too-large' }), entryOf(2, { altered: 'nul' })],
      'attention',
      'All 2 messages of the source are accounted for; none failed. 1 left out by a rule and 1 altered by the target.',
    ],
    [
      'something failed',
      [entryOf(1, { fate: 'failed', reason: 'x' }), entryOf(2)],
      'bad',
      '1 of 2 messages could not be migrated; every other one is accounted for.',
    ],
  ])('when %s', async (_name, entries, tone, verdict) => {
    expect(documentOf(entries)).toMatchObject({ tone, verdict })
  })

  test('never says that a migration which was interrupted is done', async () => {
    const { fate: _fate, ...pending } = entryOf(1, { task: 'create' })
    const report = documentOf([pending, entryOf(2, { fate: 'failed', reason: 'x' })])
    expect(report).toMatchObject({ tone: 'bad', verdict: 'The migration is not finished: 1 message of 2 to go.' })
  })
})

describe('collecting', () => {
  test('adds up by fate, rule, code and folder', async () => {
    const entries = [
      entryOf(1),
      entryOf(2, { folder: 2, fate: 'skipped', reason: 'too-large' }),
      entryOf(3, { fate: 'skipped', reason: 'received-before' }),
      entryOf(4, { folder: 2, fate: 'skipped', reason: 'too-large' }),
      entryOf(5, { fate: 'failed', reason: 'imap.append.refused', hint: 'Look at it.' }),
      entryOf(6, { conflict: 'deleted-at-target' }),
    ]
    const input = collectReport(
      factsOf(entries, { folders: [folderRecord(2, ['Z']), folderRecord(1, ['INBOX'])] }),
      entries,
    )
    expect(input.skippedByRule).toEqual([
      { rule: 'too-large', items: 2, sizeBytes: 2_000 },
      { rule: 'received-before', items: 1, sizeBytes: 1_000 },
    ])
    expect(input.failedByCode).toEqual([{ code: 'imap.append.refused', hint: 'Look at it.', items: 1 }])
    expect(input.conflicts).toMatchObject({ total: 1, items: [{ sourceId: '1.6', reason: 'deleted-at-target' }] })
    expect(input.folders.map(({ path, items, sizeBytes, fates }) => [path, items, sizeBytes, fates.skipped])).toEqual([
      [['INBOX'], 4, 4_000, 1],
      [['Z'], 2, 2_000, 2],
    ])
    expect(input.fateBytes).toEqual({
      migrated: 2_000,
      alreadyThere: 0,
      skipped: 3_000,
      failed: 1_000,
      gone: 0,
      pending: 0,
    })
  })

  test('names the keywords that did not go along', async () => {
    const document = documentOf([entryOf(1, { altered: 'nul,keywords-lost:Work later' })])
    expect(JSON.stringify(document)).toContain('NUL bytes were replaced by 0x80; keywords that the target does not keep: Work later')
  })

  test('lists a bounded number of items and says how many there are', async () => {
    const entries = Array.from({ length: 700 }, (_, at) => entryOf(at + 1, { fate: 'failed', reason: `code-${at}` }))
    const input = collectReport(factsOf(entries), entries)
    expect(input.failed.total).toBe(700)
    expect(input.failed.items).toHaveLength(500)
    expect(input.failedByCode.length).toBeLessThanOrEqual(201)
    expect(input.failedByCode.reduce((sum, { items }) => sum + items, 0)).toBe(700)
    expect(toMarkdownReport(toReportDocument(input))).toContain('The first 500 of 700 are listed.')
  })

  test('is refused when the tally does not balance', () => {
    const entries = [entryOf(1)]
    expect(() => collectReport(factsOf(entries, { tally: { ...tallyOf(entries), source: 2 } }), entries)).toThrow(/add up/)
  })
})

describe('the document', () => {
  test('has a section only for what there is', async () => {
    expect((documentOf([entryOf(1)])).sections.map(({ title }) => title)).toEqual([
      'What became of every message',
      'Folders',
      'Passes',
    ])
  })

  test('says why folders have another name, and which are left out', async () => {
    const folders = [
      folderRecord(1, ['Gesendet'], { targetPath: ['Sent'] }),
      folderRecord(2, ['Sync Issues'], { skippedBy: 'default-exclusion' }),
      folderRecord(3, ['a/b', 'c'], { targetPath: ['a_b', 'c'] }),
    ]
    const folderReasons = new Map([
      [1, ['role']],
      [3, ['illegal-character', 'collision']],
    ])
    const text = toMarkdownReport(documentOf([entryOf(1)], { folders, folderReasons }))
    expect(text).toMatch(/^\| Gesendet \| Sent \| the target's own folder for this/m)
    expect(text).toMatch(/^\| a\\\\\/b\/c \| a\\_b\/c \| a character that the target does not allow; another folder has this name/m)
    expect(text).toMatch(/^\| Sync Issues \| left out\\: in a folder that is left out unless asked for/m)
  })

  test('names the certificate and the fingerprint to compare', async () => {
    const report = documentOf([entryOf(1)], { certificate: { file: 'a.jsonl', keyId: 'ab12'.repeat(16) } })
    expect(toMarkdownReport(report)).toContain(`| a\\.jsonl | ${Array.from({ length: 16 }, () => 'ab12').join(' ')} |`)
  })
})

describe('what is beside the messages', () => {
  const record = { sourceId: '1', pass: 1, isPresent: true } as const
  const extras: readonly ExtraRecord[] = [
    { ...record, kind: 'permission', name: 'Send As', fate: 'handwork', handwork: { sentence: 'Do it.', commands: ['x'] } },
    { ...record, kind: 'rule', name: 'Boss', fate: 'kept', reason: 'changed-at-target' },
    { ...record, kind: 'rule', name: 'Anna', fate: 'failed', reason: 'graph.refused', hint: 'Look.' },
    { ...record, kind: 'category', name: 'Gone', fate: 'carried', isPresent: false },
    { ...record, kind: 'category', name: 'Never came out' },
  ]

  test('has its place, and makes a person look only when something failed', async () => {
    const report = documentOf([entryOf(1)], { extras, handworkFile: 'list.md' })
    const rows = report.sections.flatMap(({ title, table }) => (/Beside|Work/.test(title) ? [[title, ...(table?.rows ?? [])]] : []))
    const foreign = (text: string) => ({ foreign: text })
    expect(rows).toEqual([
      [
        'Beside the messages',
        ['Inbox rule', foreign('Anna'), 'Failed', foreign('graph.refused: Look.')],
        ['Inbox rule', foreign('Boss'), "The target's own was kept", foreign('the copy was changed at the target')],
      ],
      ['Work for a person', ['Permission', foreign('Send As'), foreign('Do it.')], ['The commands', '', foreign('list.md')]],
    ])
    expect(report).toMatchObject({ tone: 'attention', verdict: expect.stringContaining('1 failed beside the messages.') })
    expect(documentOf([entryOf(1)], { extras: extras.filter(({ fate }) => fate !== 'failed') })).toMatchObject({ tone: 'good' })
  })
})

describe('a list of work for a person', () => {
  const listOf = (name: string, sentence: string, commands: readonly string[]) =>
    toHandworkList({ source: name, target: name, extras: [{ kind: 'rule', sourceId: '1', name, fate: 'handwork', handwork: { sentence, commands }, pass: 1, isPresent: true }] })

  test('is none without any', () => {
    expect(toHandworkList({ source: 'a', target: 'b', extras: [] })).toBeUndefined()
  })

  test('keeps hostile text from being markup, and from ending a block of commands', () => {
    const plain = listOf('a', 'a', ['a', 'a'])?.split('\n')
    const list = listOf(hostile, hostile, [hostile, '```', '````` x'])?.split('\n')
    expect(list?.filter((line) => /^ {2}`+$/.test(line) && line.length > 7)).toEqual(['  ``````', '  ``````'])
    expect(list?.length).toBe((plain?.length ?? 0) + 1)
    expect(list?.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/)
    const outside = list?.filter((line) => !line.startsWith('  ')).join('\n')
    expect(outside).not.toMatch(/(?<!\\)[<>`]|(?<!\\)(?:\]\(|!\[|\*\*b)/)
  })
})

describe('text from mail', () => {
  const description = { identity: '', messageId: '', from: hostile, subject: hostile }
  const entries = [
    entryOf(1, { fate: 'failed', reason: hostile, hint: hostile, description }),
    entryOf(2, { altered: hostile }),
  ]
  const facts: Partial<ReportFacts> = {
    source: hostile,
    folders: [
      folderRecord(1, [hostile], { skippedBy: `folder-excluded:${hostile}` }),
      folderRecord(2, [hostile], { targetPath: ['x'] }),
    ],
  }

  test('makes no markup in HTML', async () => {
    const html = toHtmlReport(documentOf(entries, facts))
    expect(html).not.toContain('<script')
    expect(html).not.toMatch(/<[^>]*onload/)
    expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/)
    expect(html).toContain('<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39;')
    expect(html).toContain('\\u{202e}gnp.exe')
    expect(tagsOf(html)).toEqual(
      tagsOf(
        toHtmlReport(
          documentOf([entryOf(1, { fate: 'failed', reason: 'a' }), entryOf(2, { altered: 'a' })], {
            folders: [folderRecord(1, ['a'], { skippedBy: 'a' }), folderRecord(2, ['a'], { targetPath: ['x'] })],
          }),
        ),
      ),
    )
  })

  test('makes no markup and no further line or column in Markdown', async () => {
    const markdown = toMarkdownReport(documentOf(entries, facts))
    expect(markdown).not.toMatch(/(?<!\\)[<>`]/)
    expect(markdown).not.toMatch(/(?<!\\)(?:\]\(|!\[|\*\*b)/)
    expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/)
    const widths = markdown
      .split('\n\n')
      .filter((block) => block.startsWith('| '))
      .map((block) =>
        block
          .trim()
          .split('\n')
          .map((line) => line.match(/(?<!\\)\|/g)?.length),
      )
    expect(widths.length).toBeGreaterThan(4)
    for (const lines of widths) expect(new Set(lines).size).toBe(1)
  })

  test('moves no cursor in Markdown', async () => {
    expect(toMarkdownReport(documentOf(entries, facts))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/)
  })

  test('of any length and kind leaves a page of the same shape', async () => {
    const shapeOf = async (subject: string) =>
      tagsOf(
        toHtmlReport(
          documentOf([entryOf(1, { fate: 'failed', reason: 'x', description: { ...description, subject } })]),
        ),
      )
    const shape = await shapeOf('harmless')
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('<', '>', '"', '&', '\ud800')),
        }),
        async (subject) => {
          expect(await shapeOf(subject)).toEqual(shape)
        },
      ),
    )
    expect(
      toHtmlReport(
        documentOf([
          entryOf(1, { fate: 'failed', reason: 'x', description: { ...description, subject: 'x'.repeat(1e6) } }),
        ]),
      ).length,
    ).toBeLessThan(20_000)
  })
})

test('the HTML page needs nothing from anywhere', async () => {
  const html = toHtmlReport(documentOf([entryOf(1)]))
  expect(html).toContain("default-src 'none'")
  expect(html).not.toMatch(/https?:|\bsrc=|\bhref=|url\(|@import/)
})

function tagsOf(html: string): readonly string[] {
  return html.match(/<[^>]*>/g) ?? []
}
