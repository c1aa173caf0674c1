import { MigrationError } from '../../../core/errors.ts'
import type { ExtraKind, Handwork, Json } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, ListedExtra } from '../../../core/ports/connector.ts'
import { type ExtraFamily, type ExtrasAccess, unlessRefused } from './extras-access.ts'
import { powershellText } from './powershell-text.ts'
import { type MailboxRights, readRights } from './read-rights.ts'

/** Something that Graph does not tell (exchange.md 3.8). */
interface Untold {
  readonly kind: ExtraKind
  readonly name: string
  readonly sentence: string
  /** How to see it at the source, and how to make it at the target. */
  commands(source: string, target: string): readonly [see: string, make: string]
}

const untold: Readonly<Record<string, Untold>> = {
  folders: {
    kind: 'permission',
    name: 'folders shared with others, and delegates',
    sentence: 'Who may do what in single folders, delegates included, cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-MailboxFolderStatistics -Identity ${source} | ForEach-Object { Get-MailboxFolderPermission -Identity (${source} + ':' + $_.FolderId) } | Where-Object { "$($_.User)" -notin 'Default', 'Anonymous' } | Format-Table FolderName, User, AccessRights, SharingPermissionFlags`,
      `Add-MailboxFolderPermission -Identity (${target} + ':\\FOLDER') -User PERSON -AccessRights RIGHTS`,
    ],
  },
  fullAccess: {
    kind: 'permission',
    name: 'full access of others',
    sentence: 'Who may open the whole mailbox cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-EXOMailboxPermission -Identity ${source} | Where-Object { -not $_.IsInherited -and $_.User -ne 'NT AUTHORITY\\SELF' } | Format-Table User, AccessRights`,
      `Add-MailboxPermission -Identity ${target} -User PERSON -AccessRights FullAccess`,
    ],
  },
  sendAs: {
    kind: 'permission',
    name: 'sending as this mailbox',
    sentence: 'Who may send mail as this mailbox cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-EXORecipientPermission -Identity ${source} | Where-Object { $_.Trustee -ne 'NT AUTHORITY\\SELF' } | Format-Table Trustee, AccessRights`,
      `Add-RecipientPermission -Identity ${target} -Trustee PERSON -AccessRights SendAs -Confirm:$false`,
    ],
  },
  sendOnBehalf: {
    kind: 'permission',
    name: 'sending on behalf of this mailbox',
    sentence: 'Who may send mail on behalf of this mailbox cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `(Get-EXOMailbox -Identity ${source} -Properties GrantSendOnBehalfTo).GrantSendOnBehalfTo`,
      `Set-Mailbox -Identity ${target} -GrantSendOnBehalfTo @{Add='PERSON'}`,
    ],
  },
  forwarding: {
    kind: 'forwarding',
    name: 'forwarding of the whole mailbox',
    sentence: 'Whether all mail of the mailbox is forwarded cannot be read by Microsoft Graph.',
    commands: (source, target) => [
      `Get-EXOMailbox -Identity ${source} -Properties ForwardingAddress, ForwardingSmtpAddress, DeliverToMailboxAndForward | Format-List Forwarding*, DeliverTo*`,
      `Set-Mailbox -Identity ${target} -ForwardingSmtpAddress ADDRESS -DeliverToMailboxAndForward $true`,
    ],
  },
  addresses: {
    kind: 'address',
    name: 'old addresses, so that old items can be answered',
    sentence: 'Answers to items that were moved whole go to addresses of the source\'s organization, which Microsoft Graph does not tell.',
    commands: (source, target) => [
      `Get-EXOMailbox -Identity ${source} -Properties LegacyExchangeDN, EmailAddresses | Format-List LegacyExchangeDN, EmailAddresses`,
      `Set-Mailbox -Identity ${target} -EmailAddresses @{Add='X500:LEGACYEXCHANGEDN'}`,
    ],
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
    command: (target, person) => `Add-MailboxPermission -Identity ${target} -User ${person} -AccessRights FullAccess`,
  },
  sendAs: {
    people: ({ sendAs }) => sendAs,
    sentence: (people) => `Mail as this mailbox may be sent by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Add-RecipientPermission -Identity ${target} -Trustee ${person} -AccessRights SendAs -Confirm:$false`,
  },
  sendOnBehalf: {
    people: ({ sendOnBehalf }) => sendOnBehalf,
    sentence: (people) => `Mail on behalf of this mailbox may be sent by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Set-Mailbox -Identity ${target} -GrantSendOnBehalfTo @{Add=${person}}`,
  },
  forwarding: {
    people: ({ forwardsTo }) => (forwardsTo === undefined ? undefined : [forwardsTo].filter((address) => address !== '')),
    sentence: (people) => `All mail of the mailbox is forwarded to ${people}. Switched on at the target, it forwards what arrives there from then on.`,
    command: (target, person, keepsForwarded) => `Set-Mailbox -Identity ${target} -ForwardingSmtpAddress ${person} -DeliverToMailboxAndForward $${keepsForwarded}`,
  },
  addresses: {
    people: ({ oldAddresses }) => oldAddresses,
    sentence: () => "Answers to items that were moved whole go to these addresses of the source's organization: the target's mailbox has to have them too.",
    command: (target, person) => `Set-Mailbox -Identity ${target} -EmailAddresses @{Add=${person}}`,
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
    return asked.map((extra) => {
      const handwork = byHand(extra, access.user)
      return handwork === undefined ? { type: 'done' } : { type: 'handwork', handwork }
    })
  },
}

async function readAsFarAsAllowed({ exchange, user }: ExtrasAccess): Promise<MailboxRights | undefined> {
  if (exchange === undefined) return undefined
  const rights = await unlessRefused(() => readRights(exchange, user))
  return rights instanceof MigrationError ? undefined : rights
}

function byHand({ id, value }: AskedExtra, user: string): Handwork | undefined {
  const { mailbox, people, keepsForwarded = false } = value as unknown as CarriedRight
  const target = powershellText(user)
  const known = told[id]
  if (people !== undefined && known !== undefined) {
    return { sentence: known.sentence(people.join(', ')), commands: people.map((person) => known.command(target, powershellText(person), keepsForwarded)) }
  }
  const general = untold[id]
  if (general === undefined) return undefined
  const [see, make] = general.commands(powershellText(mailbox), target)
  return { sentence: general.sentence, commands: [`${see} # in the source's organization`, `${make} # for each that the first command shows`] }
}
