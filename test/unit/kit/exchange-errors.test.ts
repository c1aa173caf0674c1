import { describe, expect, it } from 'vitest'
import { exchangeError, exchangeRows, findExchangeRow } from '../../../src/connectors/kit/microsoft/exchange-errors.ts'

const details = (text: string) => ({ error: { code: 'BadRequest', message: 'Error executing cmdlet', details: [{ code: 'Client', target: '', message: text }] } })
const notFound =
  "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'ada@contoso.example' couldn't be found on 'DC01'."

/** Status, what the details say, and what it must become. */
const answers: readonly (readonly [status: number, text: string, kind: string, code: string])[] = [
  [429, '', 'throttled', 'exchange.throttled'],
  [404, notFound, 'item', 'exchange.not-found'],
  [500, notFound, 'item', 'exchange.not-found'],
  [400, 'ExB10BE9|Microsoft.Exchange.Management.Tasks.WLCDManagedMemberExistsException|The proxy address "SMTP:ada@contoso.example" is already being used by the proxy addresses or LegacyExchangeDN. Please choose another proxy address.', 'item', 'exchange.address-taken'],
  [400, "|Microsoft.Exchange.Data.Directory.NotAcceptedDomainException|You can't use the domain because it's not an accepted domain for your organization.", 'item', 'exchange.domain-foreign'],
  [400, "Ex5|System.InvalidOperationException|The action 'Set-Mailbox', 'EmailAddresses', can't be performed on the object 'ada' because the object is being synchronized from your on-premises organization.", 'config', 'exchange.synchronised'],
  [400, 'Ex1|Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException|The object is there.', 'item', 'exchange.exists'],
  [400, "Ex2|System.Management.Automation.CommandNotFoundException|The term 'Add-MailboxPermission' isn't recognized.", 'auth', 'exchange.role-missing'],
  [403, '', 'auth', 'exchange.denied'],
  [401, '', 'auth', 'exchange.denied'],
  [500, 'Ex3|Microsoft.Exchange.Data.Storage.StorageTransientException|Try later.', 'transient', 'exchange.unavailable'],
  [503, '', 'transient', 'exchange.unavailable'],
  [500, 'Ex4|Microsoft.Exchange.Management.Something|No.', 'item', 'exchange.refused'],
  [400, '', 'item', 'exchange.refused'],
  [302, '', 'transient', 'exchange.unclassified'],
]

describe('a refused command of Exchange', () => {
  it.each(answers)('%i %s', (status, text, kind, code) => {
    const error = exchangeError(status, details(text), { command: 'Add-MailboxPermission', retryAfterMs: 1500 })
    expect([error.kind, error.code, error.retryAfterMs]).toEqual([kind, code, kind === 'throttled' || kind === 'transient' ? 1500 : undefined])
    expect(error.message).toContain('Add-MailboxPermission')
  })

  it('names the exception and nobody', () => {
    const error = exchangeError(404, details(notFound), { command: 'Get-Mailbox', retryAfterMs: undefined })
    expect(String(error.cause)).toContain('ManagementObjectNotFoundException')
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toMatch(/ada|contoso/)
  })

  it('is tested row by row', () => {
    const used = new Set(answers.map(([status, text]) => findExchangeRow(status, `${text}\nError executing cmdlet`)))
    expect(exchangeRows.filter((row) => !used.has(row)).map(({ error }) => error)).toEqual([])
  })
})
