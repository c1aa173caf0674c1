import { checkEndpoint } from '../../control/check-endpoint.ts'
import type { EndpointCheck } from '../../control/check-endpoint.ts'
import { parseEndpoint } from '../../control/endpoint.ts'
import { realContext } from '../../control/real-context.ts'
import type { Environment } from '../environment.ts'
import { findAccessFor } from '../find-access.ts'
import { exitCodes } from '../exit-codes.ts'
import type { CommonOptions } from '../options.ts'
import { formatBytes, formatCount, formatNoun } from '../output/format-units.ts'
import { toQuotaText } from '../output/quota-text.ts'
import { styleFor } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { toTerminalText } from '../output/terminal-text.ts'
import { withPassword } from '../passwords.ts'

/** `mailvan check`. Gives the exit code. */
export async function checkCommand(
  url: string,
  options: CommonOptions & { readonly passwordFile?: string },
  environment: Environment,
): Promise<number> {
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
  const rows = [
    ['opened in', `${formatCount(Math.round(check.openMs))} ms, folders listed in ${formatCount(Math.round(check.discoverMs))} ms`],
    ['holds', `${formatNoun(check.folders, 'folder')}, ${formatNoun(check.items, 'message')}`],
    ['sessions', `up to ${formatCount(check.sessionsMax)} at once`],
    ...(check.itemSizeBytesMax === undefined ? [] : [['takes', `messages up to ${formatBytes(check.itemSizeBytesMax)}`]]),
    ...(check.quota === undefined ? [] : [['quota', toQuotaText(check.quota)]]),
    ...(check.announced.length === 0 ? [] : [['uses', toTerminalText(check.announced.join(', '))]]),
  ]
  const lines = rows.map(([label = '', text = '']) => `  ${style.paint('dim', label.padEnd(11))}${text}`)
  return `${style.paint('green', style.signs.done)} ${toTerminalText(check.url)} answers\n${lines.join('\n')}\n`
}
