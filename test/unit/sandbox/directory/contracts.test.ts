import { describe, expect, it } from 'vitest'
import { addKeyType, applicationType } from '../../../../src/sandbox/faces/directory/application-type.ts'
import { appRoleAssignmentType } from '../../../../src/sandbox/faces/directory/app-role-assignments.ts'
import { directoryRoutes } from '../../../../src/sandbox/faces/directory/directory-routes.ts'
import { domainType } from '../../../../src/sandbox/faces/directory/domains.ts'
import { permissionGrantType } from '../../../../src/sandbox/faces/directory/permission-grants.ts'
import { roleAssignmentType } from '../../../../src/sandbox/faces/directory/role-management.ts'
import { servicePrincipalType } from '../../../../src/sandbox/faces/directory/app-principals.ts'
import { userType } from '../../../../src/sandbox/faces/directory/user-type.ts'
import { answerDifferences, hasCsdl, structureDifferences } from '../csdl.ts'
import { GraphRig } from '../graph-rig.ts'
import { hasPermissionTable, permissionDifferences } from '../permission-table.ts'
import { createDirectoryRig } from './directory-rig.ts'

describe.runIf(hasCsdl)('the directory’s types', () => {
  it.each([
    userType,
    domainType,
    applicationType,
    servicePrincipalType,
    appRoleAssignmentType,
    permissionGrantType,
    roleAssignmentType,
    (addKeyType.properties.keyCredential.structure as () => typeof userType)(),
  ])('$name is Microsoft’s', (type) => {
    expect(structureDifferences(type)).toEqual([])
  })

  it.each([
    ['/users?$select=id,displayName,assignedLicenses,assignedPlans,licenseAssignmentStates,proxyAddresses', 'user'],
    ['/users', 'user'],
    ['/subscribedSkus', 'subscribedSku'],
    ['/organization', 'organization'],
    ['/domains', 'domain'],
    ['/domains/contoso.onmicrosoft.com/serviceConfigurationRecords', 'domainDnsRecord'],
    ['/domains/contoso.onmicrosoft.com/verificationDnsRecords', 'domainDnsRecord'],
    ['/domains/contoso.onmicrosoft.com/domainNameReferences', 'directoryObject'],
    ['/applications', 'application'],
    ['/servicePrincipals', 'servicePrincipal'],
    ['/roleManagement/directory/roleDefinitions', 'unifiedRoleDefinition'],
  ])('%s answers nothing that Microsoft’s does not have', async (path, type) => {
    const { rig, call } = createDirectoryRig()
    const { id } = rig.addUser('anna', { usageLocation: 'DE' })
    await call('POST', `/users/${id}/assignLicense`, {
      addLicenses: [{ skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965' }],
      removeLicenses: [],
    })
    await call('POST', '/applications', {
      displayName: 'x',
      requiredResourceAccess: [],
      web: { redirectUris: ['https://x.test'] },
    })
    const { status, body } = await call('GET', path)
    expect(status).toBe(200)
    const value = body['value'] as readonly object[]
    expect(value.length).toBeGreaterThan(0)
    expect(value.flatMap((one) => answerDifferences(one, `microsoft.graph.${type}`))).toEqual([])
  })
})

/** What Microsoft's table says and the sandbox leaves out on purpose, or knows better. */
const known: readonly RegExp[] = [
  /(?:AgentId|Agent|AppRegistration|DeviceManagement|OnPrem)/,
  // Newer than the table: exchange.md 5.3.
  /User\.(?:Create|ReadUpdate\.All) is not in the table/,
  // The table knows only some of the operations on what was deleted; the documentation has them by type.
  /\/directory\/deletedItems/,
  // Graph's page application-upsert has it, with the permissions of an update.
  /\/applications\(uniqueName=\{uniqueName\}\): not in the table/,
  // Documented with the permissions of the list; the table has no counts.
  /\/users\/\$count: not in the table/,
]

describe.runIf(hasPermissionTable)('the directory’s routes', () => {
  it('let in whom Microsoft’s table lets in', () => {
    const differences = directoryRoutes({ all: [] }).flatMap(permissionDifferences)
    expect(differences.filter((line) => !known.some((pattern) => pattern.test(line)))).toEqual([])
  })
})

describe('every route of the directory', () => {
  const routes = directoryRoutes({ all: [] })

  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s refuses the wrong permission and takes the right one',
    async (_name, route) => {
      const rig = new GraphRig([route])
      const path = `/v1.0${route.path.replaceAll(/\{\w+\}/g, "'none'").replaceAll("/'none'", '/none')}`
      const body = ['POST', 'PATCH'].includes(route.method) ? { body: {} } : {}
      expect((await rig.call(route.method, path, { roles: [] }, body)).status).toBe(403)
      expect((await rig.call(route.method, path, { roles: ['Mail.Read', 'Calendars.ReadWrite'] }, body)).status).toBe(403)
      for (const permission of route.permissions.application) {
        const answer = await rig.call(route.method, path, { roles: [permission].flat() }, body)
        expect([401, 403, 500], String(permission)).not.toContain(answer.status)
      }
      expect(rig.defects).toEqual([])
    },
  )
})
