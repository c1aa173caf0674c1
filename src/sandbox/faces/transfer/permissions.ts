import type { RoutePermissions } from '../../http/authorize.ts'

/** Who may do what through the import/export API (exchange.md 2.2); any one of a list is enough. */
export const transferPermissions = {
  readFolders: {
    application: ['MailboxFolder.Read.All', 'MailboxFolder.ReadWrite.All'],
    delegated: ['MailboxFolder.Read', 'MailboxFolder.ReadWrite'],
  },
  writeFolders: {
    application: ['MailboxFolder.ReadWrite.All'],
    delegated: ['MailboxFolder.ReadWrite'],
  },
  readItems: {
    application: ['MailboxItem.Read.All', 'MailboxItem.ReadWrite.All'],
    delegated: ['MailboxItem.Read', 'MailboxItem.ReadWrite'],
  },
  deleteItems: { application: ['MailboxItem.ReadWrite.All'], delegated: ['MailboxItem.ReadWrite'] },
  exportItems: {
    application: ['MailboxItem.Export.All', 'MailboxItem.ImportExport.All'],
    delegated: ['MailboxItem.Export', 'MailboxItem.ImportExport'],
  },
  importItems: {
    application: ['MailboxItem.ImportExport.All'],
    delegated: ['MailboxItem.ImportExport'],
  },
  /** A user sees the own mailboxes' ids; User.ReadBasic.All is not enough, as was measured. */
  readSettings: { application: ['User.Read.All'], delegated: [], ownDelegated: ['User.Read'] },
} as const satisfies Readonly<Record<string, RoutePermissions>>
