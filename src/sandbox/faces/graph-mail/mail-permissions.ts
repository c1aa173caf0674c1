import type { Caller, RoutePermissions } from '../../http/authorize.ts'

const everything = ['Mail.Read', 'Mail.ReadWrite']

/** Reading what is in messages. */
export const readMail: RoutePermissions = { application: everything, delegated: everything }

/** Reading, or at least seeing what there is. */
export const readMailBasic: RoutePermissions = {
  application: [...everything, 'Mail.ReadBasic.All', 'Mail.ReadBasic'],
  delegated: [...everything, 'Mail.ReadBasic'],
}

/** Making, changing and deleting. */
export const writeMail: RoutePermissions = { application: ['Mail.ReadWrite'], delegated: ['Mail.ReadWrite'] }

/** Sending. */
export const sendMail: RoutePermissions = { application: ['Mail.Send'], delegated: ['Mail.Send'] }

/** Opening upload sessions, as Microsoft's table has it. */
export const openUploadSession: RoutePermissions = {
  application: ['Mail.ReadWrite', 'Calendars.ReadWrite'],
  delegated: ['Mail.ReadWrite', 'Calendars.ReadWrite'],
}

/** Translating ids, as Microsoft's table has it. */
export const translateIds: RoutePermissions = {
  application: ['User.Read.All', 'User.ReadWrite.All'],
  delegated: ['User.ReadBasic.All', 'User.Read', 'User.ReadWrite', 'User.Read.All', 'User.ReadWrite.All'],
}

/** Whether the caller may see no bodies, attachments and extended properties: it has Mail.ReadBasic and nothing more. */
export function seesBasicsOnly({ kind, roles, scopes }: Caller): boolean {
  const held = kind === 'application' ? roles : scopes
  return !everything.some((value) => held.includes(value))
}

/** When the permission below begins to be needed (exchange.md 3.2). */
const advancedFromMs = Date.UTC(2026, 11, 31)

/** Whether the caller may change the sensitive properties of messages that are no drafts (exchange.md 3.2, 2026-12-31). */
export function mayChangeSentMail({ kind, roles, scopes }: Caller, nowMs: number): boolean {
  if (nowMs < advancedFromMs) return true
  return kind === 'application' ? roles.includes('Mail-Advanced.ReadWrite.All') : scopes.includes('Mail-Advanced.ReadWrite')
}
