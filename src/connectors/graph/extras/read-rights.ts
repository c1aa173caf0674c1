import type { ExchangeAdmin } from '../../kit/microsoft/exchange-admin.ts'
import { toMailboxAddresses, x500AddressesOf } from '../../kit/microsoft/mailbox-addresses.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import type { RecipientNames } from './recipient-names.ts'

/** What others may do with a mailbox, as Exchange's own commands tell (exchange.md 3.8); people by their addresses, where those are known. */
export interface MailboxRights {
  readonly fullAccess: readonly string[]
  readonly sendAs: readonly string[]
  readonly sendOnBehalf: readonly string[]
  /** Where all of its mail goes; empty for nowhere, undefined when Exchange does not say. */
  readonly forwardsTo: string | undefined
  readonly keepsForwarded: boolean
  /** X500 addresses by which items of the organization name the mailbox (exchange.md 6.5); undefined when Exchange does not say. */
  readonly oldAddresses: readonly string[] | undefined
}

/** Reads them, by three commands and one for each name that is no address. Throws as `ExchangeAdmin.run`: an app needs Exchange.ManageAsApp and a role for it. */
export async function readRights(exchange: ExchangeAdmin, user: string, names: RecipientNames): Promise<MailboxRights> {
  const parameters = { Identity: user }
  const access = await exchange.run({ name: 'Get-MailboxPermission', parameters })
  const sending = await exchange.run({ name: 'Get-RecipientPermission', parameters })
  const [mailbox = {}] = await exchange.run({ name: 'Get-Mailbox', parameters })
  const forwardsTo = forwardingOf(mailbox)
  const given = access.filter((row) => row['IsInherited'] !== true && row['Deny'] !== true && has(row, 'FullAccess'))
  return {
    fullAccess: await names.addressesOf(people(given.map((row) => jsonText(row, 'User')))),
    sendAs: await names.addressesOf(people(sending.filter((row) => has(row, 'SendAs') && row['AccessControlType'] !== 'Deny').map((row) => jsonText(row, 'Trustee')))),
    sendOnBehalf: await names.addressesOf(people(textsIn(mailbox, 'GrantSendOnBehalfTo'))),
    forwardsTo: forwardsTo && (await names.addressOf(forwardsTo)),
    keepsForwarded: mailbox['DeliverToMailboxAndForward'] === true,
    oldAddresses: x500AddressesOf(toMailboxAddresses(mailbox)),
  }
}

function forwardingOf(mailbox: JsonObject): string | undefined {
  if (!('ForwardingSmtpAddress' in mailbox) && !('ForwardingAddress' in mailbox)) return undefined
  // Where both are set the other one is ignored (Set-Mailbox -ForwardingSmtpAddress).
  return jsonText(mailbox, 'ForwardingAddress') || jsonText(mailbox, 'ForwardingSmtpAddress').replace(/^smtp:/i, '')
}

function has(row: JsonObject, right: string): boolean {
  return textsIn(row, 'AccessRights').some((text) => text.split(', ').includes(right))
}

/** The texts of a list, or of one that stands alone. */
export function textsIn(row: JsonObject, name: string): readonly string[] {
  const value = row[name]
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
}

function people(names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== '' && !isGone(name))
}

/** The mailbox itself, an app or a deleted account, which are numbers only, or a role of a group's. */
export function isGone(name: string): boolean {
  return /^(?:NT AUTHORITY\\|(?:NT(?: User)?:)?S-1-|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|(?:Owner|Member)@local$)/i.test(name)
}
