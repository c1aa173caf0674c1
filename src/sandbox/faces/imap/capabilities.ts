/** Announced at all times. */
const common = ['SASL-IR', 'UIDPLUS', 'MOVE', 'ID', 'UNSELECT']
const mechanisms = ['AUTH=PLAIN', 'AUTH=XOAUTH2']
const extensions = ['CHILDREN', 'IDLE', 'NAMESPACE', 'LITERAL+']
/** Exchange's own, of which clients know nothing. */
const internal = ['CLIENTACCESSRULES', 'CLIENTNETWORKPRESENCELOCATION', 'BACKENDAUTHENTICATE']

/**
 * What follows `* CAPABILITY `, as outlook.office365.com was seen to announce it: before a login on 2026-03-05 (the README
 * of SwiftMail), after it in jstedfast/MailKit #1437. A connection that has to be secured first takes no login
 * (RFC 3501 section 7.2.1).
 */
export function capabilitiesOf(state: { readonly isAuthenticated: boolean; readonly needsTls: boolean }): string {
  const versions = ['IMAP4', 'IMAP4rev1']
  if (state.isAuthenticated) return [...versions, ...mechanisms, ...common, ...internal, ...extensions].join(' ')
  if (state.needsTls) return [...versions, 'LOGINDISABLED', 'STARTTLS', ...common, ...extensions].join(' ')
  return [...versions, ...mechanisms, ...common, ...extensions].join(' ')
}
