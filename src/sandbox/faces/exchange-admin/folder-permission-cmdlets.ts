import {
  anonymousPermissionId,
  type FolderPermission,
  folderPermissions,
  organizationPermissionId,
  permissionIdOf,
  putFolderPermission,
  removeFolderPermission,
} from '../../mailbox/folder-permissions.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { findUserByAddress } from '../../tenant/directory-store.ts'
import { cmdlet, type CmdletScope, mandatory, type ResultRow } from './cmdlet.ts'
import { CmdletError, objectNotFound } from './cmdlet-error.ts'
import { findMailbox, type MailboxUser } from './find-recipient.ts'
import { accessRightNames, rightsOf, sharingFlagNames, toEntryRights } from './folder-rights.ts'
import { limitResults } from './limit-results.ts'
import { flag, listOf, oneOf, resultSize, text } from './parameter-kinds.ts'

const accessRights = listOf(oneOf('Microsoft.Exchange.Management.StoreTasks.MailboxFolderAccessRight', accessRightNames))
const sharingFlags = listOf(oneOf('Microsoft.Exchange.Management.StoreTasks.MailboxFolderPermissionFlags', sharingFlagNames))

/** Get-MailboxFolderPermission: who may do what in a folder. */
export const getMailboxFolderPermission = cmdlet(
  'Get-MailboxFolderPermission',
  { Identity: mandatory(text), User: text, ResultSize: resultSize },
  ({ Identity, User, ResultSize }, scope) => {
    const place = openFolder(Identity, scope)
    const wanted = User === undefined ? undefined : existingEntry(place, User, scope)
    const entries = folderPermissions(place.mailbox, place.folder).filter(({ id }) => wanted === undefined || id === wanted.id)
    return limitResults(entries, ResultSize, scope).map((entry) => toRow(place, entry))
  },
)

/** Add-MailboxFolderPermission: sends nothing unless it is told to. */
export const addMailboxFolderPermission = cmdlet(
  'Add-MailboxFolderPermission',
  { Identity: mandatory(text), User: mandatory(text), AccessRights: mandatory(accessRights), SharingPermissionFlags: sharingFlags, SendNotificationToUser: flag },
  ({ Identity, User, AccessRights, SharingPermissionFlags = [], SendNotificationToUser }, scope) => {
    const place = openFolder(Identity, scope)
    const person = findPerson(User, scope)
    if (entryOf(place, person.id) !== undefined) {
      const type = 'Microsoft.Exchange.Management.StoreTasks.UserAlreadyExistsInPermissionEntryException'
      throw new CmdletError(400, type, `An existing permission entry was found for user: ${shownName(person)}.`)
    }
    const entry = { ...person, ...toEntryRights({ rights: AccessRights, flags: SharingPermissionFlags }, place.folder.folderClass) }
    putFolderPermission(place.mailbox, place.folder.id, entry)
    if (SendNotificationToUser === true && person.address !== '') recordNotification(place, person, scope)
    return [toRow(place, entry)]
  },
)

/** Set-MailboxFolderPermission: other rights for somebody who has some. */
export const setMailboxFolderPermission = cmdlet(
  'Set-MailboxFolderPermission',
  { Identity: mandatory(text), User: mandatory(text), AccessRights: mandatory(accessRights), SharingPermissionFlags: sharingFlags, SendNotificationToUser: flag },
  ({ Identity, User, AccessRights, SharingPermissionFlags = [], SendNotificationToUser }, scope) => {
    const place = openFolder(Identity, scope)
    const { rights: _rights, ...person } = existingEntry(place, User, scope)
    const entry = { ...person, ...toEntryRights({ rights: AccessRights, flags: SharingPermissionFlags }, place.folder.folderClass) }
    putFolderPermission(place.mailbox, place.folder.id, entry)
    if (SendNotificationToUser === true && person.address !== '') recordNotification(place, person, scope)
    return []
  },
)

/** Remove-MailboxFolderPermission. */
export const removeMailboxFolderPermission = cmdlet(
  'Remove-MailboxFolderPermission',
  { Identity: mandatory(text), User: mandatory(text), SendNotificationToUser: flag },
  ({ Identity, User }, scope) => {
    const place = openFolder(Identity, scope)
    const { id } = existingEntry(place, User, scope)
    if (id === organizationPermissionId || id === anonymousPermissionId) {
      const type = 'Microsoft.Exchange.Management.StoreTasks.CannotRemoveSpecialUserException'
      throw new CmdletError(400, type, 'The permission entries of Default and Anonymous cannot be removed.')
    }
    removeFolderPermission(place.mailbox, place.folder.id, id)
    return []
  },
)

interface FolderPlace extends MailboxUser {
  readonly folder: FolderRow
  /** As results name it: `anna.berg:\Calendar`. */
  readonly name: string
}

/** The folder that `mailbox:\path` names; the top of the mailbox for `mailbox` and `mailbox:\`. Throws 404. */
function openFolder(identity: string, scope: CmdletScope): FolderPlace {
  const at = identity.indexOf(':\\')
  const found = findMailbox(scope, at === -1 ? identity : identity.slice(0, at))
  const path = at === -1 ? [] : identity.slice(at + 2).split('\\').filter((name) => name !== '')
  const folder = folderAt(found.mailbox, path)
  if (folder === undefined) throw objectNotFound(identity)
  const names = found.mailbox.folders.pathTo(folder.id).toReversed().slice(2).map(({ name }) => name)
  return { ...found, folder, name: `${found.user.mailNickname}:\\${names.join('\\')}` }
}

function folderAt({ folders }: Mailbox, path: readonly string[]): FolderRow | undefined {
  let folder = folders.wellKnown('msgfolderroot')
  for (const name of path) folder = folder === undefined ? undefined : folders.child(folder.id, name)
  return folder
}

function entryOf({ mailbox, folder }: FolderPlace, id: string): FolderPermission | undefined {
  return folderPermissions(mailbox, folder).find((entry) => entry.id === id)
}

function existingEntry(place: FolderPlace, user: string, scope: CmdletScope): FolderPermission {
  const byName = folderPermissions(place.mailbox, place.folder).find(({ name, address }) => {
    return [name, address].some((known) => known !== '' && known.toLowerCase() === user.toLowerCase())
  })
  const entry = byName ?? entryOf(place, findPerson(user, scope).id)
  if (entry !== undefined) return entry
  const type = 'Microsoft.Exchange.Management.StoreTasks.UserNotFoundInPermissionEntryException'
  throw new CmdletError(404, type, `There is no existing permission entry found for user: ${user}.`)
}

/** Default, Anonymous, or a user with a mailbox of this organization. Throws 400 for anybody else. */
function findPerson(identity: string, scope: CmdletScope): Omit<FolderPermission, 'role' | 'rights'> {
  const word = identity.toLowerCase()
  if (word === 'default') return { id: organizationPermissionId, name: 'My Organization', address: '', isInsideOrganization: true }
  if (word === 'anonymous') return { id: anonymousPermissionId, name: 'Anonymous', address: '', isInsideOrganization: false }
  const byAddress = findUserByAddress(scope.tenant.directory, identity)
  const user = byAddress ?? tryFind(identity, scope)?.user
  if (user === undefined) {
    const type = 'Microsoft.Exchange.Management.StoreTasks.InvalidInternalUserIdException'
    throw new CmdletError(400, type, `The user "${identity}" is either not valid SMTP address, or there is no matching information.`)
  }
  const address = user.mail ?? user.userPrincipalName
  return { id: permissionIdOf(address), name: user.displayName, address, isInsideOrganization: true }
}

function tryFind(identity: string, scope: CmdletScope): MailboxUser | undefined {
  try {
    return findMailbox(scope, identity)
  } catch (error) {
    if (error instanceof CmdletError) return undefined
    throw error
  }
}

function recordNotification({ mailbox, folder }: FolderPlace, { address }: Pick<FolderPermission, 'address'>, { tenant, store }: CmdletScope): void {
  store.outbox.record({ mailboxId: mailbox.row.id, sentMs: tenant.clock.nowMs(), reason: 'sharing', subject: folder.name, recipients: [address] })
}

/** The user goes by the display name, as a live tenant was seen to answer. */
function toRow({ folder, name }: FolderPlace, entry: FolderPermission): ResultRow {
  const { rights, flags } = rightsOf(entry)
  return {
    FolderName: folder.name,
    User: shownName(entry),
    AccessRights: rights,
    SharingPermissionFlags: flags.length === 0 ? null : flags.join(', '),
    Identity: name,
    IsValid: true,
    ObjectState: 'Unchanged',
  }
}

function shownName({ id, name }: Pick<FolderPermission, 'id' | 'name'>): string {
  return id === organizationPermissionId ? 'Default' : name
}
