import type { RoutePermissions } from '../../http/authorize.ts'

function both(...permissions: readonly string[]): RoutePermissions {
  return { application: permissions, delegated: permissions }
}

/** Reading contacts and their folders. */
export const readsContacts = both('Contacts.Read', 'Contacts.ReadWrite')
/** Writing contacts and their folders. */
export const writesContacts = both('Contacts.ReadWrite')

/**
 * Reading settings, categories and rules. Microsoft's table names `MailboxSettings.Read` alone for categories and rules; the
 * description of `MailboxSettings.ReadWrite` has "create, read, update and delete", and exchange.md 3.4 and 5.3 count on it.
 */
export const readsSettings = both('MailboxSettings.Read', 'MailboxSettings.ReadWrite')
/** Writing settings, categories and rules. */
export const writesSettings = both('MailboxSettings.ReadWrite')

/** Reading the overrides of the focused inbox; the table names `Mail.Read` alone, `Mail.ReadWrite` is described as more. */
export const readsOverrides = both('Mail.Read', 'Mail.ReadWrite')
/** Writing them. */
export const writesOverrides = both('Mail.ReadWrite')

/** The languages and time zones that Outlook knows. */
export const readsOutlookLists: RoutePermissions = {
  application: ['User.Read.All', 'User.ReadBasic.All'],
  delegated: ['User.Read', 'User.ReadBasic.All'],
}
