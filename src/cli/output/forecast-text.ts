import type { ItemNoun } from '../../core/model/form.ts'
import type { FolderForecast, Forecast, ItemForecast } from '../../control/plan-mailbox.ts'
import { explainNameChange, explainRule } from '../../control/words.ts'
import { formatBytes, formatCount, formatInstant, formatNoun } from './format-units.ts'
import { toShortfallText } from './quota-text.ts'
import type { Style } from './style.ts'
import { tableLines } from './table.ts'
import { toTerminalPath, toTerminalText } from './terminal-text.ts'

/** The sums of a forecast; those of what is at the source add up to `source`. */
export function totalsOf({ folders, remove }: Forecast): Readonly<Record<string, number>> {
  const sum = (pick: (folder: FolderForecast) => number): number => folders.reduce((total, folder) => total + pick(folder), 0)
  return {
    source: sum((folder) => folder.items),
    create: sum((folder) => folder.create),
    createBytes: sum((folder) => folder.createBytes),
    probablyThere: sum((folder) => folder.probablyThere),
    probablyThereBytes: sum((folder) => folder.probablyThereBytes),
    update: sum((folder) => folder.update),
    skip: sum((folder) => folder.skip),
    failedBefore: sum((folder) => folder.failedBefore),
    unchanged: sum((folder) => folder.unchanged),
    gone: sum((folder) => folder.gone),
    remove,
  }
}

/** What a pass would do, for a person: the folders, what to know of single items, and the sums. */
export function toForecastText(
  forecast: Forecast,
  { remarks, remarksTotal, noun }: { readonly remarks: readonly ItemForecast[]; readonly remarksTotal: number; readonly noun: ItemNoun },
  style: Style,
  cells: number,
): string {
  const lines = [...folderLines(forecast, noun, style, cells), '']
  if (remarks.length > 0) {
    lines.push(style.paint('bold', noun === 'item' ? 'Items to know of' : 'Messages to know of'))
    lines.push(...remarks.map((remark) => `  ${toRemarkText(remark, style)}`))
    if (remarksTotal > remarks.length) lines.push(`  ... and ${formatCount(remarksTotal - remarks.length)} more; --json lists them all.`)
    lines.push('')
  }
  lines.push(...sumLines(forecast, noun, style))
  return `${lines.join('\n')}\n`
}

function folderLines({ folders }: Forecast, noun: ItemNoun, style: Style, cells: number): readonly string[] {
  const rows = folders.map((folder) => [
    toTerminalPath(folder.path),
    folder.skippedBy === undefined ? placeOf(folder, style) : `left out: ${toTerminalText(explainRule(folder.skippedBy))}`,
    formatCount(folder.items),
    formatCount(folder.create),
    formatCount(folder.update),
    formatCount(folder.skip),
  ])
  const columns = [
    { title: 'folder', align: 'left' },
    { title: 'at the target', align: 'left' },
    { title: `${noun}s`, align: 'right' },
    { title: 'new', align: 'right' },
    { title: 'update', align: 'right' },
    { title: 'skip', align: 'right' },
  ] as const
  return tableLines(columns, rows, style, cells)
}

function placeOf(folder: FolderForecast, style: Style): string {
  const isSame = toTerminalPath(folder.path) === toTerminalPath(folder.targetPath)
  const name = isSame ? style.signs.same : toTerminalPath(folder.targetPath)
  const notes = [...folder.reasons.map(explainNameChange), ...(folder.isNewAtTarget ? ['to be made'] : [])]
  return notes.length === 0 ? name : `${name} (${notes.join(', ')})`
}

const remarkWords: Readonly<Record<string, string>> = {
  empty: 'an empty message, which servers mostly refuse',
  'keyword-rule': 'a keyword is dropped as asked',
  'keyword-not-stored': 'a keyword is lost: the target keeps none',
  'keyword-not-kept': 'a keyword is lost: the folder at the target keeps only its own',
  'keyword-invalid': 'a keyword is lost: no target takes it',
  'keyword-too-long': 'a keyword is lost: too long for the target',
}

const outcomeWords = { skip: 'skipped', fail: 'will probably fail', alter: 'arrives altered' } as const

function toRemarkText(remark: ItemForecast, style: Style): string {
  const { ref, reason, outcome, keyword } = remark
  const colour = outcome === 'fail' ? 'red' : outcome === 'skip' ? 'yellow' : 'cyan'
  const why = remarkWords[reason] ?? toTerminalText(explainRule(reason))
  const about = keyword === undefined ? '' : ` (${toTerminalText(keyword)})`
  const which = `item ${toTerminalText(ref.id)}, ${formatInstant(ref.receivedAt.epochMs)}, ${formatBytes(ref.sizeBytes)}`
  return `${toTerminalPath(remark.path)}, ${which}: ${style.paint(colour, outcomeWords[outcome])}, ${why}${about}`
}

function sumLines(forecast: Forecast, noun: ItemNoun, style: Style): readonly string[] {
  const totals = totalsOf(forecast)
  const count = (name: string): number => totals[name] ?? 0
  const parts = [
    `${formatNoun(count('create'), noun)} (${formatBytes(count('createBytes'))}) would be migrated`,
    ...(count('probablyThere') > 0 ? [`of these ${formatCount(count('probablyThere'))} are probably there already and would be adopted`] : []),
    ...(count('update') > 0 ? [`${formatCount(count('update'))} would be updated`] : []),
    ...(count('skip') > 0 ? [`${formatCount(count('skip'))} would be skipped by a rule`] : []),
    ...(count('failedBefore') > 0 ? [`${formatCount(count('failedBefore'))} failed before and would be left ("mailvan retry" tries them again)`] : []),
    ...(count('unchanged') > 0 ? [`${formatCount(count('unchanged'))} are unchanged`] : []),
    ...(count('gone') > 0 ? [`${formatCount(count('gone'))} are gone at the source`] : []),
    ...(count('remove') > 0 ? [`${formatCount(count('remove'))} would be removed at the target`] : []),
  ]
  const { targetQuota, shortfall } = forecast
  const warning = targetQuota && shortfall && toShortfallText(targetQuota, shortfall)
  return [
    style.paint('bold', `${formatNoun(count('source'), noun)} at the source:`),
    ...parts.map((part) => `  ${part}`),
    ...(warning === undefined ? [] : [style.paint('red', warning)]),
    'Nothing was changed.',
  ]
}
