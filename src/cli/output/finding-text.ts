import type { Finding } from '../../control/microsoft-365/check/finding.ts'
import type { Style } from './style.ts'
import { padCells, toTerminalText } from './terminal-text.ts'

const nameCells = 30

/** One thing that was looked at: a line, and for what is bad a second one that says what to do. */
export function findingLines({ name, state, says, fix }: Finding, style: Style): readonly string[] {
  const sign = {
    good: style.paint('green', style.signs.done),
    bad: style.paint('red', style.signs.failed),
    absent: style.paint('dim', style.signs.dot),
    unknown: style.paint('yellow', '?'),
  }[state]
  const line = `${sign} ${padCells(toTerminalText(name), nameCells, 'right')} ${toTerminalText(says)}`
  return fix === '' ? [line] : [line, `    ${toTerminalText(fix)}`]
}
