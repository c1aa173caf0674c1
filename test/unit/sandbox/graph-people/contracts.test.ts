import { describe, expect, it } from 'vitest'
import { contactFolderType } from '../../../../src/sandbox/faces/graph-people/contact-folder-type.ts'
import { contactType } from '../../../../src/sandbox/faces/graph-people/contact-type.ts'
import { inferenceOverrideType } from '../../../../src/sandbox/faces/graph-people/inference-override-routes.ts'
import { mailboxSettingsType } from '../../../../src/sandbox/faces/graph-people/mailbox-settings-type.ts'
import { outlookCategoryType } from '../../../../src/sandbox/faces/graph-people/master-category-routes.ts'
import { messageRuleType } from '../../../../src/sandbox/faces/graph-people/message-rule-type.ts'
import { graphPeopleRoutes } from '../../../../src/sandbox/faces/graph-people/people-routes.ts'
import type { Structure } from '../../../../src/sandbox/http/json/kinds.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import { openDatabase } from '../../../../src/sandbox/tenant/open-database.ts'
import { csdlProperties, hasCsdl, structureDifferences } from '../csdl.ts'
import { hasPermissionTable, operationPermissions, permissionDifferences } from '../permission-table.ts'
import { createStandingClock } from '../standing-clock.ts'
import { migrator, PeopleRig } from './people-rig.ts'

const types: readonly Structure[] = [
  contactType,
  contactFolderType,
  outlookCategoryType,
  messageRuleType,
  mailboxSettingsType,
  inferenceOverrideType,
]

const store = new MailboxStore(openDatabase(':memory:'), createStandingClock())
const routes = graphPeopleRoutes(() => store)

describe.runIf(hasCsdl)('the types', () => {
  it.each(types.map((type) => [type.name, type] as const))('%s is Microsoft’s', (_, type) => {
    expect(structureDifferences(type)).toEqual([])
  })

  it.each(types.map((type) => [type.name, type] as const))('%s lacks nothing that Microsoft’s has', (name, type) => {
    const own = new Set(Object.keys(type.properties))
    expect([...csdlProperties(name).properties.keys()].filter((property) => !own.has(property))).toEqual([])
  })
})

describe.runIf(hasPermissionTable)('the permissions', () => {
  /** The table has the photo without `/$value`; all operations on it are one there. */
  const written = (path: string) => path.replace(/\/\$value$/, '')
  /** permissions.json names the reading permission alone, and ReadWrite is described as reading, too (exchange.md 5.3). */
  const more = /^GET .*(?:masterCategories|messageRules|overrides|photo).*: (?:application|delegated) (?:MailboxSettings|Mail|Contacts)\.ReadWrite is not in the table$/

  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
    const asWritten = { ...route, path: written(route.path) }
    expect(operationPermissions(route.method, asWritten.path)).toBeDefined()
    expect(permissionDifferences(asWritten).filter((difference) => !more.test(difference))).toEqual([])
  })

  it('are the only way in', async () => {
    const people = new PeopleRig()
    const ids = { id: people.user.id, folderId: 'x', childId: 'x', contactId: 'x', categoryId: 'x', ruleId: 'x', overrideId: 'x', standard: "'Windows'" }
    for (const { method, path } of routes) {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name as keyof typeof ids])
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
      const refused = await people.rig.call(method, `/v1.0${filled}`, { roles: ['Mail.Read.Shared', 'Contacts.None'] }, body)
      const accepted = await people.rig.call(method, `/v1.0${filled}`, migrator, body)
      expect([path, refused.status]).toEqual([path, 403])
      expect([path, accepted.status === 401 || accepted.status === 403 || accepted.status >= 500]).toEqual([path, false])
    }
    expect(people.rig.defects).toEqual([])
  })
})
