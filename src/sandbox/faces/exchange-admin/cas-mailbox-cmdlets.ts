import { cmdlet, type CmdletScope, mandatory, type ResultRow } from './cmdlet.ts'
import { findMailbox, type MailboxUser, mailboxUsers } from './find-recipient.ts'
import { limitResults } from './limit-results.ts'
import { flag, resultSize, text } from './parameter-kinds.ts'

/** Get-CASMailbox: by which protocols mailboxes may be reached. */
export const getCasMailbox = cmdlet('Get-CASMailbox', { Identity: text, ResultSize: resultSize }, ({ Identity, ResultSize }, scope) => {
  const found = Identity === undefined ? mailboxUsers(scope) : [findMailbox(scope, Identity)]
  return limitResults(found, ResultSize, scope).map(toRow)
})

/** Set-CASMailbox -ImapEnabled (exchange.md 5.4). */
export const setCasMailbox = cmdlet('Set-CASMailbox', { Identity: mandatory(text), ImapEnabled: flag }, ({ Identity, ImapEnabled }, scope) => {
  const { user, mailbox } = findMailbox(scope, Identity)
  if (ImapEnabled === undefined || ImapEnabled === mailbox.settings.isImapEnabled) warnUnchanged(user.mailNickname, scope)
  else mailbox.changeSettings({ isImapEnabled: ImapEnabled })
  return []
})

function warnUnchanged(name: string, { warn }: CmdletScope): void {
  warn(`The command completed successfully but no settings of '${name}' have been modified.`)
}

function toRow({ user, mailbox }: MailboxUser): ResultRow {
  return {
    EmailAddresses: user.proxyAddresses,
    PrimarySmtpAddress: mailbox.row.address,
    DisplayName: user.displayName,
    ExternalDirectoryObjectId: user.id,
    ImapEnabled: mailbox.settings.isImapEnabled,
    Identity: user.mailNickname,
    Id: user.mailNickname,
    Name: user.mailNickname,
    IsValid: true,
  }
}
