import { describe, expect, test } from 'vitest'
import type { MailboxOutcome } from '../../../src/control/mailbox-outcome.ts'
import type { RunEvent } from '../../../src/control/run-event.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import { exitCodeOf } from '../../../src/cli/exit-codes.ts'
import { JsonView } from '../../../src/cli/output/json-view.ts'
import { PlainView } from '../../../src/cli/output/plain-view.ts'
import { styleFor } from '../../../src/cli/output/style.ts'
import { TerminalView } from '../../../src/cli/output/terminal-view.ts'
import { cellWidth } from '../../../src/cli/output/terminal-text.ts'
import { collect } from './run-in-process.ts'

const names = { name: 'anna', source: 'imaps://anna@old.example:993', target: 'imaps://anna@new.example:993', task: 'migrate' } as const

function tally(part: Partial<Tally['pass']> = {}): Tally {
  const pass = { migrated: 0, alreadyThere: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, gone: 0, pending: 0, ...part }
  const { migrated, alreadyThere, updated, unchanged, skipped, failed, gone, pending } = pass
  const source = migrated + alreadyThere + updated + unchanged + skipped + failed + gone + pending
  return { source, sourceBytes: source * 1000, fates: { migrated: migrated + updated + unchanged, alreadyThere, skipped, failed, gone, pending }, pass }
}

function progress(itemsDone: number): RunEvent {
  const counts = { foldersDone: 3, foldersTotal: 40, itemsDone, itemsTotal: 20_000, bytesDone: itemsDone * 4000, bytesTotal: 80_000_000 }
  return { type: 'progress', progress: { ...counts, itemsFailed: 0, binding: 'as fast as both servers answer' } }
}

describe('plain lines', () => {
  function view(isNamed = false): { view: PlainView; text: () => string; clock: { ms: number } } {
    const clock = { ms: 0 }
    const { stream, text } = collect()
    return { view: new PlainView({ output: stream, style: styleFor(stream, {}), isNamed, now: () => clock.ms }), text, clock }
  }

  test.each([
    ['imaps://a@old.example', 'messages'],
    ['m365://fabrikam/a@fabrikam.com', 'items'],
  ])('at most one progress line every five seconds, and from %s come %s', (source, noun) => {
    const { view: plain, text, clock } = view()
    plain.observe('anna', { type: 'mailboxStarted', source, target: 'm365://contoso/a@contoso.com' })
    const heading = text().length
    plain.observe('anna', { type: 'stage', stage: 'transfer' })
    for (; clock.ms < 21_000; clock.ms += 200) plain.observe('anna', progress(clock.ms / 10))
    const lines = text().slice(heading).trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[3]).toContain(`copying, 2,000 of 20,000 ${noun}, `)
    expect(lines[3]).toContain(`3 of 40 folders, 100 ${noun}/s, 400 kB/s, 3 min 00 s left, limit: as fast`)
  })

  test('what failed is told with reason and hint, and a flood of it is cut', () => {
    const { view: plain, text } = view()
    for (let index = 0; index < 1000; index++) {
      const failed = { path: ['INBOX', 'a\x1bb'], sourceId: `1.${index}`, code: 'x', message: 'The target refused it', hint: 'Look at it.' }
      plain.observe('anna', { type: 'itemFailed', ...failed })
    }
    plain.finished({ ...names, durationMs: 1, state: 'done', tally: tally({ failed: 1000 }) })
    const lines = text().split('\n')
    expect(lines[0]).toBe('✗ INBOX/a\\u{1b}b, item 1.0: The target refused it. Look at it.')
    expect(lines.filter((line) => line.startsWith('✗'))).toHaveLength(20)
    expect(text()).toContain('... and 980 more failed items')
    expect(text()).toContain('1,000 of 1,000 messages could not be migrated')
  })

  test('a folder that is called otherwise at the target is told with both names', () => {
    const { view: plain, text } = view()
    const item = { path: ['Alt'], targetPath: ['Neu', 'Alt'], sourceId: '1.1' }
    plain.observe('anna', { type: 'itemFailed', ...item, code: 'x', message: 'The target refused it', hint: 'Look at it.' })
    plain.observe('anna', { type: 'conflict', ...item, reason: 'deleted-at-target' })
    expect(text().trimEnd().split('\n')).toEqual([
      '✗ Alt (at the target Neu/Alt), item 1.1: The target refused it. Look at it.',
      '! Alt (at the target Neu/Alt), item 1.1: the copy was deleted at the target.',
    ])
  })

  test('the summary adds up and leaves out what is nothing', () => {
    const { view: plain, text } = view()
    plain.finished({ ...names, durationMs: 3400, state: 'done', tally: tally({ migrated: 12_000, skipped: 3 }) })
    expect(text()).toBe(
      [
        '✓ Done: every message has its place at the target. (3.4 s)',
        '',
        '  at the source   12,003   12.0 MB',
        '  migrated        12,000',
        '  skipped              3   by a rule',
        '',
      ].join('\n'),
    )
  })

  test('a folder that is left out is told of when there is something in it', () => {
    const { view: plain, text } = view()
    for (const items of [0, 2]) plain.observe('anna', { type: 'folderSkipped', path: ['Sync Issues'], rule: 'default-exclusion', items })
    expect(text()).toBe('· Sync Issues is left out, in a folder that is left out unless asked for: 2 items\n')
  })

  test('the summary names conflicts beside what adds up', () => {
    const { view: plain, text } = view()
    plain.finished({ ...names, durationMs: 3400, state: 'done', tally: { ...tally({ unchanged: 12 }), conflicts: 2 } })
    expect(text()).toContain('✓ Nothing to do: the target is as it should be, but for 2 conflicts. (3.4 s)\n')
    expect(text()).toContain('  unchanged       12\n  conflicts       2, left as they are at the target: the report lists them\n')
  })

  test('several mailboxes are named, and summed at the end', () => {
    const { view: plain, text } = view(true)
    const outcomes: MailboxOutcome[] = [
      { ...names, durationMs: 10, state: 'done', tally: tally({ migrated: 5 }) },
      { ...names, name: 'bob', durationMs: 10, state: 'stopped', error: new MigrationError('auth', 'x', { message: 'The password is wrong.', hint: '' }) },
    ]
    for (const outcome of outcomes) plain.finished(outcome)
    plain.allFinished(outcomes)
    expect(text()).toContain('anna: ✓ Done')
    expect(text()).toContain('✗ bob   The password is wrong.')
    expect(text()).toContain('1 of 2 mailboxes complete, 5 messages: 5 migrated now, 0 failed.')
  })
})

describe('the terminal', () => {
  function render(columns: number, env: Record<string, string> = {}): { view: TerminalView; text: () => string; clock: { ms: number } } {
    const clock = { ms: 0 }
    const { stream, text } = collect(columns)
    const view = new TerminalView({ output: stream, style: styleFor(stream, env), isNamed: false, mailboxesTotal: 1, now: () => clock.ms })
    return { view, text, clock }
  }

  test.each([30, 50, 80, 200])('no line is wider than %i columns', (columns) => {
    const { view, text, clock } = render(columns, { NO_COLOR: '1' })
    view.observe('anna', { type: 'stage', stage: 'transfer' })
    for (; clock.ms < 3000; clock.ms += 200) view.observe('anna', progress(clock.ms))
    // eslint-disable-next-line no-control-regex
    const lines = text().replace(/\x1b\[[?\d;]*[A-Za-z]/g, '').split(/[\r\n]/)
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) expect(cellWidth(line)).toBeLessThan(columns)
  })

  test('NO_COLOR leaves nothing but what moves the cursor', () => {
    const { view, text } = render(80, { NO_COLOR: '1' })
    view.observe('anna', { type: 'stage', stage: 'transfer' })
    view.observe('anna', progress(1))
    view.close()
    expect(text()).not.toMatch(/\x1b\[\d*m/)
  })

  test('the cursor comes back, once', () => {
    const { view, text } = render(80)
    view.observe('anna', { type: 'stage', stage: 'transfer' })
    view.finished({ ...names, durationMs: 1, state: 'interrupted', tally: tally({ pending: 3 }) })
    view.close()
    view.close()
    expect(text().split('\x1b[?25l')).toHaveLength(2)
    expect(text().split('\x1b[?25h')).toHaveLength(2)
    expect(text().indexOf('\x1b[?25h')).toBeGreaterThan(text().indexOf('\x1b[?25l'))
  })

  test('it is not redrawn more often than ten times a second', () => {
    const { view, text, clock } = render(80)
    for (; clock.ms < 1000; clock.ms += 1) view.observe('anna', progress(clock.ms))
    const drawn = text().split('20,000 items').length - 1
    expect(drawn).toBeGreaterThan(0)
    expect(drawn).toBeLessThanOrEqual(10)
  })
})

describe('what is beside the messages', () => {
  const withExtras = (failed: number): Tally => ({
    ...tally({ unchanged: 2 }),
    extras: { fates: { carried: 3, alreadyThere: 0, kept: 1, handwork: 5, failed }, changed: 9 },
  })

  test('is told where a person should know: not each that was carried', () => {
    const { stream, text } = collect()
    const plain = new PlainView({ output: stream, style: styleFor(stream, {}), isNamed: false, now: () => 0 })
    for (let number = 0; number < 30; number++) plain.observe('anna', { type: 'extra', kind: 'category', name: `${number}`, fate: 'carried' })
    plain.observe('anna', { type: 'extra', kind: 'rule', name: 'Lists\x1b[2J', fate: 'failed', reason: 'graph.refused' })
    plain.observe('anna', { type: 'extra', kind: 'rule', name: 'Boss', fate: 'kept', reason: 'changed-at-target' })
    plain.finished({ ...names, durationMs: 1, state: 'done', tally: withExtras(1), handworkFile: '/x/handwork.md' })
    const lines = text().split('\n')
    expect(lines[0]).toMatch(/rule "Lists.*" failed: graph\.refused$/)
    expect(lines[1]).toMatch(/rule "Boss" stays as it is at the target: the copy was changed at the target$/)
    expect(lines[2]).toMatch(/Every message has its place at the target, but 1 setting or rule failed/)
    expect(text()).toContain('  settings, rules 3 carried, 1 kept as the target has them, 5 for a person, 1 failed\n')
    expect(text()).toContain('  by hand         /x/handwork.md')
    expect(text()).not.toContain('\x1b[2J')
  })

  test('that failed is a failure of the run, and what was carried is no idle one', () => {
    const outcome = (failed: number): MailboxOutcome => ({ ...names, durationMs: 1, state: 'done', tally: withExtras(failed) })
    expect([exitCodeOf([outcome(1)]), exitCodeOf([outcome(0)])]).toEqual([1, 0])
    const { stream, text } = collect()
    new PlainView({ output: stream, style: styleFor(stream, {}), isNamed: false, now: () => 0 }).finished(outcome(0))
    expect(text()).toMatch(/Done: every message/)
  })
})

describe('--json', () => {
  test('one object per line, and the summary last', () => {
    const { stream, text } = collect()
    const view = new JsonView(stream, false)
    view.observe('anna', { type: 'stage', stage: 'discover' })
    const outcome: MailboxOutcome = { ...names, durationMs: 1, state: 'done', tally: tally({ migrated: 3, unchanged: 4, gone: 1 }) }
    view.finished(outcome)
    view.allFinished([outcome])
    const lines = text().trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)
    expect(lines).toEqual([
      { type: 'stage', stage: 'discover' },
      {
        type: 'summary',
        counts: { source: 8, migrated: 3, alreadyThere: 0, updated: 0, unchanged: 4, skipped: 0, failed: 0, gone: 1 },
        fates: { migrated: 7, alreadyThere: 0, skipped: 0, failed: 0, gone: 1 },
      },
    ])
  })

  test('several mailboxes: each with its name, the total last without one', () => {
    const { stream, text } = collect()
    const view = new JsonView(stream, true)
    const outcomes = ['anna', 'bob'].map((name): MailboxOutcome => ({ ...names, name, durationMs: 1, state: 'done', tally: tally({ migrated: 2 }) }))
    for (const outcome of outcomes) view.finished(outcome)
    view.allFinished(outcomes)
    const lines = text().trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string; mailbox?: string; counts: { source: number } })
    expect(lines.map(({ type, mailbox, counts }) => [type, mailbox, counts.source])).toEqual([
      ['summary', 'anna', 2],
      ['summary', 'bob', 2],
      ['summary', undefined, 4],
    ])
  })
})
