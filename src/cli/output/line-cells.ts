import type { OutputStream } from '../environment.ts'
import { wrapCells } from './terminal-text.ts'

/** How many columns a line may have: a terminal's; without end where it is read by something else, so that nothing is broken there. */
export function lineCells({ isTTY, columns }: OutputStream): number {
  return isTTY === true ? columns || 80 : Number.POSITIVE_INFINITY
}

/** Safe text behind `head`, its further lines below its first one; all of them below the head where little room is beside it. */
export function hangingLines(head: string, headCells: number, text: string, cells: number): readonly string[] {
  const isBeside = cells - headCells >= besideCellsMin
  const indent = ' '.repeat(isBeside ? headCells : Math.min(headCells, belowIndent))
  const [first = '', ...rest] = wrapCells(text, cells - indent.length)
  return isBeside ? [head + first, ...rest.map((line) => indent + line)] : [head.trimEnd(), ...[first, ...rest].map((line) => indent + line)]
}

const besideCellsMin = 44
const belowIndent = 4
