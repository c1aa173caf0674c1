import type { Finding } from '../../control/microsoft-365/check/finding.ts'
import { hangingLines } from './line-cells.ts'
import type { Style } from './style.ts'
import { padCells, toTerminalText, wrapCells } from './terminal-text.ts'

/** As long as the longest permission. */
const nameCells = 31

/** One thing that was looked at: a line, and for what is bad a second one that says what to do; each broken where `cells` are too few. */
export function findingLines({ name, state, says, fix }: Finding, style: Style, cells: number): readonly string[] {
  const sign = {
    good: style.signs.done,
    bad: style.signs.failed,
    absent: style.signs.dot,
    unknown: '?',
  }[state]
  const colour = { good: 'green', bad: 'red', absent: 'dim', unknown: 'yellow' } as const
  const head = `${style.paint(colour[state], sign)} ${padCells(toTerminalText(name), nameCells, 'right')} `
  const lines = hangingLines(head, sign.length + nameCells + 2, toTerminalText(says), cells)
  return fix === '' ? lines : [...lines, ...wrapCells(toTerminalText(fix), cells - fixIndent.length).map((line) => fixIndent + line)]
}

const fixIndent = '    '
