import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { listOf, oneOf, text } from '../../../../src/sandbox/http/json/kinds.ts'
import { exchangePermissions, graphPermissions } from '../../../../src/sandbox/tenant/graph-permissions.ts'
import { answerDifferences, csdlProperties, hasCsdl, structureDifferences } from '../csdl.ts'
import { hasPermissionTable, operationPermissions } from '../permission-table.ts'

const folder = path.resolve(import.meta.dirname, '../../../../../shared/contracts/graph-permissions')

interface Deployment {
  readonly id: string
  readonly scheme: string
}

describe.runIf(existsSync(folder))('the permissions of Microsoft Graph', () => {
  const read = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as unknown
  let permissionDeployments: Readonly<Record<string, readonly Deployment[]>>
  let described: Readonly<Record<'delegatedScopesList' | 'applicationScopesList', readonly { readonly id: string; readonly value: string }[]>>
  // What is skipped is collected nevertheless, so nothing is read before the tests run.
  beforeAll(() => {
    const deployed = read('provisioningInfo.json') as { permissionDeployments: typeof permissionDeployments }
    permissionDeployments = deployed.permissionDeployments
    described = read('permissions-descriptions.json') as typeof described
  })
  const idsOf = (value: string, scheme: 'Application' | 'DelegatedWork') => [
    ...(permissionDeployments[value] ?? []).filter((one) => one.scheme === scheme).map(({ id }) => id),
    ...described[scheme === 'Application' ? 'applicationScopesList' : 'delegatedScopesList']
      .filter((one) => one.value === value)
      .map(({ id }) => id),
  ]

  it.each(graphPermissions.map((permission) => [permission.value, permission] as const))(
    '%s has its ids',
    (value, permission) => {
      const [application, delegated] = [idsOf(value, 'Application'), idsOf(value, 'DelegatedWork')]
      if (permission.applicationId === undefined) expect(application).toEqual([])
      else expect(application).toContain(permission.applicationId)
      if (permission.delegatedId === undefined) expect(delegated).toEqual([])
      else expect(delegated).toContain(permission.delegatedId)
    },
  )
})

describe('the permissions a migration asks for', () => {
  // exchange.md 5.3 and 2.2, value and id, written down there from Microsoft's tables.
  const fieldFacts = path.resolve(import.meta.dirname, '../../../../../shared/field/exchange.md')
  it.runIf(existsSync(fieldFacts))('are all there', () => {
    const text = readFileSync(fieldFacts, 'utf8')
    const line = /^Role ids \(Graph, application\): (.*)$/m.exec(text)?.[1] ?? ''
    const listed = [...line.matchAll(/([A-Za-z][\w.-]+) ([0-9a-f-]{36})/g)].map((match) => [match[1], match[2]])
    expect(listed.length).toBeGreaterThan(20)
    const ours = new Map(graphPermissions.map(({ value, applicationId }) => [value, applicationId]))
    expect(listed.filter(([value, id]) => ours.get(value as string) !== id)).toEqual([])
    const exchangeLine = /^Exchange Online resource: (.*)$/m.exec(text)?.[1] ?? ''
    const exchange = [...exchangeLine.matchAll(/([A-Za-z][\w.]+) ([0-9a-f-]{36})/g)].map((match) => [match[1], match[2]])
    expect(exchange.length).toBeGreaterThanOrEqual(4)
    const theirs = new Map(exchangePermissions.map(({ value, applicationId }) => [value, applicationId]))
    expect(exchange.filter(([value, id]) => theirs.get(value as string) !== id)).toEqual([])
  })
})

describe.runIf(hasCsdl)('comparing with the CSDL', () => {
  it('knows a type with its bases', () => {
    const { properties, navigation } = csdlProperties('microsoft.graph.message')
    expect(properties.get('id')).toBe('Edm.String')
    expect(properties.get('changeKey')).toBe('Edm.String')
    expect(properties.get('toRecipients')).toBe('Collection(microsoft.graph.recipient)')
    expect(navigation.get('attachments')).toBe('Collection(microsoft.graph.attachment)')
  })

  it('tells a wrong property, type and member', () => {
    const importance = oneOf('importance', ['low', 'urgent'])
    const structure = {
      name: 'microsoft.graph.message',
      properties: { subject: text, toRecipients: listOf(text), colour: text, importance },
    }
    expect(structureDifferences(structure)).toEqual([
      'microsoft.graph.message.toRecipients is Collection(microsoft.graph.recipient) in the CSDL, not Collection(Edm.String)',
      'microsoft.graph.message.colour is not in the CSDL',
      'microsoft.graph.importance has no member urgent in the CSDL',
    ])
  })

  it('tells what an answer has too much', () => {
    const answer = {
      id: 'x',
      '@odata.etag': 'y',
      isRead: 'yes',
      from: { emailAddress: { address: 'a', colour: 1 } },
      importance: 'urgent',
    }
    expect(answerDifferences(answer, 'microsoft.graph.message')).toEqual([
      'microsoft.graph.message.isRead is no Edm.Boolean: "yes"',
      'microsoft.graph.message.from.emailAddress.colour is not in microsoft.graph.emailAddress',
      'microsoft.graph.message.importance is no microsoft.graph.importance: "urgent"',
    ])
  })
})

describe.runIf(hasPermissionTable)('the permission table', () => {
  it('knows an operation, whatever its placeholders are called', () => {
    const operation = operationPermissions('POST', '/users/{userId}/assignLicense')
    expect(operation?.application).toContain('User.ReadWrite.All')
    expect(operation?.leastApplication).toEqual(['LicenseAssignment.ReadWrite.All'])
    expect(operationPermissions('GET', '/no/such/path')).toBeUndefined()
  })
})
