import { expect, it } from 'vitest'
import { seedPeople } from '../../../../src/sandbox/seed/seed-people.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { PeopleRig } from './people-rig.ts'

it('shows a seeded mailbox: twelve contacts, three categories, no list', async () => {
  const people = new PeopleRig()
  seedPeople(people.mailbox, 'contoso.example', people.clock.nowMs())
  const { pages } = await people.pages('/contacts')
  expect(pages.flat()).toHaveLength(12)
  if (hasCsdl) expect(pages.flat().flatMap((contact) => answerDifferences(contact, 'microsoft.graph.contact'))).toEqual([])
  const { pages: categories } = await people.pages('/outlook/masterCategories')
  expect(categories.flat().map((category) => category['displayName'])).toEqual(['Kunde', 'Project', 'Überfällig'])
  expect(people.store.outbox.count).toBe(0)
})
