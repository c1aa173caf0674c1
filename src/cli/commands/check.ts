import { checkEndpoint } from '../../control/check-endpoint.ts'
import type { EndpointCheck } from '../../control/check-endpoint.ts'
import { parseEndpoint } from '../../control/endpoint.ts'
import { itemNounAt } from '../../control/item-noun.ts'
import { realContext } from '../../control/real-context.ts'
import { UsageError } from '../../control/usage-error.ts'
import type { Environment } from '../environment.ts'
import { findAccessFor } from '../find-access.ts'
import { exitCodes } from '../exit-codes.ts'
import type { MigrateOptions } from '../options.ts'
import { formatBytes, formatCount, formatNoun } from '../output/format-units.ts'
import { toQuotaText } from '../output/quota-text.ts'
import { styleFor } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { toTerminalText } from '../output/terminal-text.ts'
import { withPassword } from '../passwords.ts'

/** `mailvan check`: one mailbox, or those of a list. Gives the exit code. */
export async function checkCommand(
  url: string | undefined,
  options: MigrateOptions & { readonly passwordFile?: string },
  environment: Environment,
): Promise<number> {
  if (options.mailboxes !== undefined) {
    if (url !== undefined) throw new UsageError('pair', 'Both a URL and a list were given.', 'Leave out the URL, or --mailboxes.')
    const { checkListCommand } = await import('./check-list.ts')
    return checkListCommand(options.mailboxes, options, environment)
  }
  if (url === undefined) throw new UsageError('pair', 'The URL is missing.', 'Write for example: mailvan check imaps://anna@old.example')
  const places = {
    file: options.passwordFile,
    fileOption: '--password-file',
    variable: 'MAILVAN_SOURCE_PASSWORD',
    mayAsk: true,
    hint: 'Use --password-file FILE, set MAILVAN_SOURCE_PASSWORD, or run it on a terminal to be asked.',
  }
  const endpoint = await withPassword(await parseEndpoint(url, 'URL', { findAccess: findAccessFor(options, environment) }), places, environment)
  const check = await checkEndpoint(endpoint, realContext(environment.signal))
  environment.output.write(
    options.json === true ? `${JSON.stringify({ type: 'check', ...check })}\n` : toText(check, styleFor(environment.output, environment.env)),
  )
  return exitCodes.complete
}

function toText(check: EndpointCheck, style: Style): string {
  const noun = itemNounAt(check.url)
  const rows = [
    ['opened in', `${formatCount(Math.round(check.openMs))} ms, folders listed in ${formatCount(Math.round(check.discoverMs))} ms`],
    ['holds', `${formatNoun(check.folders, 'folder')}, ${formatNoun(check.items, noun)}`],
    ['sessions', `up to ${formatCount(check.sessionsMax)} at once`],
    ...(check.itemSizeBytesMax === undefined ? [] : [['takes', `${noun}s up to ${formatBytes(check.itemSizeBytesMax)}`]]),
    ...(check.quota === undefined ? [] : [['quota', toQuotaText(check.quota)]]),
    ...(check.announced.length === 0 ? [] : [['uses', toTerminalText(check.announced.join(', '))]]),
  ]
  const lines = rows.map(([label = '', text = '']) => `  ${style.paint('dim', label.padEnd(11))}${text}`)
  return `${style.paint('green', style.signs.done)} ${toTerminalText(check.url)} answers\n${lines.join('\n')}\n`
}
