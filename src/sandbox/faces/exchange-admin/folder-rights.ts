import type { FolderPermission, PermissionRole } from '../../mailbox/folder-permissions.ts'
import { taskArgument } from './cmdlet-error.ts'

/** What AccessRights takes: roles, of which one stands alone, and single rights. */
const roles = [
  'None',
  'Owner',
  'PublishingEditor',
  'Editor',
  'PublishingAuthor',
  'Author',
  'NonEditingAuthor',
  'Reviewer',
  'Contributor',
  'AvailabilityOnly',
  'LimitedDetails',
] as const
const singleRights = [
  'CreateItems',
  'CreateSubfolders',
  'DeleteAllItems',
  'DeleteOwnedItems',
  'EditAllItems',
  'EditOwnedItems',
  'FolderContact',
  'FolderOwner',
  'FolderVisible',
  'ReadItems',
] as const

/** Every name that AccessRights takes. */
export const accessRightNames = [...roles, ...singleRights] as const
/** What SharingPermissionFlags takes. */
export const sharingFlagNames = ['None', 'Delegate', 'CanViewPrivateItems'] as const

/** Rights as Exchange names them, with what delegates may do besides. */
export interface FolderRights {
  readonly rights: readonly (typeof accessRightNames)[number][]
  readonly flags: readonly (typeof sharingFlagNames)[number][]
}

const rightsOfRoles: Readonly<Record<Exclude<PermissionRole, 'custom'>, FolderRights>> = {
  none: { rights: ['None'], flags: [] },
  freeBusyRead: { rights: ['AvailabilityOnly'], flags: [] },
  limitedRead: { rights: ['LimitedDetails'], flags: [] },
  read: { rights: ['Reviewer'], flags: [] },
  write: { rights: ['Editor'], flags: [] },
  delegateWithoutPrivateEventAccess: { rights: ['Editor'], flags: ['Delegate'] },
  delegateWithPrivateEventAccess: { rights: ['Editor'], flags: ['Delegate', 'CanViewPrivateItems'] },
}

/** How an entry reads in Exchange. */
export function rightsOf({ role, rights }: FolderPermission): Readonly<Record<keyof FolderRights, readonly string[]>> {
  return role === 'custom' ? { rights: rights ?? ['None'], flags: [] } : rightsOfRoles[role]
}

/** What an entry is made of. Throws 400 for rights that do not go together, or not with this folder. */
export function toEntryRights(given: FolderRights, folderClass: string): Pick<FolderPermission, 'role' | 'rights'> {
  const isCalendar = folderClass.startsWith('IPF.Appointment')
  const rights = [...new Set(given.rights)]
  const flags = given.flags.filter((flag) => flag !== 'None')
  const onlyCalendars = rights.find((right) => right === 'AvailabilityOnly' || right === 'LimitedDetails')
  if (onlyCalendars !== undefined && !isCalendar) throw taskArgument(`The access right ${onlyCalendars} can only be given on calendar folders.`)
  if (rights.length > 1 && rights.some((right) => (roles as readonly string[]).includes(right)))
    throw taskArgument('A role can only be given alone, without other access rights.')
  if (flags.length > 0 && (!isCalendar || rights.join() !== 'Editor'))
    throw taskArgument('SharingPermissionFlags can only be used on calendar folders, with the access right Editor.')
  if (flags.includes('CanViewPrivateItems') && !flags.includes('Delegate'))
    throw taskArgument('The flag CanViewPrivateItems needs the flag Delegate.')
  for (const [role, known] of Object.entries(rightsOfRoles)) {
    if (known.rights.join() === rights.join() && known.flags.length === flags.length) return { role: role as PermissionRole }
  }
  return { role: 'custom', rights }
}
