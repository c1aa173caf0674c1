import { cmdlet, type CmdletScope, mandatory, type ResultRow } from './cmdlet.ts'
import { findMailbox, findTrustee, type MailboxUser, type Trustee, trusteeOfId } from './find-recipient.ts'
import { flag, listOf, oneOf, text } from './parameter-kinds.ts'

const accessRights = listOf(oneOf('Microsoft.Exchange.Management.RecipientTasks.MailboxRights', ['FullAccess']))
const inheritance = oneOf('System.DirectoryServices.ActiveDirectorySecurityInheritance', ['None', 'All', 'Descendents', 'SelfAndChildren', 'Children'])

/** Get-MailboxPermission: who may open a mailbox; the owner's own entry comes first. */
export const getMailboxPermission = cmdlet('Get-MailboxPermission', { Identity: mandatory(text), User: text }, ({ Identity, User }, scope) => {
  const found = findMailbox(scope, Identity)
  const wanted = User === undefined ? undefined : findTrustee(scope, User).id
  const entries = found.mailbox.settings.fullAccess.filter((id) => wanted === undefined || id === wanted)
  const rows = entries.map((id) => toRow(found, trusteeOfId(scope, id).shownAs, ['FullAccess']))
  return wanted === undefined ? [toRow(found, 'NT AUTHORITY\\SELF', ['FullAccess', 'ReadPermission']), ...rows] : rows
})

/** Add-MailboxPermission -AccessRights FullAccess, to users and to apps that Exchange knows (exchange.md 5.4). */
export const addMailboxPermission = cmdlet(
  'Add-MailboxPermission',
  { Identity: mandatory(text), User: mandatory(text), AccessRights: mandatory(accessRights), AutoMapping: flag, InheritanceType: inheritance },
  ({ Identity, User }, scope) => {
    const { found, trustee } = parties(Identity, User, scope)
    const { fullAccess } = found.mailbox.settings
    if (fullAccess.includes(trustee.id)) {
      scope.warn(`The appropriate access control entry is already present on the object "${found.user.mailNickname}" for account "${trustee.shownAs}".`)
    } else {
      found.mailbox.changeSettings({ fullAccess: [...fullAccess, trustee.id] })
    }
    return [toRow(found, trustee.shownAs, ['FullAccess'])]
  },
)

/** Remove-MailboxPermission -AccessRights FullAccess. */
export const removeMailboxPermission = cmdlet(
  'Remove-MailboxPermission',
  { Identity: mandatory(text), User: mandatory(text), AccessRights: mandatory(accessRights), InheritanceType: inheritance },
  ({ Identity, User }, scope) => {
    const { found, trustee } = parties(Identity, User, scope)
    const { fullAccess } = found.mailbox.settings
    if (!fullAccess.includes(trustee.id)) {
      scope.warn(`Can't remove the access control entry on the object "${found.user.mailNickname}" for account "${trustee.shownAs}" because the ACE isn't present.`)
    }
    found.mailbox.changeSettings({ fullAccess: fullAccess.filter((id) => id !== trustee.id) })
    return []
  },
)

function parties(identity: string, user: string, scope: CmdletScope): { readonly found: MailboxUser; readonly trustee: Trustee } {
  return { found: findMailbox(scope, identity), trustee: findTrustee(scope, user) }
}

function toRow({ user }: MailboxUser, shownAs: string, rights: readonly string[]): ResultRow {
  return {
    AccessRights: rights,
    Deny: false,
    InheritanceType: 'All',
    User: shownAs,
    Identity: user.mailNickname,
    IsInherited: false,
    IsValid: true,
    ObjectState: 'Unchanged',
  }
}
