import { cmdlet, mandatory, type ResultRow } from './cmdlet.ts'
import { findMailbox, findTrustee, type MailboxUser, trusteeOfId } from './find-recipient.ts'
import { listOf, oneOf, text } from './parameter-kinds.ts'

const accessRights = listOf(oneOf('Microsoft.Exchange.Management.RecipientTasks.RecipientAccessRight', ['SendAs']))

/** Get-RecipientPermission: who may send as a mailbox; its own entry comes first. */
export const getRecipientPermission = cmdlet(
  'Get-RecipientPermission',
  { Identity: mandatory(text), Trustee: text, AccessRights: accessRights },
  ({ Identity, Trustee }, scope) => {
    const found = findMailbox(scope, Identity)
    const wanted = Trustee === undefined ? undefined : findTrustee(scope, Trustee).id
    const entries = found.mailbox.settings.sendAs.filter((id) => wanted === undefined || id === wanted)
    const rows = entries.map((id) => toRow(found, trusteeOfId(scope, id).shownAs))
    return wanted === undefined ? [toRow(found, 'NT AUTHORITY\\SELF'), ...rows] : rows
  },
)

/** Add-RecipientPermission -AccessRights SendAs. */
export const addRecipientPermission = cmdlet(
  'Add-RecipientPermission',
  { Identity: mandatory(text), Trustee: mandatory(text), AccessRights: mandatory(accessRights) },
  ({ Identity, Trustee }, scope) => {
    const found = findMailbox(scope, Identity)
    const trustee = findTrustee(scope, Trustee)
    const { sendAs } = found.mailbox.settings
    if (sendAs.includes(trustee.id)) {
      scope.warn(`The appropriate access control entry is already present on the object "${found.user.mailNickname}" for account "${trustee.shownAs}".`)
    } else {
      found.mailbox.changeSettings({ sendAs: [...sendAs, trustee.id] })
    }
    return [toRow(found, trustee.shownAs)]
  },
)

function toRow({ user }: MailboxUser, shownAs: string): ResultRow {
  return {
    Identity: user.mailNickname,
    Trustee: shownAs,
    AccessControlType: 'Allow',
    AccessRights: ['SendAs'],
    IsInherited: false,
    InheritanceType: 'None',
    IsValid: true,
    ObjectState: 'Unchanged',
  }
}
