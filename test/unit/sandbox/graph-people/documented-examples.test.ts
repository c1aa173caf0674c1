import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { type Entity, PeopleRig } from './people-rig.ts'

const folder = path.resolve(import.meta.dirname, '../../../../../shared/corpus/graph/graph-docs')
// Some documents have no-break spaces between their values, which no parser of JSON takes.
const read = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8').replaceAll('\u00a0', ' ')) as Readonly<Record<string, unknown>>

/** The paths of what is documented: `actions.forwardTo[].emailAddress.name`. Annotations are of another request. */
function shapeOf(value: unknown, at = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => shapeOf(one, `${at}[]`))
  if (typeof value !== 'object' || value === null) return [at]
  return Object.entries(value).flatMap(([name, inner]) => (name === '@odata.context' || name === '@odata.nextLink' ? [] : shapeOf(inner, `${at}.${name}`)))
}

function missingIn(answer: unknown, documented: unknown): readonly string[] {
  const shape = shapeOf(answer)
  // An answer may have more below a path that is documented as empty, and the other way round.
  return shapeOf(documented).filter((one) => !shape.some((own) => own === one || own.startsWith(`${one}.`) || own.startsWith(`${one}[`)))
}

/** A documented request, what stands for its placeholders, and its documented answer. */
interface Example {
  readonly name: string
  readonly type: string
  readonly method: string
  /** Below the user; made once there is what it speaks of. */
  readonly path: (people: PeopleRig) => Promise<string>
  readonly status: number
  readonly request: string
  readonly given?: (people: PeopleRig) => Promise<Readonly<Record<string, unknown>>>
  readonly response?: string
}

const made = async (people: PeopleRig, place: string, body: unknown) => `${place}/${(await people.ok<Entity>(201, 'POST', place, body)).id}`
const defaultFolder = async (people: PeopleRig) => (await people.ok<Entity>(200, 'GET', '/contactFolders/contacts')).id
const at = (place: string) => () => Promise.resolve(place)
const rules = '/mailFolders/inbox/messageRules'
const categories = '/outlook/masterCategories'
const overrides = '/inferenceClassification/overrides'

const examples: readonly Example[] = [
  {
    name: 'create a contact',
    type: 'contact',
    method: 'POST',
    path: at('/contacts'),
    status: 201,
    request: 'user-post-contacts.01.request',
    response: 'user-post-contacts.02.response',
  },
  {
    name: 'create a contact in a folder',
    type: 'contact',
    method: 'POST',
    path: async (people) => `/contactFolders/${await defaultFolder(people)}/contacts`,
    status: 201,
    request: 'contactfolder-post-contacts.01.request',
    given: async (people) => ({ parentFolderId: await defaultFolder(people), birthday: '2016-10-19T10:37:00Z' }),
  },
  {
    name: 'update a contact',
    type: 'contact',
    method: 'PATCH',
    path: (people) => made(people, '/contacts', { ...read('contact-get.01.response'), ...readOnly }),
    status: 200,
    request: 'contact-update.01.request',
    response: 'contact-update.02.response',
  },
  {
    name: 'create a contact folder',
    type: 'contactFolder',
    method: 'POST',
    path: at('/contactFolders'),
    status: 201,
    request: 'user-post-contactfolders.01.request',
    given: async (people) => ({ parentFolderId: await defaultFolder(people) }),
    response: 'user-post-contactfolders.02.response',
  },
  {
    name: 'create a child folder',
    type: 'contactFolder',
    method: 'POST',
    path: async (people) => `${await made(people, '/contactFolders', { displayName: 'Family' })}/childFolders`,
    status: 201,
    request: 'contactfolder-post-childfolders.01.request',
    response: 'contactfolder-post-childfolders.02.response',
  },
  {
    name: 'update a contact folder',
    type: 'contactFolder',
    method: 'PATCH',
    path: (people) => made(people, '/contactFolders', { displayName: 'Family' }),
    status: 200,
    request: 'contactfolder-update.01.request',
    given: async (people) => ({ parentFolderId: await defaultFolder(people) }),
    response: 'contactfolder-update.02.response',
  },
  {
    name: 'create a category',
    type: 'outlookCategory',
    method: 'POST',
    path: at(categories),
    status: 201,
    request: 'outlookuser-post-mastercategories.01.request',
    response: 'outlookuser-post-mastercategories.02.response',
  },
  {
    name: 'update a category',
    type: 'outlookCategory',
    method: 'PATCH',
    path: (people) => made(people, categories, { displayName: 'Project expenses' }),
    status: 200,
    request: 'outlookcategory-update.01.request',
    response: 'outlookcategory-update.02.response',
  },
  {
    name: 'create a rule',
    type: 'messageRule',
    method: 'POST',
    path: at(rules),
    status: 201,
    request: 'mailfolder-post-messagerules.01.request',
    response: 'mailfolder-post-messagerules.02.response',
  },
  {
    name: 'update a rule',
    type: 'messageRule',
    method: 'PATCH',
    path: (people) => made(people, rules, read('mailfolder-post-messagerules.01.request')),
    status: 200,
    request: 'messagerule-update.01.request',
    response: 'messagerule-update.02.response',
  },
  {
    name: 'schedule automatic replies',
    type: 'mailboxSettings',
    method: 'PATCH',
    path: at('/mailboxSettings'),
    status: 200,
    request: 'user-update-mailboxsettings.01.request',
    response: 'user-update-mailboxsettings.02.response',
  },
  {
    name: 'set working hours in a zone of their own',
    type: 'mailboxSettings',
    method: 'PATCH',
    path: at('/mailboxSettings'),
    status: 200,
    request: 'user-update-mailboxsettings.03.request',
    response: 'user-update-mailboxsettings.04.response',
  },
  {
    name: 'create an override',
    type: 'inferenceClassificationOverride',
    method: 'POST',
    path: at(overrides),
    status: 201,
    request: 'inferenceclassification-post-overrides.01.request',
    response: 'inferenceclassification-post-overrides.02.response',
  },
  {
    name: 'update an override',
    type: 'inferenceClassificationOverride',
    method: 'PATCH',
    path: (people) => made(people, overrides, { classifyAs: 'other', senderEmailAddress: { name: 'Randi Welch', address: 'randiw@adatum.com' } }),
    status: 200,
    request: 'inferenceclassificationoverride-update.01.request',
    response: 'inferenceclassificationoverride-update.02.response',
  },
]

/** What the documents show and a client cannot give. */
const readOnly = { id: undefined, createdDateTime: undefined, lastModifiedDateTime: undefined, changeKey: undefined, parentFolderId: undefined }

describe.runIf(existsSync(folder))('documented examples of writing', () => {
  it.each(examples.map((example) => [example.name, example] as const))('%s', async (_, example) => {
    const people = new PeopleRig()
    const place = await example.path(people)
    const body = { ...read(example.request), ...(await example.given?.(people)) }
    const answer = await people.ok(example.status, example.method, place, body)
    if (example.response !== undefined) expect(missingIn(answer, read(example.response))).toEqual([])
    if (hasCsdl) {
      const differences = answerDifferences(answer, `microsoft.graph.${example.type}`)
      // The properties of a zone with rules of its own are those of a derived type.
      expect(differences.filter((one) => !one.includes('timeZone'))).toEqual([])
    }
    expect(people.store.outbox.count).toBe(0)
    expect(people.rig.defects).toEqual([])
  })
})

describe.runIf(existsSync(folder))('documented examples of reading', () => {
  it('a contact, alone and listed', async () => {
    const people = new PeopleRig()
    const documented = read('contact-get.01.response')
    const place = await made(people, '/contacts', { ...documented, ...readOnly })
    const { birthday, homeAddress, otherAddress, id, createdDateTime, lastModifiedDateTime, changeKey, parentFolderId, ...values } = documented
    const answer = await people.ok(200, 'GET', place)
    expect(answer).toMatchObject(values)
    expect(missingIn(answer, { birthday, id, createdDateTime, lastModifiedDateTime, changeKey, parentFolderId })).toEqual([])
    expect([homeAddress, otherAddress, answer['homeAddress'], answer['otherAddress']]).toEqual([{}, {}, {}, {}])
    expect(answer['birthday']).toContain(birthday)
    const folderId = await defaultFolder(people)
    const delta = await people.ok(200, 'GET', `/contactFolders/${folderId}/contacts/delta`)
    expect(missingIn(delta, read('contact-delta.01.response'))).toEqual([])
    expect(missingIn(await people.ok(200, 'GET', `/contactFolders/${folderId}/contacts`), read('contactfolder-list-contacts.01.response'))).toEqual([])
  })

  it('contact folders', async () => {
    const people = new PeopleRig()
    const finance = await made(people, '/contactFolders', { displayName: 'Finance' })
    await made(people, `${finance}/childFolders`, { displayName: 'Inside' })
    for (const [place, response] of [
      [finance, 'contactfolder-get.01.response'],
      ['/contactFolders', 'user-list-contactfolders.01.response'],
      [`${finance}/childFolders`, 'contactfolder-list-childfolders.01.response'],
      ['/contactFolders/delta', 'contactfolder-delta.01.response'],
    ] as const) {
      expect(missingIn(await people.ok(200, 'GET', place), read(response))).toEqual([])
    }
  })

  it('categories, rules, overrides, settings and lists', async () => {
    const people = new PeopleRig()
    await made(people, rules, read('mailfolder-post-messagerules.01.request'))
    await made(people, rules, { displayName: 'Remove spam', conditions: { subjectContains: ['enter to win'] }, actions: { delete: true } })
    await made(people, overrides, read('inferenceclassification-post-overrides.01.request'))
    const [category] = (await people.ok<{ value: readonly Entity[] }>(200, 'GET', categories)).value
    const [rule] = (await people.ok<{ value: readonly Entity[] }>(200, 'GET', rules)).value
    for (const [place, response] of [
      [categories, 'outlookuser-list-mastercategories.01.response'],
      [`${categories}/${category?.id}`, 'outlookcategory-get.01.response'],
      [rules, 'mailfolder-list-messagerules.01.response'],
      [`${rules}/${rule?.id}`, 'messagerule-get.01.response'],
      [overrides, 'inferenceclassification-list-overrides.01.response'],
      ['/mailboxSettings', 'user-get-mailboxsettings.01.response'],
      ['/mailboxSettings/automaticRepliesSetting', 'user-get-mailboxsettings.02.response'],
      ['/outlook/supportedLanguages', 'outlookuser-supportedlanguages.01.response'],
      ['/outlook/supportedTimeZones', 'outlookuser-supportedtimezones.01.response'],
      ["/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')", 'outlookuser-supportedtimezones.02.response'],
    ] as const) {
      expect([response, missingIn(await people.ok(200, 'GET', place), read(response))]).toEqual([response, []])
    }
    await people.ok(200, 'PATCH', '/mailboxSettings', read('user-update-mailboxsettings.03.request'))
    expect(missingIn(await people.ok(200, 'GET', '/mailboxSettings/workingHours'), read('user-get-mailboxsettings.03.response'))).toEqual([])
  })
})
