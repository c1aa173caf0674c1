import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeAppCertificate, readAppCertificate } from '../../../../src/connectors/kit/microsoft/sign-in/app-credential.ts'
import { consentUrl, exchangeScript, setUpScript } from '../../../../src/control/microsoft-365/bootstrap/by-hand.ts'
import { forgetCommand, openMailboxCommand, registerCommand } from '../../../../src/control/microsoft-365/bootstrap/exchange-access.ts'
import type { MicrosoftEndpoint } from '../../../../src/control/microsoft-365/microsoft-endpoint.ts'
import { permissionsOf } from '../../../../src/control/microsoft-365/work.ts'

const app = { clientId: 'c-1', principalId: 'p-1', displayName: "Mailvan O'Hara’s" }
let endpoint: MicrosoftEndpoint

beforeAll(async () => {
  const credential = await makeAppCertificate({ name: 'Mailvan target', nowMs: Date.now(), randomBytes })
  endpoint = { name: 'target', tenantId: 't-1', cloud: 'gcc-high', verifiesCertificates: true, side: 'target', work: ['items', 'imap', 'exchange'], credential }
})

describe('what a person does by hand', () => {
  it('begins with a page of the right cloud', () => {
    expect(consentUrl(endpoint, 'c-1')).toBe('https://login.microsoftonline.us/t-1/adminconsent?client_id=c-1')
    const url = new URL(consentUrl(endpoint, 'c-1', { uri: 'http://localhost:1', state: 's' }))
    expect(Object.fromEntries(url.searchParams)).toEqual({ client_id: 'c-1', redirect_uri: 'http://localhost:1', state: 's' })
  })

  it('or with a script that names everything that is granted and nothing secret', () => {
    const script = setUpScript(endpoint)
    for (const { value } of permissionsOf('target', endpoint.work)) expect(script).toContain(`'${value}'`)
    expect(script).toContain('-Environment USGov ')
    expect(script).toContain('RoleManagement.ReadWrite.Directory')
    if (endpoint.credential?.type !== 'certificate') throw new Error('there is no certificate')
    expect(script).toContain(readAppCertificate(endpoint.credential).certificate.raw.toString('base64'))
    expect(script).not.toMatch(/PRIVATE/)
    // Before anything is made, it stops where there is such an app.
    expect(script).toContain("if (Get-MgApplication -Filter 'displayName eq ''Mailvan target''') { throw")
    expect(script.indexOf('Get-MgApplication')).toBeLessThan(script.indexOf('New-MgApplication'))
    expect(setUpScript({ ...endpoint, work: ['items'] })).not.toMatch(/RoleManagement|RoleDefinition/)
  })

  it('and ends with commands of Exchange, quoted as PowerShell has it', () => {
    const script = exchangeScript('china', [registerCommand(app), openMailboxCommand(app, 'anna@contoso.cn'), forgetCommand(app)])
    expect(script).toContain('-ExchangeEnvironmentName O365China')
    expect(script).toContain("New-ServicePrincipal -AppId 'c-1' -ObjectId 'p-1' -DisplayName 'Mailvan O''Hara’’s'")
    expect(script).toContain("Add-MailboxPermission -Identity 'anna@contoso.cn' -User 'p-1' -AccessRights 'FullAccess' -AutoMapping:$false -Confirm:$false")
    expect(script).toContain("Remove-ServicePrincipal -Identity 'p-1' -Confirm:$false")
  })
})
