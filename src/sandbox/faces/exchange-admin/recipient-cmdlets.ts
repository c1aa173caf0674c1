import { parseRecipientFilter } from '../../tenant/recipient-filter.ts'
import { cmdlet, type ResultRow } from './cmdlet.ts'
import { taskArgument } from './cmdlet-error.ts'
import { findMailbox, type MailboxUser, mailboxUsers } from './find-recipient.ts'
import { limitResults } from './limit-results.ts'
import { typeDetailsOf } from './mailbox-row.ts'
import { resultSize, text } from './parameter-kinds.ts'

/** Get-Recipient: whoever mail can be sent to; here mailboxes alone, by identity or by a filter. */
export const getRecipient = cmdlet('Get-Recipient', { Identity: text, Filter: text, ResultSize: resultSize }, ({ Identity, Filter, ResultSize }, scope) => {
  const fits = Filter === undefined ? undefined : parseRecipientFilter(Filter)
  if (Filter !== undefined && fits === undefined) throw taskArgument(`The recipient filter "${Filter}" is not one that the sandbox can read.`)
  const found = Identity === undefined ? mailboxUsers(scope) : [findMailbox(scope, Identity)]
  return limitResults(
    found.filter(({ user }) => fits === undefined || fits(user)),
    ResultSize,
    scope,
  ).map(toRow)
})

function toRow(found: MailboxUser): ResultRow {
  const { user, mailbox } = found
  return {
    Alias: user.mailNickname,
    DisplayName: user.displayName,
    EmailAddresses: user.proxyAddresses,
    PrimarySmtpAddress: mailbox.row.address,
    ExternalDirectoryObjectId: user.id,
    ExchangeGuid: mailbox.row.guid,
    RecipientType: 'UserMailbox',
    RecipientTypeDetails: typeDetailsOf(found),
    Identity: user.mailNickname,
    Id: user.mailNickname,
    Name: user.mailNickname,
    IsValid: true,
  }
}
