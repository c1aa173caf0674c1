import { describe, expect, it } from 'vitest'
import type { MicrosoftEndpoint } from '../../../../src/control/microsoft-365/microsoft-endpoint.ts'
import { applicationRoleOf, unscopedReasonOf } from '../../../../src/control/microsoft-365/scope/application-roles.ts'
import { readScope, scopedPermissionsOf, tenantWidePermissionsOf } from '../../../../src/control/microsoft-365/scope/mailbox-scope.ts'
import { scopeScript, unscopeScript } from '../../../../src/control/microsoft-365/scope/scope-script.ts'
import { permissionsOf, workNames } from '../../../../src/control/microsoft-365/work.ts'

const endpoint = (change: Partial<MicrosoftEndpoint> = {}): MicrosoftEndpoint => ({
  name: 'target',
  tenantId: 't-1',
  cloud: 'gcc-high',
  verifiesCertificates: true,
  side: 'target',
  work: ['items', 'settings', 'imap'],
  app: { clientId: "c'1", isOurs: true },
  credential: { type: 'secret', secret: 'hidden' },
  ...change,
})
const group = { type: 'group', group: "o'hara’s@contoso.com" } as const

describe('a permission', () => {
  it('has a role of Exchange by its name, or a reason why it has none', () => {
    const all = permissionsOf('both', workNames)
    const without = all.filter((permission) => applicationRoleOf(permission) === undefined)
    expect(without.map(({ value }) => value)).toEqual([
      'User.Read.All',
      'Organization.Read.All',
      'Tasks.Read.All',
      'Tasks.ReadWrite.All',
      'User.ReadWrite.All',
      'LicenseAssignment.ReadWrite.All',
      'Domain.Read.All',
      'IMAP.AccessAsApp',
      'Exchange.ManageAsApp',
    ])
    for (const permission of without) expect(unscopedReasonOf(permission)).not.toBe('')
    for (const permission of all) {
      const role = applicationRoleOf(permission)
      if (role !== undefined) expect(role).toBe(`Application ${permission.value.replace(/\.All$/, '')}`)
    }
    expect(applicationRoleOf({ resource: 'outlook', value: 'Mail.Read' })).toBeUndefined()
  })

  it('is for the whole tenant without a scope, and else only where there is no role', () => {
    expect(tenantWidePermissionsOf(endpoint())).toEqual(permissionsOf('target', endpoint().work))
    const limited = tenantWidePermissionsOf(endpoint({ scope: group }))
    expect(limited.map(({ value }) => value)).toEqual(['User.Read.All', 'IMAP.AccessAsApp'])
    expect(limited.length + scopedPermissionsOf(endpoint()).length).toBe(permissionsOf('target', endpoint().work).length)
  })
})

describe('a scope', () => {
  it('is one of three', () => {
    const id = '4d819ce9-9257-44d7-af20-68a49e6697f4'
    expect([readScope({}), readScope({ filter: 'x' }), readScope({ administrativeUnit: id })]).toEqual([undefined, { type: 'filter', filter: 'x' }, { type: 'administrativeUnit', id }])
    for (const input of [{ group: 'a', filter: 'b' }, { group: ' ' }, { administrativeUnit: 'Europe' }]) expect(() => readScope(input)).toThrow(expect.objectContaining({ code: 'usage.scope' }))
  })

  it('becomes a script that gives the roles before it takes the permissions away', () => {
    const script = scopeScript(endpoint(), group)
    const at = (text: string) => {
      expect(script).toContain(text)
      return script.indexOf(text)
    }
    expect(script).toContain('-Environment USGov ')
    expect(script).toContain('-ExchangeEnvironmentName O365USGovGCCHigh ')
    expect(script).toContain("$app = Get-MgServicePrincipal -Filter 'appId eq ''c''''1'''\n")
    expect(script).toContain("Get-Group -Identity 'o''hara’’s@contoso.com')")
    const roles = "@('Application MailboxFolder.ReadWrite', 'Application MailboxItem.Read', 'Application MailboxItem.ReadWrite', 'Application MailboxItem.ImportExport', 'Application MailboxSettings.ReadWrite')"
    const order = [
      at('New-ServicePrincipal -AppId $app.AppId -ObjectId $app.Id'),
      at("New-ManagementScope -Name 'Mailvan target' -RecipientRestrictionFilter $filter"),
      at(`foreach ($role in ${roles})`),
      at("New-ManagementRoleAssignment -App $app.Id -Role $role -CustomResourceScope 'Mailvan target'"),
      at('Read-Host'),
      at("$replaced = @('MailboxFolder.ReadWrite.All', 'MailboxItem.Read.All', 'MailboxItem.ReadWrite.All', 'MailboxItem.ImportExport.All', 'MailboxSettings.ReadWrite')"),
      at('Remove-MgServicePrincipalAppRoleAssignment'),
      at('Test-ServicePrincipalAuthorization -Identity $app.Id'),
    ]
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(script).not.toMatch(/hidden|User\.Read\.All|IMAP/)
  })

  it('by a filter or a unit is data to the script', () => {
    const filter = scopeScript(endpoint(), { type: 'filter', filter: "CustomAttribute1 -eq 'x'\n; Remove-Mailbox *" })
    expect(filter).toContain("$filter = ('CustomAttribute1 -eq ''x''' + [char]0xa + '; Remove-Mailbox *')\n")
    const unit = scopeScript(endpoint(), { type: 'administrativeUnit', id: '4d819ce9-9257-44d7-af20-68a49e6697f4' })
    expect(unit).toContain("-RecipientAdministrativeUnitScope '4d819ce9-9257-44d7-af20-68a49e6697f4'")
    expect(unit).not.toMatch(/ManagementScope|CustomResourceScope/)
  })

  it('has a way back, which gives before it takes', () => {
    const script = unscopeScript(endpoint({ scope: group }))
    expect(script.indexOf('New-MgServicePrincipalAppRoleAssignedTo')).toBeGreaterThan(0)
    expect(script.indexOf('New-MgServicePrincipalAppRoleAssignedTo')).toBeLessThan(script.indexOf('Remove-ManagementRoleAssignment'))
    expect(script.indexOf('Remove-ManagementRoleAssignment')).toBeLessThan(script.indexOf('Remove-ManagementScope'))
  })

  it('needs an app', () => {
    const { app: _, ...bare } = endpoint()
    expect(() => scopeScript(bare, group)).toThrow(expect.objectContaining({ code: 'endpoint.incomplete' }))
  })
})
