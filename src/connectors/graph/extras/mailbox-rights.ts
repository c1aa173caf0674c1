import { MigrationError } from '../../../core/errors.ts'
import type { ExtraKind, Handwork, Json } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, ListedExtra } from '../../../core/ports/connector.ts'
import { addAddressesText, addressesBut, moveAddressesText, readMailboxAddresses } from '../../kit/microsoft/mailbox-addresses.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'
import { type ExtraFamily, type ExtrasAccess, unlessRefused } from './extras-access.ts'
import { type MailboxRights, readRights } from './read-rights.ts'

/** Something that Graph does not tell (exchange.md 3.8). */
interface Untold {
  readonly kind: ExtraKind
  readonly name: string
  readonly sentence: string
  /** How to see it at the source, and how to make it at the target. */
  commands(source: string, target: string): readonly [see: string, make: string]
}

/** The way that needs no hands. */
const addedByProvision = '"mailvan provision PAIRS ENDPOINT --old-addresses" adds them, where the app may run Exchange\'s own commands.'

const untold: Readonly<Record<string, Untold>> = {
  folders: {
    kind: 'permission',
    name: 'folders shared with others, and delegates',
    sentence: 'Who may do what in single folders, delegates included, cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-MailboxFolderStatistics -Identity ${powershellText(source)} | ForEach-Object { Get-MailboxFolderPermission -Identity (${powershellText(source)} + ':' + $_.FolderId) } | Where-Object { "$($_.User)" -notin 'Default', 'Anonymous' } | Format-Table FolderName, User, AccessRights, SharingPermissionFlags`,
      `Add-MailboxFolderPermission -Identity (${powershellText(target)} + ':\\FOLDER') -User PERSON -AccessRights RIGHTS`,
    ],
  },
  fullAccess: {
    kind: 'permission',
    name: 'full access of others',
    sentence: 'Who may open the whole mailbox cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-EXOMailboxPermission -Identity ${powershellText(source)} | Where-Object { -not $_.IsInherited -and $_.User -ne 'NT AUTHORITY\\SELF' } | Format-Table User, AccessRights`,
      `Add-MailboxPermission -Identity ${powershellText(target)} -User PERSON -AccessRights FullAccess`,
    ],
  },
  sendAs: {
    kind: 'permission',
    name: 'sending as this mailbox',
    sentence: 'Who may send mail as this mailbox cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-EXORecipientPermission -Identity ${powershellText(source)} | Where-Object { $_.Trustee -ne 'NT AUTHORITY\\SELF' } | Format-Table Trustee, AccessRights`,
      `Add-RecipientPermission -Identity ${powershellText(target)} -Trustee PERSON -AccessRights SendAs -Confirm:$false`,
    ],
  },
  sendOnBehalf: {
    kind: 'permission',
    name: 'sending on behalf of this mailbox',
    sentence: 'Who may send mail on behalf of this mailbox cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `(Get-EXOMailbox -Identity ${powershellText(source)} -Properties GrantSendOnBehalfTo).GrantSendOnBehalfTo`,
      `Set-Mailbox -Identity ${powershellText(target)} -GrantSendOnBehalfTo @{Add='PERSON'}`,
    ],
  },
  forwarding: {
    kind: 'forwarding',
    name: 'forwarding of the whole mailbox',
    sentence: 'Whether all mail of the mailbox is forwarded cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-EXOMailbox -Identity ${powershellText(source)} -Properties ForwardingAddress, ForwardingSmtpAddress, DeliverToMailboxAndForward | Format-List Forwarding*, DeliverTo*`,
      `Set-Mailbox -Identity ${powershellText(target)} -ForwardingSmtpAddress ADDRESS -DeliverToMailboxAndForward $true`,
    ],
  },
  addresses: {
    kind: 'address',
    name: 'old addresses, so that old items can be answered',
    sentence: `Answers to items that were moved whole go to addresses of the source's organization, which Microsoft Graph does not tell. ${addedByProvision}`,
    commands: moveAddressesText,
  },
}

/** What is read of a right by Exchange's own commands. */
interface Told {
  /** Whom it is about; undefined when nothing was told. */
  people(rights: MailboxRights): readonly string[] | undefined
  sentence(people: string): string
  command(target: string, person: string, keepsForwarded: boolean): string
}

const told: Readonly<Record<string, Told>> = {
  fullAccess: {
    people: ({ fullAccess }) => fullAccess,
    sentence: (people) => `The whole mailbox may be opened by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Add-MailboxPermission -Identity ${powershellText(target)} -User ${powershellText(person)} -AccessRights FullAccess`,
  },
  sendAs: {
    people: ({ sendAs }) => sendAs,
    sentence: (people) => `Mail as this mailbox may be sent by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Add-RecipientPermission -Identity ${powershellText(target)} -Trustee ${powershellText(person)} -AccessRights SendAs -Confirm:$false`,
  },
  sendOnBehalf: {
    people: ({ sendOnBehalf }) => sendOnBehalf,
    sentence: (people) => `Mail on behalf of this mailbox may be sent by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Set-Mailbox -Identity ${powershellText(target)} -GrantSendOnBehalfTo @{Add=${powershellText(person)}}`,
  },
  forwarding: {
    people: ({ forwardsTo }) => (forwardsTo === undefined ? undefined : [forwardsTo].filter((address) => address !== '')),
    sentence: (people) => `All mail of the mailbox is forwarded to ${people}. Switched on at the target, it forwards what arrives there from then on.`,
    command: (target, person, keepsForwarded) => `Set-Mailbox -Identity ${powershellText(target)} -ForwardingSmtpAddress ${powershellText(person)} -DeliverToMailboxAndForward $${keepsForwarded}`,
  },
  addresses: {
    people: ({ oldAddresses }) => oldAddresses,
    sentence: () => `Answers to items that were moved whole go to these addresses of the source's organization: the target's mailbox has to have them too. ${addedByProvision}`,
    command: (target, address) => addAddressesText(target, [address]),
  },
}

/** What a right brings along: whose mailbox it is, and what was told. */
interface CarriedRight {
  readonly mailbox: string
  readonly people?: readonly string[]
  readonly keepsForwarded?: boolean
}

/**
 * What others may do with a mailbox, and where its mail goes: work for a person, who has to know what people are called in
 * the target's organization. Where the app may run Exchange's own commands it is exact, and what there is none of is left out;
 * otherwise it is the same for every mailbox.
 */
export const mailboxRights: ExtraFamily = {
  kinds: ['permission', 'forwarding', 'address'],

  async list(access): Promise<readonly ListedExtra[]> {
    const rights = await readAsFarAsAllowed(access)
    return Object.entries(untold).flatMap(([id, { kind, name }]): readonly ListedExtra[] => {
      const people = rights && told[id]?.people(rights)
      if (people?.length === 0) return []
      const carried: CarriedRight = { mailbox: access.user, ...(people && { people, keepsForwarded: rights!.keepsForwarded }) }
      return [{ type: 'extra', extra: { kind, id, name, value: carried as unknown as Json } }]
    })
  },

  async find(access, asked): Promise<readonly ExtraStanding[]> {
    const known = asked.some(isKnownAddresses) ? await readKnownAddresses(access) : []
    return asked.map((extra) => {
      const handwork = byHand(isKnownAddresses(extra) ? without(extra, known) : extra, access.user)
      return handwork === undefined ? { type: 'done' } : { type: 'handwork', handwork }
    })
  },
}

async function readAsFarAsAllowed({ exchange, user }: ExtrasAccess): Promise<MailboxRights | undefined> {
  if (exchange === undefined) return undefined
  const rights = await unlessRefused(() => readRights(exchange, user))
  return rights instanceof MigrationError ? undefined : rights
}

function isKnownAddresses({ id, value }: AskedExtra): boolean {
  return id === 'addresses' && (value as unknown as CarriedRight).people !== undefined
}

/** Those that the target's mailbox has by now, as far as the app may ask. */
async function readKnownAddresses({ exchange, user }: ExtrasAccess): Promise<readonly string[]> {
  if (exchange === undefined) return []
  const read = await unlessRefused(() => readMailboxAddresses(exchange, user))
  return read instanceof MigrationError ? [] : read.addresses
}

function without(extra: AskedExtra, known: readonly string[]): AskedExtra {
  const { people = [], ...right } = extra.value as unknown as CarriedRight
  return { ...extra, value: { ...right, people: addressesBut(known, people) } as unknown as Json }
}

function byHand({ id, value }: AskedExtra, user: string): Handwork | undefined {
  const { mailbox, people, keepsForwarded = false } = value as unknown as CarriedRight
  const known = told[id]
  if (people?.length === 0) return undefined
  if (people !== undefined && known !== undefined) {
    return { sentence: known.sentence(people.join(', ')), commands: people.map((person) => known.command(user, person, keepsForwarded)) }
  }
  const general = untold[id]
  if (general === undefined) return undefined
  const [see, make] = general.commands(mailbox, user)
  return { sentence: general.sentence, commands: [`${see} # in the source's organization`, `${make} # for each that the first command shows`] }
}
