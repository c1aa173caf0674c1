import { assertTwoSides, parseEndpoint } from '../../control/endpoint.ts'
import type { Pair } from '../../control/pairs/parse-pairs.ts'
import { readPairs } from '../../control/pairs/read-pairs.ts'
import { parsePace } from '../../control/settings/pass-settings.ts'
import type { Mailbox } from '../../control/run-mailbox.ts'
import { MigrationError } from '../../core/errors.ts'
import type { Side } from '../../core/ports/governor.ts'
import type { Environment } from '../environment.ts'
import { findAccessFor } from '../find-access.ts'
import type { CommonOptions, MigrateOptions } from '../options.ts'
import { styleFor } from '../output/style.ts'
import { toTerminalText } from '../output/terminal-text.ts'
import { withPassword } from '../passwords.ts'

/**
 * The mailboxes of the list `file`, with their passwords; faulty rows are told with line and reason, and counted. Throws
 * `UsageError` when there is no such list.
 */
export async function mailboxesOfList(
  file: string,
  options: MigrateOptions,
  environment: Environment,
): Promise<{ mailboxes: readonly Mailbox[]; faultyRows: number }> {
  const { pairs, faulty } = await readPairs(file, options.delimiter)
  const mailboxes: Mailbox[] = []
  const faults = [...faulty]
  const names = new Set<string>()
  for (const pair of pairs) {
    for (const secret of [pair.sourcePassword, pair.targetPassword]) if (secret !== undefined) environment.secrets.add(secret)
    try {
      const mailbox = await toMailbox(pair, options, environment)
      const name = names.has(mailbox.name) ? `${mailbox.name} (line ${pair.line})` : mailbox.name
      names.add(name)
      mailboxes.push({ ...mailbox, name })
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      faults.push({ line: pair.line, reason: `${error.message} ${error.hint}` })
    }
  }
  faults.sort((a, b) => a.line - b.line)
  for (const { line, reason } of faults) tellFault(file, line, reason, options, environment)
  return { mailboxes, faultyRows: faults.length }
}

async function toMailbox(pair: Pair, options: MigrateOptions, environment: Environment): Promise<Mailbox> {
  const { sessionsMax } = parsePace(options)
  const given = { sessionsMax, findAccess: findAccessFor(options, environment) }
  const source = await parseEndpoint(pair.source, 'source', given)
  const target = await parseEndpoint(pair.target, 'target', given)
  assertTwoSides(source, target)
  const openSide = (side: Side, endpoint: typeof source): Promise<typeof source> => {
    const password = side === 'source' ? pair.sourcePassword : pair.targetPassword
    if (password !== undefined) return Promise.resolve(endpoint.withPassword(password))
    const rowFile = side === 'source' ? pair.sourcePasswordFile : pair.targetPasswordFile
    const optionFile = side === 'source' ? options.sourcePasswordFile : options.targetPasswordFile
    const from = {
      file: rowFile ?? optionFile,
      fileOption: rowFile === undefined ? `--${side}-password-file` : `${side}_password_file`,
      variable: `MAILVAN_${side.toUpperCase()}_PASSWORD`,
      // Nobody wants to be asked for one password after the other.
      mayAsk: false,
      hint: `Fill the column ${side}_password or ${side}_password_file, or set MAILVAN_${side.toUpperCase()}_PASSWORD for all rows.`,
    }
    return withPassword(endpoint, from, environment)
  }
  return {
    name: pair.name ?? source.url.replace(/^[a-z]+:(?:\/\/)?/, ''),
    source: await openSide('source', source),
    target: await openSide('target', target),
  }
}

function tellFault(file: string, line: number, reason: string, options: CommonOptions, environment: Environment): void {
  const style = styleFor(environment.errors, environment.env)
  if (options.json === true) environment.output.write(`${JSON.stringify({ type: 'faultyRow', file, line, reason })}\n`)
  environment.errors.write(`${style.paint(['red', 'bold'], 'mailvan:')} ${toTerminalText(`${file}, line ${line}: ${reason}`)}\n`)
}
