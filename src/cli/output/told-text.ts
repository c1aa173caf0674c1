import type { Told } from '../../control/microsoft-365/bootstrap/told.ts'
import type { Style } from './style.ts'
import { toTerminalText } from './terminal-text.ts'

/** What a set-up tells, for a person. */
export function toldText(told: Told, style: Style): string {
  switch (told.type) {
    case 'sign-in':
      return signInText(told, style)
    case 'done':
      return `${style.paint('green', style.signs.done)} ${sentence(told.what)}\n`
    case 'kept':
      return `${style.paint('dim', style.signs.same)} ${sentence(told.what)}\n`
    case 'waiting':
      return `${style.paint('dim', style.signs.dot)} ${sentence(`waiting: ${told.what}`)}\n`
    case 'warning':
      return `${style.paint('yellow', style.signs.warning)} ${sentence(told.what)}\n  ${toTerminalText(told.hint)}\n`
  }
}

function signInText({ page, userCode, why }: Extract<Told, { type: 'sign-in' }>, style: Style): string {
  const where = userCode === undefined ? 'Open this page in a browser on this machine:' : 'Open this page on any machine and enter the code:'
  const code = userCode === undefined ? '' : `\n  ${style.paint('bold', toTerminalText(userCode))}\n`
  return `${toTerminalText(why)}\n${where}\n\n  ${toTerminalText(page)}\n${code}\n`
}

function sentence(text: string): string {
  const safe = toTerminalText(text)
  return `${safe.slice(0, 1).toUpperCase()}${safe.slice(1)}.`
}
