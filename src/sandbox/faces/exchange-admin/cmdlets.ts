import {
  getManagementRoleAssignment,
  getManagementScope,
  newManagementRoleAssignment,
  newManagementScope,
  removeManagementRoleAssignment,
  removeManagementScope,
  testServicePrincipalAuthorization,
} from './application-role-cmdlets.ts'
import { getCasMailbox, setCasMailbox } from './cas-mailbox-cmdlets.ts'
import type { Cmdlet } from './cmdlet.ts'
import {
  addMailboxFolderPermission,
  getMailboxFolderPermission,
  removeMailboxFolderPermission,
  setMailboxFolderPermission,
} from './folder-permission-cmdlets.ts'
import { enableMailbox, getMailbox, setMailbox } from './mailbox-cmdlets.ts'
import { addMailboxPermission, getMailboxPermission, removeMailboxPermission } from './mailbox-permission-cmdlets.ts'
import { newMailbox } from './new-mailbox.ts'
import { getRecipient } from './recipient-cmdlets.ts'
import { addRecipientPermission, getRecipientPermission } from './recipient-permission-cmdlets.ts'
import { getServicePrincipal, newServicePrincipal, removeServicePrincipal } from './app-registration-cmdlets.ts'

const folderPermissionCmdlets = [
  getMailboxFolderPermission,
  addMailboxFolderPermission,
  setMailboxFolderPermission,
  removeMailboxFolderPermission,
]

/** What `InvokeCommand` runs (exchange.md 3.8). */
export const allCmdlets: readonly Cmdlet[] = [
  getMailbox,
  setMailbox,
  newMailbox,
  enableMailbox,
  getCasMailbox,
  setCasMailbox,
  getMailboxPermission,
  addMailboxPermission,
  removeMailboxPermission,
  getRecipient,
  getRecipientPermission,
  addRecipientPermission,
  ...folderPermissionCmdlets,
  getServicePrincipal,
  newServicePrincipal,
  removeServicePrincipal,
  getManagementScope,
  newManagementScope,
  removeManagementScope,
  getManagementRoleAssignment,
  newManagementRoleAssignment,
  removeManagementRoleAssignment,
  testServicePrincipalAuthorization,
]

/** What the endpoints of the Admin API run, each no more than Microsoft's page of it says. */
export const endpointCmdlets: Readonly<Record<string, readonly Cmdlet[]>> = {
  mailbox: [
    only(getMailbox, ['Identity', 'ResultSize', 'IncludeGrantSendOnBehalfTowithDisplayNames']),
    only(setMailbox, ['Identity', 'GrantSendOnBehalfTo']),
  ],
  mailboxfolderpermission: folderPermissionCmdlets,
}

/** The same cmdlet with some of its parameters only. */
function only(cmdlet: Cmdlet, names: readonly string[]): Cmdlet {
  return { ...cmdlet, parameters: Object.fromEntries(Object.entries(cmdlet.parameters).filter(([name]) => names.includes(name))) }
}
