import type { CmdletScope, ResultRow } from './cmdlet.ts'
import type { MailboxUser } from './find-recipient.ts'
import { trusteeOfId } from './find-recipient.ts'
import { legacyDnOf } from './legacy-dn.ts'

const noGuid = '00000000-0000-0000-0000-000000000000'

/** Mailbox types as RecipientTypeDetails has them, by what Graph calls the purpose. */
const typeDetails = {
  user: 'UserMailbox',
  linked: 'LinkedMailbox',
  shared: 'SharedMailbox',
  room: 'RoomMailbox',
  equipment: 'EquipmentMailbox',
  others: 'UserMailbox',
} as const

/** The values of RecipientTypeDetails that mailboxes have. */
export const recipientTypeDetails = ['UserMailbox', 'LinkedMailbox', 'SharedMailbox', 'RoomMailbox', 'EquipmentMailbox'] as const

/** RecipientTypeDetails of a mailbox. */
export function typeDetailsOf({ mailbox }: MailboxUser): (typeof recipientTypeDetails)[number] {
  return typeDetails[mailbox.settings.userPurpose]
}

/** A mailbox as Get-Mailbox gives it out, with the properties that a migration asks for. */
export function toMailboxRow(found: MailboxUser, scope: CmdletScope): ResultRow {
  const { user, mailbox } = found
  const { settings, row } = mailbox
  const archive = scope.store.ofUser(user.id, 'archive')
  const details = typeDetailsOf(found)
  const isResource = details === 'RoomMailbox' || details === 'EquipmentMailbox'
  return {
    ExchangeGuid: row.guid,
    ArchiveGuid: archive?.row.guid ?? noGuid,
    ArchiveName: archive === undefined ? [] : [`In-Place Archive -${user.displayName}`],
    ArchiveStatus: archive === undefined ? 'None' : 'Active',
    ArchiveState: archive === undefined ? 'None' : 'Local',
    AutoExpandingArchiveEnabled: settings.isArchiveExpanding,
    DisplayName: user.displayName,
    Alias: user.mailNickname,
    EmailAddresses: user.proxyAddresses,
    PrimarySmtpAddress: row.address,
    WindowsEmailAddress: row.address,
    UserPrincipalName: user.userPrincipalName,
    MicrosoftOnlineServicesID: user.userPrincipalName,
    WindowsLiveID: user.userPrincipalName,
    ExternalDirectoryObjectId: user.id,
    LegacyExchangeDN: legacyDnOf(row.guid),
    RecipientType: 'UserMailbox',
    RecipientTypeDetails: details,
    IsMailboxEnabled: true,
    IsShared: details === 'SharedMailbox',
    IsResource: isResource,
    ResourceType: isResource ? details.replace('Mailbox', '') : null,
    IsDirSynced: user.onPremisesSyncEnabled === true,
    AccountDisabled: !user.accountEnabled,
    SKUAssigned: user.assignedLicenses.length > 0,
    HiddenFromAddressListsEnabled: user.showInAddressList === false,
    GrantSendOnBehalfTo: settings.sendOnBehalf.map((id) => trusteeOfId(scope, id).displayName),
    ForwardingAddress: settings.forwardsToId === undefined ? null : trusteeOfId(scope, settings.forwardsToId).displayName,
    ForwardingSmtpAddress: settings.forwardsToAddress === undefined ? null : `smtp:${settings.forwardsToAddress}`,
    DeliverToMailboxAndForward: settings.keepsForwarded,
    MaxSendSize: byteSizeText(settings.maxSendSizeBytes),
    MaxReceiveSize: byteSizeText(settings.maxReceiveSizeBytes),
    ProhibitSendReceiveQuota: byteSizeText(settings.quotaBytes),
    Languages: [row.language],
    UsageLocation: user.usageLocation,
    Identity: user.mailNickname,
    Id: user.mailNickname,
    Name: user.mailNickname,
    IsValid: true,
  }
}

/** `35 MB (36,700,160 bytes)`. */
function byteSizeText(sizeBytes: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB']
  const step = sizeBytes < 1024 ? 0 : Math.min(names.length - 1, Math.floor(Math.log2(sizeBytes) / 10))
  const value = Number((sizeBytes / 1024 ** step).toPrecision(4))
  return `${value} ${names[step]} (${sizeBytes.toLocaleString('en-US')} bytes)`
}
