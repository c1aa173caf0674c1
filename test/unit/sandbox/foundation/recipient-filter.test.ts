import { describe, expect, it } from 'vitest'
import { applicationRoles } from '../../../../src/sandbox/tenant/application-roles.ts'
import type { UserRecord } from '../../../../src/sandbox/tenant/directory-records.ts'
import { parseRecipientFilter } from '../../../../src/sandbox/tenant/recipient-filter.ts'

const anna = {
  userPrincipalName: 'anna@contoso.com',
  displayName: "Anna O'Hara (Sales)",
  mailNickname: 'anna',
  mail: 'anna.ohara@contoso.com',
  department: null,
  proxyAddresses: ['SMTP:anna.ohara@contoso.com', 'X500:/o=Old/cn=a'],
} as unknown as UserRecord

describe('a filter for recipients', () => {
  it.each([
    ["Alias -eq 'ANNA'", true],
    ["Alias -ne 'anna'", false],
    ["PrimarySmtpAddress -eq 'anna@contoso.com'", false],
    ["DisplayName -eq 'Anna O''Hara (Sales)'", true],
    ["DisplayName -like '*(Sales)'", true],
    ["DisplayName -like '*(Sales'", false],
    ["DisplayName -eq 'Anna*'", false],
    ["Department -eq ''", true],
    ["EmailAddresses -eq 'x500:/o=old/cn=a'", true],
    ["Alias -eq 'bert' -or Alias -eq 'anna' -and UserPrincipalName -like '*@contoso.com'", true],
    ["Alias -eq 'anna' -and Alias -eq 'bert' -or Alias -eq 'cleo'", false],
  ])('%s: %s', (text, fits) => {
    expect(parseRecipientFilter(text)?.(anna)).toBe(fits)
  })

  it.each(['', 'Alias', "CustomAttribute1 -eq 'x'", "MemberOfGroup -eq 'CN=x'", "Alias -eq 'a' -xor Alias -eq 'b'", "Alias -eq 'a' -or", "(Alias -eq 'a')"])('is not read: %s', (text) => {
    expect(parseRecipientFilter(text)).toBeUndefined()
  })
})

it('the roles for apps are those of Microsoft\'s page', () => {
  expect(applicationRoles.get('Application MailboxItem.ImportExport')).toBe('MailboxItem.ImportExport.All')
  expect(applicationRoles.get('Application Mail.ReadWrite')).toBe('Mail.ReadWrite')
  expect([...applicationRoles.keys()].filter((role) => /Tasks|User\./.test(role))).toEqual([])
})
