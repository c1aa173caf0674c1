import type { Style } from './style.ts'
import { cellWidth, fitCells, padCells } from './terminal-text.ts'

/** A column of a table; text columns give way when the table is too wide. */
export interface TableColumn {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** A column that may be left out where there is no room; the least wanted go first. */
export interface OptionalColumn extends TableColumn {
  /** How much of its texts should be seen at least; whole numbers are always seen whole. */
  readonly cellsWanted: number
  /** Absent for one that stays; otherwise the highest goes first. */
  readonly dropRank?: number
  readonly texts: readonly string[]
}

/** A table by its columns, of which those are left out without which the others have room. */
export function fittedTableLines(columns: readonly OptionalColumn[], style: Style, cells: number): readonly string[] {
  let shown = columns
  const widthOf = ({ title, texts, cellsWanted }: OptionalColumn): number =>
    Math.max(cellWidth(title), Math.min(cellsWanted, Math.max(0, ...texts.map(cellWidth))))
  const total = (): number => shown.reduce((sum, column) => sum + widthOf(column), 0) + gap.length * (shown.length - 1)
  while (total() > cells) {
    const ranks = shown.flatMap(({ dropRank }) => dropRank ?? [])
    if (ranks.length === 0) break
    shown = shown.filter(({ dropRank }) => dropRank !== Math.max(...ranks))
  }
  const rows = (columns[0]?.texts ?? []).map((_, row) => shown.map(({ texts }) => texts[row] ?? ''))
  return tableLines(shown, rows, style, cells)
}

const gap = '  '
const textCellsMin = 8

/** A table of safe texts whose lines fit `cells`; long texts in left-aligned columns are cut. */
export function tableLines(columns: readonly TableColumn[], rows: readonly (readonly string[])[], style: Style, cells: number): readonly string[] {
  const widths = columns.map(({ title }, index) => Math.max(cellWidth(title), ...rows.map((row) => cellWidth(row[index] ?? ''))))
  shrink(columns, widths, cells)
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => padCells(fitCells(text, widths[index] ?? 0), widths[index] ?? 0, columns[index]?.align === 'right' ? 'left' : 'right'))
      .join(gap)
      .trimEnd()
  return [style.paint('dim', line(columns.map(({ title }) => title))), ...rows.map(line)]
}

/** Takes what is too much from the widest text columns. */
function shrink(columns: readonly TableColumn[], widths: number[], cells: number): void {
  const total = (): number => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1)
  while (total() > cells) {
    let widest = -1
    for (const [index, column] of columns.entries()) {
      if (column.align === 'left' && (widths[index] ?? 0) > textCellsMin && (widest < 0 || (widths[index] ?? 0) > (widths[widest] ?? 0))) widest = index
    }
    if (widest < 0) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}
