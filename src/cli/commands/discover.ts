import type { DiscoveredMailbox } from '../../control/microsoft-365/discover/discovered-mailbox.ts'
import { discoverMailboxes } from '../../control/microsoft-365/discover/discover-mailboxes.ts'
import { type MailboxFilterInput, parseMailboxFilter } from '../../control/microsoft-365/discover/mailbox-filter.ts'
import { toDiscoveryList } from '../../control/microsoft-365/discover/discovery-list.ts'
import { writeWholeFile } from '../../control/write-whole-file.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { openNamedTenant } from '../open-named-tenant.ts'
import type { CommonOptions } from '../options.ts'
import { toDiscoveryText } from '../output/discovery-text.ts'
import { formatCount, formatNoun } from '../output/format-units.ts'
import { StatusLine } from '../output/status-line.ts'
import { styleFor } from '../output/style.ts'
import { toTerminalText } from '../output/terminal-text.ts'

/** Options of `discover`. */
export interface DiscoverOptions extends CommonOptions, MailboxFilterInput {
  /** False with `--no-sizes`. */
  readonly sizes: boolean
  readonly csv?: string
}

/** `mailvan discover`. Gives the exit code: finding nothing is no failure. */
export async function discoverCommand(endpoint: string, options: DiscoverOptions, environment: Environment): Promise<number> {
  const filter = parseMailboxFilter(options)
  const tenant = await openNamedTenant(endpoint, options, environment)
  const status = new StatusLine(environment, options.json !== true)
  const mailboxes: DiscoveredMailbox[] = []
  let usersSeen = 0
  try {
    status.show('Reading the directory ...')
    for await (const page of discoverMailboxes(tenant, { filter, withSizes: options.sizes })) {
      usersSeen += page.usersSeen
      mailboxes.push(...page.mailboxes)
      status.show(`${formatNoun(usersSeen, 'user')} looked at, ${formatCount(mailboxes.length)} listed ...`)
      if (options.json !== true) continue
      for (const mailbox of page.mailboxes) environment.output.write(`${JSON.stringify({ type: 'mailbox', ...mailbox })}\n`)
    }
  } finally {
    status.end()
    tenant.close()
  }
  if (options.json !== true) {
    const style = styleFor(environment.output, environment.env)
    environment.output.write(toDiscoveryText({ mailboxes, usersSeen, withSizes: options.sizes, listsAll: options.kind !== undefined }, style, environment))
  }
  if (options.csv !== undefined) {
    const listed = mailboxes.filter(({ obstacle }) => obstacle === undefined)
    await writeWholeFile(options.csv, [toDiscoveryList(listed, endpoint)])
    if (options.json !== true) environment.output.write(`${formatNoun(listed.length, 'mailbox', 'mailboxes')} written to ${toTerminalText(options.csv)}.\n`)
  }
  return exitCodes.complete
}
