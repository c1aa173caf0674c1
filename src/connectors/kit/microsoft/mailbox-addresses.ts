import type { ExchangeAdmin, ExchangeCommand } from './exchange-admin.ts'
import { powershellText } from './powershell-text.ts'
import type { JsonObject } from './read-json.ts'

/** A mailbox and its addresses as `Get-Mailbox` tells (exchange.md 6.5). */
export interface MailboxAddresses {
  /** Its own name in its organization, as an address: `X500:/o=...`; undefined when Exchange does not say. */
  readonly ownName: string | undefined
  /** As Exchange writes them, with their prefixes: `SMTP:` for the primary one, `smtp:`, `X500:` and others. */
  readonly addresses: readonly string[]
  /** Looked after by an Active Directory of one's own. */
  readonly isSynchronised: boolean
}

/** Reads a mailbox's addresses. Throws as `ExchangeAdmin.run`. */
export async function readMailboxAddresses(exchange: ExchangeAdmin, user: string): Promise<MailboxAddresses> {
  const [mailbox = {}] = await exchange.run({ name: 'Get-Mailbox', parameters: { Identity: user } })
  return toMailboxAddresses(mailbox)
}

/** The addresses in a row of `Get-Mailbox`. */
export function toMailboxAddresses(mailbox: JsonObject): MailboxAddresses {
  const { LegacyExchangeDN: name, EmailAddresses: addresses, IsDirSynced: isSynchronised } = mailbox
  return {
    ownName: typeof name === 'string' && name !== '' ? `X500:${name}` : undefined,
    addresses: (Array.isArray(addresses) ? addresses : [addresses]).filter((one): one is string => typeof one === 'string' && one !== ''),
    isSynchronised: isSynchronised === true,
  }
}

/** By which X500 addresses items of the organization name the mailbox; undefined when Exchange does not say. */
export function x500AddressesOf({ ownName, addresses }: MailboxAddresses): readonly string[] | undefined {
  if (ownName === undefined) return undefined
  return addressesBut([], [ownName, ...addresses.filter((address) => /^x500:/i.test(address))])
}

/** By which SMTP addresses mail reaches the mailbox, each as an alias: `smtp:...`. */
export function smtpAddressesOf({ addresses }: MailboxAddresses): readonly string[] {
  return addressesBut([], addresses.filter((address) => /^smtp:/i.test(address)).map((address) => address.replace(/^smtp:/i, 'smtp:')))
}

/** Addresses without those of `known`, each once; case does not matter to Exchange. */
export function addressesBut(known: readonly string[], addresses: readonly string[]): readonly string[] {
  const seen = new Set(known.map((address) => address.toLowerCase()))
  return addresses.filter((address) => {
    const isNew = !seen.has(address.toLowerCase())
    seen.add(address.toLowerCase())
    return isNew
  })
}

/**
 * Gives a mailbox further addresses, all of them or none. The table has its type beside its keys, as Exchange's PowerShell
 * module sends it (ExchangeOnlineManagement, `ConvertTo-HashTable`).
 */
export function addAddresses(user: string, addresses: readonly string[]): ExchangeCommand {
  return { name: 'Set-Mailbox', parameters: { Identity: user, EmailAddresses: { '@odata.type': '#Exchange.GenericHashTable', Add: addresses } } }
}

/** The same as a person enters it; `cmdlet` is another one where the mailbox is looked after elsewhere. */
export function addAddressesText(user: string, addresses: readonly string[], cmdlet = 'Set-Mailbox'): string {
  return `${cmdlet} -Identity ${powershellText(user)} -EmailAddresses @{Add=${addresses.map(powershellText).join(',')}}`
}

/** How a person sees which addresses a mailbox has, and gives them to another one. */
export function moveAddressesText(source: string, target: string): readonly [see: string, make: string] {
  return [
    `Get-EXOMailbox -Identity ${powershellText(source)} -Properties LegacyExchangeDN, EmailAddresses | Format-List LegacyExchangeDN, EmailAddresses`,
    addAddressesText(target, ['X500:LEGACYEXCHANGEDN']),
  ]
}
