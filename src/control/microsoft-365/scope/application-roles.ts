import type { Permission } from '../work.ts'

/**
 * Roles of Exchange Online that give an app a permission for some mailboxes only, by the permission's value in Graph (table
 * "Supported Application Roles" of learn.microsoft.com/exchange/permissions-exo/application-rbac, as of 2025-11-25).
 */
const roles: Readonly<Record<string, string>> = {
  'Mail.Read': 'Application Mail.Read',
  'Mail.ReadWrite': 'Application Mail.ReadWrite',
  'MailboxSettings.Read': 'Application MailboxSettings.Read',
  'MailboxSettings.ReadWrite': 'Application MailboxSettings.ReadWrite',
  'Calendars.Read': 'Application Calendars.Read',
  'Calendars.ReadWrite': 'Application Calendars.ReadWrite',
  'Contacts.Read': 'Application Contacts.Read',
  'Contacts.ReadWrite': 'Application Contacts.ReadWrite',
  'MailboxFolder.Read.All': 'Application MailboxFolder.Read',
  'MailboxFolder.ReadWrite.All': 'Application MailboxFolder.ReadWrite',
  'MailboxItem.Read.All': 'Application MailboxItem.Read',
  'MailboxItem.ReadWrite.All': 'Application MailboxItem.ReadWrite',
  'MailboxItem.Export.All': 'Application MailboxItem.Export',
  'MailboxItem.ImportExport.All': 'Application MailboxItem.ImportExport',
}

/** Why there is no such role: completes "for the whole tenant, as ...". */
const reasons: readonly { readonly values: RegExp; readonly reason: string }[] = [
  { values: /^(?:User|Organization|LicenseAssignment|Domain)\./, reason: 'it is about the directory, not about mailboxes' },
  { values: /^IMAP\./, reason: 'IMAP has no roles: it opens only mailboxes that were opened to the app one by one' },
  {
    values: /^Exchange\./,
    reason: 'it goes as far as the directory role that the app has: an Exchange Administrator can open every mailbox, whatever the scope says',
  },
]

/** The role that gives an app a permission in a scope; undefined where Exchange has none. */
export function applicationRoleOf({ resource, value }: Permission): string | undefined {
  return resource === 'graph' ? roles[value] : undefined
}

/** Why a permission cannot be limited to some mailboxes. */
export function unscopedReasonOf({ value }: Permission): string {
  return reasons.find(({ values }) => values.test(value))?.reason ?? 'Exchange has no role for it'
}
