import type { Told } from '../../control/microsoft-365/bootstrap/told.ts'
import type { Style } from './style.ts'
import { toTerminalText, wrapCells } from './terminal-text.ts'

/** What a set-up tells, for a person. */
export function toldText(told: Told, style: Style, cells: number): string {
  switch (told.type) {
    case 'sign-in':
      return signInText(told, style, cells)
    case 'done':
      return marked(style.paint('green', style.signs.done), style.signs.done, sentence(told.what), cells)
    case 'kept':
      return marked(style.paint('dim', style.signs.same), style.signs.same, sentence(told.what), cells)
    case 'waiting':
      return marked(style.paint('dim', style.signs.dot), style.signs.dot, sentence(`waiting: ${told.what}`), cells)
    case 'warning':
      return marked(style.paint('yellow', style.signs.warning), style.signs.warning, sentence(told.what), cells) + marked(' ', ' ', toTerminalText(told.hint), cells)
  }
}

/** A text behind its sign, broken between words. */
function marked(painted: string, sign: string, text: string, cells: number): string {
  const indent = ' '.repeat(sign.length + 1)
  const [first = '', ...rest] = wrapCells(text, cells - indent.length)
  return [`${painted} ${first}`, ...rest.map((line) => indent + line), ''].join('\n')
}

function signInText({ page, userCode, why }: Extract<Told, { type: 'sign-in' }>, style: Style, cells: number): string {
  const where = userCode === undefined ? 'Open this page in a browser on this machine:' : 'Open this page on any machine and enter the code:'
  const code = userCode === undefined ? '' : `\n  ${style.paint('bold', toTerminalText(userCode))}\n`
  return `${wrapCells(toTerminalText(why), cells).join('\n')}\n${where}\n\n  ${toTerminalText(page)}\n${code}\n`
}

function sentence(text: string): string {
  const safe = toTerminalText(text)
  return `${safe.slice(0, 1).toUpperCase()}${safe.slice(1)}.`
}
