import { type DiscoveredMailbox, explainObstacle, type MailboxSize } from '../../control/microsoft-365/discover/discovered-mailbox.ts'
import type { Environment } from '../environment.ts'
import { formatBytes, formatCount, formatNoun } from './format-units.ts'
import type { Style } from './style.ts'
import { fittedTableLines, type OptionalColumn } from './table.ts'
import { toTerminalText } from './terminal-text.ts'

/** What a discovery found. */
export interface DiscoveryView {
  readonly mailboxes: readonly DiscoveredMailbox[]
  readonly usersSeen: number
  readonly withSizes: boolean
  /** Otherwise only the first of those that cannot be migrated. */
  readonly listsAll: boolean
}

const obstructedMax = 12

/** The mailboxes of a tenant for a person: those that can be migrated, then the others by what stands in the way. */
export function toDiscoveryText({ mailboxes, usersSeen, withSizes, listsAll }: DiscoveryView, style: Style, { output }: Environment): string {
  if (mailboxes.length === 0) return `None of ${formatNoun(usersSeen, 'user')} fits.\n`
  const cells = output.isTTY === true ? output.columns || 80 : 160
  const byAddress = mailboxes.toSorted((a, b) => compare(a.address.toLowerCase(), b.address.toLowerCase()))
  const there = byAddress.filter(({ obstacle }) => obstacle === undefined)
  const obstructed = Map.groupBy(byAddress.filter(({ obstacle }) => obstacle !== undefined), ({ obstacle }) => obstacle)
  const sections = [
    ...(there.length === 0 ? [] : [fittedTableLines(columnsOf(there, withSizes), style, cells)]),
    ...[...obstructed].flatMap(([obstacle, some]) => {
      if (obstacle === undefined) return []
      const title = style.paint('yellow', `${style.signs.warning} ${formatCount(some.length)} cannot be migrated: ${explainObstacle(obstacle)}`)
      const shown = listsAll || some.length <= obstructedMax ? some : some.slice(0, obstructedMax - 2)
      const more = shown.length < some.length ? [style.paint('dim', `... and ${formatCount(some.length - shown.length)} more; --kind none lists them all`)] : []
      return [[title, ...fittedTableLines(nameColumns(shown), style, cells), ...more]]
    }),
    [totalText(there, mailboxes.length - there.length, withSizes)],
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function nameColumns(mailboxes: readonly DiscoveredMailbox[]): readonly OptionalColumn[] {
  return [
    { title: 'address', align: 'left', cellsWanted: 32, texts: mailboxes.map(({ address }) => toTerminalText(address)) },
    { title: 'name', align: 'left', cellsWanted: 16, dropRank: 4, texts: mailboxes.map(({ displayName }) => toTerminalText(displayName)) },
  ]
}

function columnsOf(mailboxes: readonly DiscoveredMailbox[], withSizes: boolean): readonly OptionalColumn[] {
  const right = (title: string, texts: readonly string[], dropRank?: number): OptionalColumn => ({ title, align: 'right', cellsWanted: 20, texts, ...(dropRank !== undefined && { dropRank }) })
  const hasArchives = mailboxes.some(({ hasArchive }) => hasArchive)
  return [
    ...nameColumns(mailboxes),
    { title: 'kind', align: 'left', cellsWanted: 9, texts: mailboxes.map(({ kind }) => kind) },
    { title: 'licences', align: 'left', cellsWanted: 16, dropRank: 1, texts: mailboxes.map(licencesText) },
    ...(withSizes ? [right('items', mailboxes.map(({ size }) => sizeText(size, ({ items }) => formatCount(items))))] : []),
    ...(withSizes ? [right('size', mailboxes.map(({ size }) => sizeText(size, ({ sizeBytes }) => formatBytes(sizeBytes))))] : []),
    ...(hasArchives ? [right('archive', mailboxes.map(archiveText), 2)] : []),
    ...(withSizes ? [right('last change', mailboxes.map(({ size }) => size?.lastChangeAt?.slice(0, 10) ?? ''), 3)] : []),
  ]
}

function licencesText({ licences, isLicensed }: DiscoveredMailbox): string {
  if (licences.length > 0) return toTerminalText(licences.join(', '))
  return isLicensed ? 'unknown' : ''
}

function sizeText(size: MailboxSize | undefined, show: (size: MailboxSize) => string): string {
  return size === undefined ? '?' : show(size)
}

function archiveText({ hasArchive, archiveSize }: DiscoveredMailbox): string {
  if (!hasArchive) return ''
  return archiveSize === undefined ? 'yes' : formatBytes(archiveSize.sizeBytes)
}

function totalText(there: readonly DiscoveredMailbox[], obstructed: number, withSizes: boolean): string {
  const sizes = there.flatMap(({ size, archiveSize }) => [size, archiveSize]).filter((size) => size !== undefined)
  const items = sizes.reduce((sum, size) => sum + size.items, 0)
  const sizeBytes = sizes.reduce((sum, size) => sum + size.sizeBytes, 0)
  const holds = withSizes && sizes.length > 0 ? `: ${formatNoun(items, 'item')}, ${formatBytes(sizeBytes)}` : ''
  const others = obstructed === 0 ? '' : `; ${formatNoun(obstructed, 'user')} without one to migrate`
  return `${formatNoun(there.length, 'mailbox', 'mailboxes')}${holds}${others}`
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
