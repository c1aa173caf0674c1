import type { ItemNoun } from '../../core/model/form.ts'
import type { Progress, Stage } from '../../core/ports/observer.ts'
import { formatBytes, formatCount, formatDuration, formatNoun } from './format-units.ts'
import type { Pace } from './progress-meter.ts'
import type { Style } from './style.ts'
import { cellWidth, fitCells, padCells, toTerminalText } from './terminal-text.ts'

/** Where one mailbox's pass is. */
export interface PassPosition {
  readonly stage: Stage
  /** What the items are called. */
  readonly noun: ItemNoun
  readonly progress?: Progress
  readonly pace: Pace
}

const stageWords: Readonly<Record<Exclude<Stage, 'enumerate'>, string>> = {
  discover: 'Looking at the folders',
  plan: 'Planning',
  transfer: 'Copying',
  verify: 'Verifying',
  report: 'Writing the report',
}

function stageText({ stage, noun }: PassPosition): string {
  return stage === 'enumerate' ? `Listing the ${noun}s` : stageWords[stage]
}

const barCellsMax = 40
const barCellsMin = 8

/** The block for a single mailbox: a bar, what is done, how fast and what holds it back; each line fits `cells`. */
export function progressBlock(position: PassPosition, style: Style, cells: number): readonly string[] {
  const { progress, noun } = position
  const title = stageText(position)
  if (progress === undefined) return [fitCells(` ${title}`, cells)]
  const lines = [barLine(title, progress, position.pace, style, cells)]
  const done = join(style, cells, [
    `${formatCount(progress.itemsDone)} of ${formatNoun(progress.itemsTotal, noun)}`,
    bytesOf(progress),
    `${formatCount(progress.foldersDone)} of ${formatCount(progress.foldersTotal)} folders`,
  ])
  const speed = join(style, cells, [
    ...speedOf(position.pace, noun),
    ...(progress.binding === '' ? [] : [`limit: ${toTerminalText(progress.binding)}`]),
    ...(progress.itemsFailed === 0 ? [] : [`${formatCount(progress.itemsFailed)} failed`]),
  ])
  lines.push(style.paint('dim', done))
  if (speed !== '') lines.push(progress.itemsFailed > 0 ? style.paint('yellow', speed) : style.paint('dim', speed))
  return lines
}

/** One line per mailbox where several run at once. */
export function progressRow(name: string, nameCells: number, position: PassPosition, style: Style, cells: number): string {
  const shown = ` ${padCells(fitCells(name, nameCells), nameCells)}  `
  const rest = cells - cellWidth(shown)
  if (position.progress === undefined || position.progress.itemsTotal === 0) {
    return shown + style.paint('dim', fitCells(stageText(position), rest))
  }
  return shown + barLine('', position.progress, position.pace, style, rest).trimStart()
}

/** The same on one line of plain text, for a log. */
export function progressSentence(position: PassPosition): string {
  const { progress, pace, noun } = position
  const parts = [stageText(position).toLowerCase()]
  if (progress !== undefined) {
    parts.push(
      `${formatCount(progress.itemsDone)} of ${formatNoun(progress.itemsTotal, noun)}`,
      bytesOf(progress),
      `${formatCount(progress.foldersDone)} of ${formatCount(progress.foldersTotal)} folders`,
      ...speedOf(pace, noun),
      ...(pace.leftMs === undefined ? [] : [`${formatDuration(pace.leftMs)} left`]),
      ...(progress.binding === '' ? [] : [`limit: ${toTerminalText(progress.binding)}`]),
      ...(progress.itemsFailed === 0 ? [] : [`${formatCount(progress.itemsFailed)} failed`]),
    )
  }
  return parts.join(', ')
}

function barLine(title: string, progress: Progress, pace: Pace, style: Style, cells: number): string {
  const share = doneShare(progress)
  const before = title === '' ? ' ' : ` ${title}  `
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  const left = pace.leftMs === undefined ? '' : `  ${formatDuration(pace.leftMs)} left`
  const free = cells - cellWidth(before) - percent.length - left.length - 1
  const barCells = Math.min(barCellsMax, free)
  if (barCells < barCellsMin) return fitCells(`${before}${percent}${left}`, cells)
  const doneCells = Math.round(share * barCells)
  const bar =
    style.paint('green', style.signs.barDone.repeat(doneCells)) + style.paint('dim', style.signs.barLeft.repeat(barCells - doneCells))
  return `${style.paint('bold', before)}${bar} ${percent}${left}`
}

/** Items and bytes weigh the same: neither a few huge messages nor many tiny ones make the bar stand still. */
function doneShare(progress: Progress): number {
  const items = progress.itemsTotal === 0 ? 1 : progress.itemsDone / progress.itemsTotal
  const bytes = progress.bytesTotal === 0 ? items : progress.bytesDone / progress.bytesTotal
  return Math.min(1, Math.max(0, (items + bytes) / 2))
}

function bytesOf(progress: Progress): string {
  return `${formatBytes(progress.bytesDone)} of ${formatBytes(progress.bytesTotal)}`
}

function speedOf(pace: Pace, noun: ItemNoun): readonly string[] {
  if (pace.itemsPerSecond <= 0) return []
  return [`${formatRate(pace.itemsPerSecond)} ${noun}s/s`, `${formatBytes(pace.bytesPerSecond)}/s`]
}

function formatRate(perSecond: number): string {
  return perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond))
}

/** As many of `parts`, first ones first, as fit one line. */
function join(style: Style, cells: number, parts: readonly string[]): string {
  let line = ''
  for (const part of parts) {
    const longer = line === '' ? ` ${part}` : `${line} ${style.signs.dot} ${part}`
    if (cellWidth(longer) <= cells) line = longer
    else if (line === '') return fitCells(longer, cells)
  }
  return line
}
