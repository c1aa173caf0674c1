import { Buffer } from 'node:buffer'
import type { Mailbox } from './mailbox.ts'

/** What somebody may do in a folder, in Graph's words; `custom` is whatever Graph has no word for. */
export type PermissionRole =
  | 'none'
  | 'freeBusyRead'
  | 'limitedRead'
  | 'read'
  | 'write'
  | 'delegateWithoutPrivateEventAccess'
  | 'delegateWithPrivateEventAccess'
  | 'custom'

/** Who may do what in a folder. */
export interface FolderPermission {
  readonly id: string
  readonly name: string
  /** Empty for the entries of the organization and of everybody. */
  readonly address: string
  readonly role: PermissionRole
  /** Exchange's names of the rights, where the role does not say them. */
  readonly rights?: readonly string[]
  readonly isInsideOrganization: boolean
}

/** The ids that Graph's page shows are the names in base64; an address has one for URLs. */
export const organizationPermissionId = Buffer.from('Default', 'utf8').toString('base64')
/** Everybody else; Graph does not show it. */
export const anonymousPermissionId = Buffer.from('Anonymous', 'utf8').toString('base64')

/** The id of a person's entry. */
export function permissionIdOf(address: string): string {
  return Buffer.from(address.toLowerCase(), 'utf8').toString('base64url')
}

/** The entries of a folder, those of the organization and of everybody first: with a calendar the organization sees when somebody is busy. */
export function folderPermissions(mailbox: Mailbox, folder: { readonly id: number; readonly folderClass: string }): readonly FolderPermission[] {
  const kept = mailbox.documents.list<FolderPermission>(typeOf(folder.id))
  const role = folder.folderClass.startsWith('IPF.Appointment') ? 'freeBusyRead' : 'none'
  const common = [
    { id: organizationPermissionId, name: 'My Organization', address: '', role, isInsideOrganization: true },
    { id: anonymousPermissionId, name: 'Anonymous', address: '', role: 'none', isInsideOrganization: false },
  ] as const
  return [
    ...common.map((entry) => kept.find(({ id }) => id === entry.id) ?? entry),
    ...kept.filter(({ id }) => !common.some((entry) => entry.id === id)),
  ]
}

/** Writes an entry, in place of the one with its id. */
export function putFolderPermission(mailbox: Mailbox, folderId: number, entry: FolderPermission): void {
  mailbox.documents.put(typeOf(folderId), entry.id, entry)
}

/** Takes an entry away; those of the organization and of everybody are as they were at first. */
export function removeFolderPermission(mailbox: Mailbox, folderId: number, id: string): void {
  mailbox.documents.remove(typeOf(folderId), id)
}

function typeOf(folderId: number): string {
  return `calendarPermission/${folderId}`
}
