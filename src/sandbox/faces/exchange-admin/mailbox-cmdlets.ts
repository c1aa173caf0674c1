import type { UserRecord } from '../../tenant/directory-records.ts'
import { cmdlet, type CmdletScope, mandatory } from './cmdlet.ts'
import { CmdletError, taskArgument } from './cmdlet-error.ts'
import { changeAddresses, primaryOf } from './email-addresses.ts'
import { findMailbox, findTrustee, type MailboxUser, mailboxUsers } from './find-recipient.ts'
import { limitResults } from './limit-results.ts'
import { recipientTypeDetails, toMailboxRow, typeDetailsOf } from './mailbox-row.ts'
import { byteSize, flag, listChange, type ListChange, listOf, oneOf, orNothing, resultSize, text, toggle } from './parameter-kinds.ts'

const sizeBytesMax = 150 * 1024 * 1024

/** Set-Mailbox -Type, and what Graph calls it. */
const purposes = { Regular: 'user', Shared: 'shared', Room: 'room', Equipment: 'equipment' } as const

/** Get-Mailbox: one by its identity, or all. */
export const getMailbox = cmdlet(
  'Get-Mailbox',
  {
    Identity: text,
    ResultSize: resultSize,
    RecipientTypeDetails: listOf(oneOf('Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails', recipientTypeDetails)),
    Archive: toggle,
    IncludeGrantSendOnBehalfTowithDisplayNames: toggle,
  },
  ({ Identity, ResultSize, RecipientTypeDetails, Archive, IncludeGrantSendOnBehalfTowithDisplayNames: withNames }, scope) => {
    const found = Identity === undefined ? mailboxUsers(scope) : [findMailbox(scope, Identity)]
    const wanted = found.filter((one) => {
      const isOfType = RecipientTypeDetails === undefined || RecipientTypeDetails.includes(typeDetailsOf(one))
      return isOfType && (Archive !== true || scope.store.ofUser(one.user.id, 'archive') !== undefined)
    })
    return limitResults(wanted, ResultSize, scope).map((one) => {
      const row = toMailboxRow(one, scope)
      return withNames === true ? { ...row, GrantSendOnBehalfToWithDisplayNames: row['GrantSendOnBehalfTo'] } : row
    })
  },
)

/** Set-Mailbox, as far as a migration changes mailboxes. */
export const setMailbox = cmdlet(
  'Set-Mailbox',
  {
    Identity: mandatory(text),
    EmailAddresses: listChange,
    WindowsEmailAddress: text,
    MaxSendSize: byteSize,
    MaxReceiveSize: byteSize,
    Type: oneOf('Microsoft.Exchange.Data.Directory.Recipient.ConvertibleMailboxSubType', ['Regular', 'Shared', 'Room', 'Equipment']),
    GrantSendOnBehalfTo: listChange,
    ForwardingAddress: orNothing(text),
    ForwardingSmtpAddress: orNothing(text),
    DeliverToMailboxAndForward: flag,
    HiddenFromAddressListsEnabled: flag,
  },
  (values, scope) => {
    const found = findMailbox(scope, values.Identity)
    const before = JSON.stringify([found.user, found.mailbox.settings])
    const { MaxSendSize, MaxReceiveSize, Type, GrantSendOnBehalfTo, ForwardingAddress, ForwardingSmtpAddress, DeliverToMailboxAndForward } = values
    for (const [name, sizeBytes] of Object.entries({ MaxSendSize, MaxReceiveSize })) {
      if (sizeBytes !== undefined && sizeBytes > sizeBytesMax) throw taskArgument(`The value of ${name} can't be above 150 MB (157,286,400 bytes).`)
    }
    found.mailbox.changeSettings({
      ...(MaxSendSize !== undefined && { maxSendSizeBytes: MaxSendSize }),
      ...(MaxReceiveSize !== undefined && { maxReceiveSizeBytes: MaxReceiveSize }),
      ...(Type !== undefined && { userPurpose: purposes[Type] }),
      ...(ForwardingAddress !== undefined && { forwardsToId: ForwardingAddress === null ? undefined : findTrustee(scope, ForwardingAddress).id }),
      ...(ForwardingSmtpAddress !== undefined && { forwardsToAddress: ForwardingSmtpAddress?.replace(/^smtp:/i, '') }),
      ...(DeliverToMailboxAndForward !== undefined && { keepsForwarded: DeliverToMailboxAndForward }),
      ...(GrantSendOnBehalfTo !== undefined && { sendOnBehalf: changeTrustees(found, GrantSendOnBehalfTo, scope) }),
    })
    const user = changeUser(found, values, scope)
    if (JSON.stringify([user, found.mailbox.settings]) === before) {
      scope.warn(`The command completed successfully but no settings of '${user.mailNickname}' have been modified.`)
    }
    return []
  },
)

/** Enable-Mailbox -Archive: an archive for a mailbox that there is. */
export const enableMailbox = cmdlet(
  'Enable-Mailbox',
  { Identity: mandatory(text), Archive: toggle, AutoExpandingArchive: toggle },
  ({ Identity, Archive, AutoExpandingArchive }, scope) => {
    if (Archive !== true && AutoExpandingArchive !== true) throw taskArgument(`The user '${Identity}' already has a mailbox.`)
    const found = findMailbox(scope, Identity)
    const { user, mailbox } = found
    const archive = scope.store.ofUser(user.id, 'archive')
    if (Archive === true && archive !== undefined) throw taskArgument(`The mailbox '${user.mailNickname}' already has an archive.`)
    if (Archive !== true && archive === undefined) throw taskArgument(`The archive of '${user.mailNickname}' isn't enabled. Enable the archive before auto-expanding.`)
    if (Archive === true) scope.store.create({ userId: user.id, address: mailbox.row.address, kind: 'archive', language: mailbox.row.language })
    if (AutoExpandingArchive === true) mailbox.changeSettings({ isArchiveExpanding: true })
    return [toMailboxRow(found, scope)]
  },
)

/** What a directory of one's own looks after is changed there alone; the words as they were seen, their exception assumed. */
function synchronised(name: string, parameter: string): CmdletError {
  return new CmdletError(
    400,
    'Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException',
    `The operation on mailbox "${name}" failed because it's out of the current user's write scope. The action 'Set-Mailbox', '${parameter}', can't be performed on the object '${name}' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization.`,
  )
}

function changeTrustees({ mailbox }: MailboxUser, change: ListChange, scope: CmdletScope): readonly string[] {
  const idsOf = (identities: readonly string[]) => identities.map((identity) => findTrustee(scope, identity).id)
  if ('replace' in change) return [...new Set(idsOf(change.replace))]
  const removed = idsOf(change.remove)
  return [...new Set([...mailbox.settings.sendOnBehalf.filter((id) => !removed.includes(id)), ...idsOf(change.add)])]
}

interface UserChanges {
  readonly EmailAddresses: ListChange | undefined
  readonly WindowsEmailAddress: string | undefined
  readonly HiddenFromAddressListsEnabled: boolean | undefined
}

function changeUser({ user, mailbox }: MailboxUser, changes: UserChanges, scope: CmdletScope): UserRecord {
  const { tenant, store } = scope
  const { EmailAddresses, WindowsEmailAddress, HiddenFromAddressListsEnabled: isHidden } = changes
  if (EmailAddresses !== undefined && WindowsEmailAddress !== undefined) {
    throw taskArgument('The EmailAddresses and WindowsEmailAddress parameters can\'t be used together.')
  }
  const changed = Object.entries({ EmailAddresses, WindowsEmailAddress, HiddenFromAddressListsEnabled: isHidden }).find(([, value]) => value !== undefined)?.[0]
  if (changed !== undefined && user.onPremisesSyncEnabled === true) throw synchronised(user.mailNickname, changed)
  const change: ListChange | undefined =
    EmailAddresses ?? (WindowsEmailAddress === undefined ? undefined : { add: [`SMTP:${WindowsEmailAddress.replace(/^smtp:/i, '')}`], remove: [] })
  const proxyAddresses = change === undefined ? user.proxyAddresses : changeAddresses(scope, user, change)
  const address = change === undefined ? mailbox.row.address : primaryOf(proxyAddresses)
  if (address !== mailbox.row.address) store.setAddress(user.id, address)
  const showInAddressList = isHidden === undefined ? user.showInAddressList : !isHidden
  if (change === undefined && isHidden === undefined) return user
  return tenant.directory.users.update({ ...user, proxyAddresses, mail: address, showInAddressList })
}
