import type { Style } from './style.ts'
import { cellWidth, fitCells, padCells } from './terminal-text.ts'

/** A column of a table; text columns give way when the table is too wide. */
export interface TableColumn {
  readonly title: string
  readonly align: 'left' | 'right'
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
