import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { allWork, chooseWork, permissionsOf, workNeeding } from '../../../../src/control/microsoft-365/work.ts'

const table = path.resolve(import.meta.dirname, '../../../../../shared/contracts/graph-permissions/provisioningInfo.json')

describe('the work that an app is for', () => {
  it('is chosen by names, all together, singly or with some left out', () => {
    expect(chooseWork({})).toEqual(['discovery', 'items', 'mail', 'settings', 'provisioning'])
    expect(chooseWork({ without: ['provisioning,mail'] })).toEqual(['discovery', 'items', 'settings'])
    expect(chooseWork({ only: ['imap', ' Items '] })).toEqual(['items', 'imap'])
    expect(chooseWork({ also: ['tasks'], without: ['provisioning'] })).toEqual(['discovery', 'items', 'mail', 'tasks', 'settings'])
    expect(() => chooseWork({ only: ['everything'] })).toThrow(/"everything" is no work/)
  })

  it('needs each permission once, and a source never one that writes', () => {
    const source = permissionsOf('source', allWork.map(({ name }) => name)).map(({ value }) => value)
    expect(new Set(source).size).toBe(source.length)
    expect(source.filter((value) => /Write|Import/.test(value))).toEqual([])
    expect(permissionsOf('source', ['provisioning'])).toEqual([])
    const both = permissionsOf('both', ['mail']).map(({ value }) => value)
    expect(both).toEqual(['Mail.Read', 'Mail.ReadWrite'])
  })

  it('says what a permission is for', () => {
    const purposes = workNeeding('target', ['discovery', 'items'], { resource: 'graph', value: 'User.Read.All' }).map(({ name }) => name)
    expect(purposes).toEqual(['discovery', 'items'])
  })

  it.skipIf(!existsSync(table))('needs only what Microsoft offers to apps', () => {
    type Deployment = { readonly scheme: string; readonly isEnabled: boolean }
    const { permissionDeployments } = JSON.parse(readFileSync(table, 'utf8')) as { permissionDeployments: Record<string, Deployment[]> }
    const isOffered = (value: string) =>
      permissionDeployments[value]?.some(({ scheme, isEnabled }) => scheme === 'Application' && isEnabled) === true
    const needed = permissionsOf('both', allWork.map(({ name }) => name)).filter(({ resource }) => resource === 'graph')
    expect(needed.length).toBeGreaterThan(15)
    expect(needed.map(({ value }) => value).filter((value) => !isOffered(value))).toEqual([])
  })
})
