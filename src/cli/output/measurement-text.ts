import type { Measurement } from '../../control/microsoft-365/probe/measurement.ts'
import type { Style } from './style.ts'
import { padCells, toTerminalText, wrapCells } from './terminal-text.ts'

const nameIndent = 5
const textIndent = 7

/** A measurement: its name, what was seen or why nothing was, and what that means or what to do. */
export function measurementLines({ number, name, state, says, advice }: Measurement, style: Style, columns: number): readonly string[] {
  const isMeasured = state === 'measured'
  const sign = isMeasured ? style.paint('green', padCells(style.signs.done, 1)) : style.paint('yellow', '?')
  const head = `${sign} ${String(number).padStart(nameIndent - 3)} ${style.paint('bold', toTerminalText(name))}${isMeasured ? '' : ': not measured'}`
  const sentence = `${says.charAt(0).toUpperCase()}${says.slice(1)}.`
  return [head, ...indented(sentence, columns), ...indented(advice, columns).map((line) => style.paint('dim', line)), '']
}

/** Something that was made and could not be removed. */
export function leftoverLines({ what, why }: { readonly what: string; readonly why: string }, mailbox: string, style: Style, columns: number): readonly string[] {
  const text = `${toTerminalText(what)} in the mailbox of ${toTerminalText(mailbox)} could not be removed: ${toTerminalText(why)}. Delete it by hand.`
  const [first = '', ...rest] = wrapCells(text, columns - 2)
  return [`${style.paint('red', style.signs.failed)} ${first}`, ...rest.map((line) => `  ${line}`)]
}

function indented(text: string, columns: number): readonly string[] {
  const indent = ' '.repeat(textIndent)
  return wrapCells(toTerminalText(text), columns - textIndent).map((line) => indent + line)
}
