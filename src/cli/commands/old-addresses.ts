import { carryOldAddresses, type AddressedTenant, type AddressOutcome } from '../../control/microsoft-365/old-addresses/carry-old-addresses.ts'
import { type AddressedMailbox, mailboxesOfPairs } from '../../control/microsoft-365/old-addresses/mailboxes-of-pairs.ts'
import type { OpenedTenant } from '../../control/microsoft-365/open-tenant.ts'
import { readPairs } from '../../control/pairs/read-pairs.ts'
import { UsageError } from '../../control/usage-error.ts'
import { MigrationError } from '../../core/errors.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { openNamedTenant } from '../open-named-tenant.ts'
import type { CommonOptions } from '../options.ts'
import { formatCount, formatNoun } from '../output/format-units.ts'
import { oldAddressesObject, toOldAddressesText } from '../output/old-addresses-text.ts'
import { StatusLine } from '../output/status-line.ts'
import { styleFor } from '../output/style.ts'
import { tellFaultyRows } from '../tell-faulty-rows.ts'

/** Options of `provision --old-addresses`, and those that do not go with it. */
export interface OldAddressesOptions extends CommonOptions {
  readonly licence?: string
  readonly usageLocation?: string
  readonly passwords?: string
  readonly delimiter?: string
  readonly dryRun?: boolean
  readonly mailboxesAtOnceMax: number
}

/**
 * `mailvan provision --old-addresses`. Gives the exit code: 1 when a mailbox failed, 2 when a person has something to do or rows
 * are faulty.
 */
export async function oldAddressesCommand(list: string, endpoint: string, options: OldAddressesOptions, environment: Environment): Promise<number> {
  refuseOthers(options)
  const isJson = options.json === true
  const isDryRun = options.dryRun === true
  const { mailboxes, faulty } = mailboxesOfPairs(await readPairs(list, options.delimiter), endpoint)
  tellFaultyRows(list, faulty, isJson, environment)
  const status = new StatusLine(environment, !isJson)
  const opened: OpenedTenant[] = []
  const open = async (name: string): Promise<OpenedTenant> => {
    const tenant = await openNamedTenant(name, options, environment)
    opened.push(tenant)
    return tenant
  }
  try {
    const target = { ...(await open(endpoint)), endpoint }
    const sources = new Map<string, AddressedTenant | MigrationError>()
    for (const name of sourceEndpoints(mailboxes)) sources.set(name, await openSource(name, open))
    let looked = 0
    const observe = (): void => status.show(`${formatCount(++looked)} of ${formatNoun(mailboxes.length, 'mailbox', 'mailboxes')} looked at ...`)
    status.show('Reading addresses ...', true)
    const { mailboxesAtOnceMax } = options
    const outcomes = await carryOldAddresses(mailboxes, { target, sources, changes: !isDryRun, mailboxesAtOnceMax, observe })
    status.end()
    const style = styleFor(environment.output, environment.env)
    if (isJson) for (const outcome of outcomes) environment.output.write(`${JSON.stringify(oldAddressesObject(outcome))}\n`)
    else environment.output.write(toOldAddressesText(outcomes, isDryRun, style, environment))
    return exitCodeOf(outcomes, isDryRun, faulty.length > 0)
  } finally {
    status.end()
    for (const tenant of opened) tenant.close()
  }
}

/** One endpoint that cannot be opened is no reason to leave the mailboxes of the others alone. */
async function openSource(name: string, open: (name: string) => Promise<OpenedTenant>): Promise<AddressedTenant | MigrationError> {
  try {
    return { ...(await open(name)), endpoint: name }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return error
  }
}

function sourceEndpoints(mailboxes: readonly AddressedMailbox[]): ReadonlySet<string> {
  return new Set(mailboxes.flatMap(({ former }) => former.flatMap((one) => (one.type === 'tenant' ? [one.endpoint] : []))))
}

function refuseOthers({ licence, usageLocation, passwords }: OldAddressesOptions): void {
  const others = Object.entries({ '--licence': licence, '--usage-location': usageLocation, '--passwords': passwords })
  const other = others.find(([, value]) => value !== undefined)?.[0]
  if (other === undefined) return
  throw new UsageError(
    'old-addresses',
    `--old-addresses makes no users and gives no licences, so ${other} has no meaning beside it.`,
    'Run "mailvan provision" without --old-addresses first, then with it.',
  )
}

function exitCodeOf(outcomes: readonly AddressOutcome[], isDryRun: boolean, hasFaults: boolean): number {
  const needsPerson = outcomes.some(({ state }) => state === 'handwork' || (state === 'lacking' && !isDryRun))
  if (needsPerson || hasFaults) return exitCodes.needsPerson
  return outcomes.some(({ state }) => state === 'failed') ? exitCodes.failedItems : exitCodes.complete
}
