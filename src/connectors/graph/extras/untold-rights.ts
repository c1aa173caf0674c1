import type { ExtraKind } from '../../../core/model/extra.ts'
import { moveAddressesText } from '../../kit/microsoft/mailbox-addresses.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'

/** Something that Graph does not tell (exchange.md 3.8). */
export interface UntoldRight {
  readonly kind: ExtraKind
  readonly name: string
  readonly sentence: string
  /** How to see it at the source, and how to make it at the target. */
  commands(source: string, target: string): readonly [see: string, make: string]
}

/** The way to old addresses that needs no hands. */
export const addedByProvision = '"mailvan provision PAIRS ENDPOINT --old-addresses" adds them, where the app may run Exchange\'s own commands.'

/** What others may do, by id, and how a person sees who it is: the same for every mailbox. */
export const untoldRights: Readonly<Record<string, UntoldRight>> = {
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
