import { checkMailboxes, isReady, type MailboxCheck, type SideCheck } from '../../control/check-mailboxes.ts'
import { realContext } from '../../control/real-context.ts'
import { parseWholeNumber } from '../../control/settings/parse-size.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import type { MigrateOptions } from '../options.ts'
import { formatNoun } from '../output/format-units.ts'
import { type Style, styleFor } from '../output/style.ts'
import { toTerminalText } from '../output/terminal-text.ts'
import { mailboxesOfList } from './mailboxes-of-list.ts'

const atOnceMax = 64

/** `mailvan check --mailboxes`: opens both sides of every row, and moves nothing. Gives the exit code. */
export async function checkListCommand(file: string, options: MigrateOptions, environment: Environment): Promise<number> {
  const { output } = environment
  const style = styleFor(output, environment.env)
  const atOnce = parseWholeNumber(options.atOnce ?? '4', '--at-once', 1, atOnceMax)
  const { mailboxes, faultyRows } = await mailboxesOfList(file, options, environment)
  let ready = 0
  await checkMailboxes(mailboxes, { context: realContext(environment.signal), atOnce }, (check) => {
    if (isReady(check)) ready++
    output.write(options.json === true ? `${JSON.stringify(toJson(check))}\n` : toText(check, style))
  })
  const rows = mailboxes.length + faultyRows
  if (options.json === true) output.write(`${JSON.stringify({ type: 'summary', mailboxes: rows, ready, faultyRows })}\n`)
  else output.write(`${ready === rows ? 'All' : `${ready} of`} ${formatNoun(rows, 'mailbox', 'mailboxes')} can be opened on both sides.\n`)
  return ready === rows ? exitCodes.complete : exitCodes.needsPerson
}

function toText(mailbox: MailboxCheck, style: Style): string {
  const sign = isReady(mailbox) ? style.paint('green', style.signs.done) : style.paint('red', style.signs.failed)
  const sides = (['source', 'target'] as const).map((side) => `    ${style.paint('dim', side.padEnd(7))} ${sideText(mailbox[side])}\n`)
  return `${sign} ${toTerminalText(mailbox.name)}\n${sides.join('')}`
}

function sideText(side: SideCheck): string {
  if ('error' in side) return toTerminalText(`${side.url}: ${side.error.message} ${side.error.hint}`)
  const { folders, items } = side.check
  return `${toTerminalText(side.url)} answers: ${formatNoun(folders, 'folder')}, ${formatNoun(items, 'item')}`
}

function toJson(mailbox: MailboxCheck): object {
  const side = (one: SideCheck): object =>
    'error' in one ? { url: one.url, error: { code: one.error.code, message: one.error.message, hint: one.error.hint } } : one.check
  return { type: 'mailboxCheck', name: mailbox.name, isReady: isReady(mailbox), source: side(mailbox.source), target: side(mailbox.target) }
}
