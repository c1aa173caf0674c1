import type { ExtraKind } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, ListedExtra } from '../../../core/ports/connector.ts'
import type { ExtraFamily } from './extras-access.ts'
import { powershellText } from './powershell-text.ts'

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
}

/** What others may do with a mailbox, and where its mail goes: for every mailbox the same work for a person. */
export const mailboxRights: ExtraFamily = {
  kinds: ['permission', 'forwarding'],

  async list(access): Promise<readonly ListedExtra[]> {
    return Object.entries(untold).map(([id, { kind, name }]) => ({ type: 'extra', extra: { kind, id, name, value: access.user } }))
  },

  async find(access, asked): Promise<readonly ExtraStanding[]> {
    return asked.map((extra) => standingOf(extra, access.user))
  },
}

function standingOf({ id, value }: AskedExtra, user: string): ExtraStanding {
  const known = untold[id]
  if (known === undefined) return { type: 'done' }
  const [see, make] = known.commands(powershellText(String(value)), powershellText(user))
  const handwork = { sentence: known.sentence, commands: [`${see} # in the source's organization`, `${make} # for each that the first command shows`] }
  return { type: 'handwork', handwork }
}
