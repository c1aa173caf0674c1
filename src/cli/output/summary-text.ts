import { homedir } from 'node:os'
import { itemNounBetween } from '../../control/item-noun.ts'
import type { MailboxOutcome } from '../../control/mailbox-outcome.ts'
import type { ItemNoun } from '../../core/model/form.ts'
import type { Tally } from '../../core/ports/ledger.ts'
import { failuresOf } from '../exit-codes.ts'
import { formatBytes, formatCount, formatDuration, formatNoun } from './format-units.ts'
import type { Style } from './style.ts'
import { cellWidth, padCells, toTerminalText } from './terminal-text.ts'

/** How one mailbox came out, as a few lines for a person. */
export function toSummaryText(outcome: MailboxOutcome, style: Style): string {
  const lines = [verdict(outcome, style)]
  if (outcome.tally !== undefined) lines.push('', ...countLines(outcome.tally), ...toConflictLines(outcome.tally), ...toExtraLines(outcome.tally), '')
  lines.push(...toFileLines(outcome))
  return `${lines.join('\n').trimEnd()}\n`
}

/** One line per mailbox and a total, after several ran. */
export function toTotalText(outcomes: readonly MailboxOutcome[], style: Style): string {
  const nameCells = Math.max(...outcomes.map((outcome) => cellWidth(toTerminalText(outcome.name))), 0)
  const lines = outcomes.map((outcome) => {
    const name = padCells(toTerminalText(outcome.name), nameCells)
    return `${mark(outcome, style)} ${name}  ${shortState(outcome)}`
  })
  const whole = outcomes.filter((outcome) => outcome.state === 'done' && failuresOf(outcome.tally) === 0).length
  const tallies = outcomes.flatMap((outcome) => (outcome.tally === undefined ? [] : [outcome.tally]))
  const sum = (pick: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + pick(tally), 0)
  lines.push(
    '',
    `${formatCount(whole)} of ${formatNoun(outcomes.length, 'mailbox', 'mailboxes')} complete, ` +
      `${formatNoun(sum((tally) => tally.source), totalNoun(outcomes))}: ${formatCount(sum((tally) => tally.pass.migrated))} migrated now, ` +
      `${formatCount(sum((tally) => tally.fates.failed))} failed.`,
  )
  return `${lines.join('\n')}\n`
}

/** One word for what several mailboxes hold: messages only where all of it is mail. */
function totalNoun(outcomes: readonly MailboxOutcome[]): ItemNoun {
  return outcomes.some((outcome) => nounOf(outcome) === 'item') ? 'item' : 'message'
}

function nounOf({ source, target }: MailboxOutcome): ItemNoun {
  return itemNounBetween(source, target)
}

/** Where the latest certificate and report are. */
export function toFileLines(files: { readonly certificateFile?: string; readonly reportFile?: string; readonly handworkFile?: string }): readonly string[] {
  const named = [
    ['certificate', files.certificateFile],
    ['report', files.reportFile],
    ['by hand', files.handworkFile],
  ] as const
  return named.flatMap(([name, file]) => (file === undefined ? [] : [`  ${name.padEnd(labelCells)}${toTerminalText(shortPath(file))}`]))
}

/** What the target's users had changed themselves. */
export function toConflictLines({ conflicts = 0 }: Tally): readonly string[] {
  return conflicts === 0 ? [] : [`  ${'conflicts'.padEnd(labelCells)}${formatCount(conflicts)}, left as they are at the target: the report lists them`]
}

/** What became of what is beside the items, in one line. */
export function toExtraLines({ extras }: Tally): readonly string[] {
  if (extras === undefined) return []
  const { carried, alreadyThere, kept, handwork, failed } = extras.fates
  const parts = [
    [carried, 'carried'],
    [alreadyThere, 'already there'],
    [kept, "kept as the target has them"],
    [handwork, 'for a person'],
    [failed, 'failed'],
  ] as const
  const shown = parts.flatMap(([count, words]) => (count === 0 ? [] : [`${formatCount(count)} ${words}`]))
  return [`  ${'settings, rules'.padEnd(labelCells)}${shown.join(', ')}`]
}

/** What became of the items in all passes so far, adding up to the source. */
export function toFateLines({ fates, source, sourceBytes }: Tally): readonly string[] {
  return rowLines([
    ['at the source', source, true, formatBytes(sourceBytes)],
    ['migrated', fates.migrated, true, ''],
    ['already there', fates.alreadyThere, false, ''],
    ['skipped', fates.skipped, false, 'by a rule'],
    ['failed', fates.failed, false, ''],
    ['gone', fates.gone, false, 'no longer at the source'],
    ['pending', fates.pending, false, 'not yet migrated'],
  ])
}

const labelCells = 16

function verdict(outcome: MailboxOutcome, style: Style): string {
  const time = style.paint('dim', `(${formatDuration(outcome.durationMs)})`)
  const sign = mark(outcome, style)
  const { tally } = outcome
  const noun = nounOf(outcome)
  switch (outcome.state) {
    case 'interrupted':
      return `${sign} Interrupted. Nothing is lost: run the same command again to go on. ${time}`
    case 'stopped':
    case 'defect':
      return `${sign} Stopped before the end. Run the same command again to go on. ${time}`
    case 'done':
      if (tally === undefined) return `${sign} Done. ${time}`
      if (tally.fates.failed > 0) {
        const failed = `${formatCount(tally.fates.failed)} of ${formatNoun(tally.source, noun)}`
        if (outcome.task === 'verify') {
          return `${sign} ${failed} are not at the target as they should be: the report says why, "mailvan retry" writes them again. ${time}`
        }
        return `${sign} Finished, but ${failed} could not be migrated: the report says why, "mailvan retry" tries again. ${time}`
      }
      const extrasFailed = tally.extras?.fates.failed ?? 0
      if (extrasFailed > 0) {
        return `${sign} Every ${noun} has its place at the target, but ${formatNoun(extrasFailed, 'setting or rule', 'settings or rules')} failed: the report says why, the next run tries again. ${time}`
      }
      if (outcome.task === 'verify') return `${sign} Verified: every copy is at the target as it was written. ${time}`
      if (tally.pass.unchanged + tally.pass.gone + tally.pass.skipped === tally.source && tally.source > 0 && (tally.extras?.changed ?? 0) === 0) {
        const but = tally.conflicts === undefined ? '' : `, but for ${formatNoun(tally.conflicts, 'conflict')}`
        return `${sign} Nothing to do: the target is as it should be${but}. ${time}`
      }
      return `${sign} Done: every ${noun} has its place at the target. ${time}`
  }
}

function mark(outcome: MailboxOutcome, style: Style): string {
  if (outcome.state === 'stopped' || outcome.state === 'defect') return style.paint('red', style.signs.failed)
  if (outcome.state === 'interrupted' || failuresOf(outcome.tally) > 0) return style.paint('yellow', style.signs.warning)
  return style.paint('green', style.signs.done)
}

function shortState(outcome: MailboxOutcome): string {
  if (outcome.state === 'stopped' && outcome.error !== undefined) return toTerminalText(outcome.error.message)
  if (outcome.state === 'defect') return 'stopped by an error of mailvan itself'
  const tally = outcome.tally
  if (tally === undefined) return outcome.state
  const parts = [formatNoun(tally.source, nounOf(outcome)), `${formatCount(tally.pass.migrated)} migrated now`]
  if (tally.fates.skipped > 0) parts.push(`${formatCount(tally.fates.skipped)} skipped`)
  if (tally.fates.failed > 0) parts.push(`${formatCount(tally.fates.failed)} failed`)
  if (tally.conflicts !== undefined) parts.push(formatNoun(tally.conflicts, 'conflict'))
  if (outcome.state === 'interrupted') parts.push('interrupted')
  return `${parts.join(', ')}, ${formatDuration(outcome.durationMs)}`
}

/** What this pass did, adding up to the source; then all passes together where that differs. */
function countLines(tally: Tally): readonly string[] {
  const { pass, fates } = tally
  const rows: readonly Row[] = [
    ['at the source', tally.source, true, formatBytes(tally.sourceBytes)],
    ['migrated', pass.migrated, true, ''],
    ['already there', pass.alreadyThere, false, ''],
    ['updated', pass.updated, false, ''],
    ['unchanged', pass.unchanged, false, ''],
    ['skipped', pass.skipped, false, 'by a rule'],
    ['failed', pass.failed, false, ''],
    ['gone', pass.gone, false, 'no longer at the source'],
    ['pending', pass.pending, false, 'not yet migrated'],
  ]
  const there = fates.migrated + fates.alreadyThere
  const isMore = pass.migrated + pass.alreadyThere > 0 && there > pass.migrated + pass.alreadyThere
  return rowLines(isMore ? [...rows, ['all passes', there, true, 'at the target']] : rows)
}

type Row = readonly [label: string, count: number, isAlwaysShown: boolean, note: string]

function rowLines(rows: readonly Row[]): readonly string[] {
  const shown = rows.filter(([, count, isAlwaysShown]) => isAlwaysShown || count > 0)
  const countCells = Math.max(...shown.map(([, count]) => formatCount(count).length))
  return shown.map(([label, count, , note]) =>
    `  ${label.padEnd(labelCells)}${formatCount(count).padStart(countCells)}${note === '' ? '' : `   ${note}`}`,
  )
}

function shortPath(file: string): string {
  const home = homedir()
  return home !== '' && home !== '/' && file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file
}
