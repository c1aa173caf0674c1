import { describe, expect, it } from 'vitest'
import { emptyContact } from '../../../../src/formats/contact/contact.ts'
import { writeDistributionList } from '../../../../src/formats/contact/distribution-list.ts'
import { writeContact } from '../../../../src/formats/contact/write-contact.ts'
import { contactProperties } from '../../../../src/formats/mapi/contact-properties.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { fromItemId } from '../../../../src/sandbox/mailbox/ids.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { type Entity, PeopleRig } from './people-rig.ts'

interface Contact extends Entity {
  readonly '@odata.etag': string
  readonly changeKey: string
  readonly parentFolderId: string
  readonly displayName: string | null
  readonly fileAs: string | null
  readonly emailAddresses: readonly { readonly name: string; readonly address: string }[]
}

const garth = {
  givenName: 'Garth',
  surname: 'Fort',
  initials: 'G.F.',
  emailAddresses: [{ name: 'Garth', address: 'garth@contoso.com' }],
  imAddresses: ['sip:garthf@contoso.com'],
  businessPhones: ['+1 918 555 0101'],
  homePhones: [],
  birthday: '1974-07-22',
  businessAddress: { street: '10 Contoso Way', city: 'Redmond', state: 'WA', countryOrRegion: 'USA', postalCode: '98075' },
  categories: ['Kunde'],
  children: ['Ann'],
  personalNotes: 'Met in Hannover.\nCalls back.',
} as const

const itemIdOf = (people: PeopleRig, id: string) => fromItemId(people.mailbox.row.guid, id)!.itemId

async function many(people: PeopleRig, total: number): Promise<void> {
  const folder = people.mailbox.folders.wellKnown('contacts')!
  for (let number = 0; number < total; number++) {
    const surname = `S${String(number).padStart(3, '0')}`
    people.mailbox.items.create(folder.id, { message: writeContact({ ...emptyContact, surname, displayName: surname, jobTitle: `Job ${number % 3}` }) })
  }
}

describe('contacts (exchange.md 3.5)', () => {
  it('come back as they were given, whole and in the documented shape', async () => {
    const people = new PeopleRig()
    const made = await people.ok<Contact>(201, 'POST', '/contacts', garth)
    const contact = await people.ok<Contact>(200, 'GET', `/contacts/${made.id}`)
    expect(contact).toEqual(made)
    expect(contact).toMatchObject({
      displayName: 'Garth Fort',
      fileAs: 'Fort, Garth',
      initials: 'G.F.',
      emailAddresses: garth.emailAddresses,
      primaryEmailAddress: garth.emailAddresses[0],
      secondaryEmailAddress: null,
      imAddresses: garth.imAddresses,
      businessPhones: garth.businessPhones,
      businessAddress: garth.businessAddress,
      homeAddress: {},
      categories: ['Kunde'],
      children: ['Ann'],
      birthday: '1974-07-22T11:59:00Z',
      personalNotes: 'Met in Hannover.\r\nCalls back.',
      middleName: null,
      createdDateTime: '2026-11-21T09:00:00Z',
    })
    expect(contact['@odata.etag']).toBe(`W/"${contact.changeKey}"`)
    expect(contact['@odata.context']).toBe(`https://graph.test/v1.0/$metadata#users('${people.user.id}')/contacts/$entity`)
    if (hasCsdl) expect(answerDifferences(contact, 'microsoft.graph.contact')).toEqual([])
    expect(people.store.outbox.count).toBe(0)
  })

  it('are not distribution lists, which are counted all the same (docs-contrib issue 4041)', async () => {
    const people = new PeopleRig()
    await many(people, 2)
    const folder = people.mailbox.folders.wellKnown('contacts')!
    const list = writeDistributionList({ displayName: 'Team', members: [], unnamedMembersTotal: 0, categories: [], vcardLines: [] })
    const row = people.mailbox.items.create(folder.id, { message: list })
    const answer = await people.ok(200, 'GET', '/contacts?$count=true')
    expect([(answer['value'] as unknown[]).length, answer['@odata.count']]).toEqual([2, 3])
    const delta = await people.pages(`/contactFolders/contacts/contacts/delta`)
    expect(delta.pages.flat()).toHaveLength(2)
    people.mailbox.items.move(row.id, people.mailbox.folders.wellKnown('inbox')!.id)
    expect(((await people.rig.call('GET', delta.deltaLink, { roles: ['Contacts.Read'] })).body as unknown as { value: [] }).value).toEqual([])
  })

  it('are given ten at a time, or as many as asked for, each once', async () => {
    const people = new PeopleRig()
    await many(people, 23)
    for (const [query, headers, sizes] of [
      ['', {}, [10, 10, 3]],
      ['?$top=20', {}, [20, 3]],
      ['?$select=displayName', { Prefer: 'odata.maxpagesize=12' }, [12, 11]],
      ['?$orderby=displayName desc&$top=9', {}, [9, 9, 5]],
    ] as const) {
      const { pages } = await people.pages(`/contacts${query}`, headers)
      expect(pages.map((page) => page.length)).toEqual(sizes)
      expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(23)
    }
    const { pages } = await people.pages('/contacts?$orderby=displayName desc&$top=9&$select=displayName')
    expect(pages.flat().map((contact) => contact['displayName'])).toEqual([...Array(23).keys()].map((n) => `S${String(22 - n).padStart(3, '0')}`))
    expect(Object.keys(pages[0]![0]!)).toEqual(['@odata.etag', 'id', 'displayName'])
    expect(await people.refusal('GET', '/contacts?$top=1001')).toEqual([400, 'ErrorInvalidUrlQuery'])
  })

  it('are filtered by their properties, their addresses and extended properties', async () => {
    const people = new PeopleRig()
    await many(people, 6)
    await people.ok(201, 'POST', '/contacts', {
      ...garth,
      singleValueExtendedProperties: [{ id: 'String {00020329-0000-0000-C000-000000000046} Name mark', value: 'x1' }],
    })
    const found = async (filter: string) => (await people.pages(`/contacts?$filter=${encodeURIComponent(filter)}`)).pages.flat().map((one) => one['displayName'])
    expect((await found("jobTitle eq 'Job 1'")).toSorted()).toEqual(['S001', 'S004'])
    expect(await found("emailAddresses/any(a:a/address eq 'GARTH@contoso.com')")).toEqual(['Garth Fort'])
    const mark = "singleValueExtendedProperties/any(ep:ep/id eq 'String {00020329-0000-0000-c000-000000000046} Name mark' and ep/value eq 'x1')"
    expect(await found(mark)).toEqual(['Garth Fort'])
    expect(await found(mark.replace("'x1'", "'x2'"))).toEqual([])
    expect(await people.refusal('GET', `/contacts?$filter=${encodeURIComponent("colour eq 'red'")}`)).toEqual([400, 'RequestBroker--ParseUri'])
    expect(await people.refusal('GET', '/contacts?$search=Garth')).toEqual([400, 'RequestBroker--ParseUri'])
  })

  it('show extended properties when they are expanded, and only then', async () => {
    const people = new PeopleRig()
    const id = 'String {00020329-0000-0000-C000-000000000046} Name mark'
    const made = await people.ok<Contact>(201, 'POST', '/contacts', {
      surname: 'A',
      singleValueExtendedProperties: [
        { id, value: 'x' },
        // PidTagBusinessFaxNumber: Graph's type has no field for it.
        { id: 'String 0x3A24', value: '+49 40 1' },
      ],
    })
    expect(made['singleValueExtendedProperties']).toBeUndefined()
    const expand = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${id}' or id eq 'String 0x3A24')`)
    const shown = await people.ok<Contact>(200, 'GET', `/contacts/${made.id}?$expand=${expand}`)
    expect(shown['singleValueExtendedProperties']).toEqual([
      { id: 'String {00020329-0000-0000-c000-000000000046} Name mark', value: 'x' },
      { id: 'String 0x3a24', value: '+49 40 1' },
    ])
    // A later change of another property leaves them alone.
    const patched = await people.ok<Contact>(200, 'PATCH', `/contacts/${made.id}`, { surname: 'B' })
    const after = await people.ok<Contact>(200, 'GET', `/contacts/${patched.id}?$expand=${expand}`)
    expect(after['singleValueExtendedProperties']).toEqual(shown['singleValueExtendedProperties'])
    if (hasCsdl) expect(answerDifferences(after, 'microsoft.graph.contact')).toEqual([])
  })

  it('keep byte by byte what a change does not speak of', async () => {
    const people = new PeopleRig()
    const folder = people.mailbox.folders.wellKnown('contacts')!
    const message = writeContact({ ...emptyContact, givenName: 'Eva', surname: 'Ex', displayName: 'Dr. Eva Ex', emailAddresses: [{ address: 'eva@x.y', name: 'E' }] })
    message.properties
      .set(contactProperties.emails[0].addressType, 'EX')
      .set(contactProperties.emails[0].address, '/o=X/cn=eva')
      .set(contactProperties.homePhone2s, ['1', '2', '3', '4'])
      .set(contactProperties.homeFax, '99')
    const row = people.mailbox.items.create(folder.id, { message })
    const before = new Map([...people.mailbox.items.head(row.id).properties.entries()].map(({ property, value }) => [property.key, value]))
    const [{ id }] = (await people.ok<{ value: [Contact] }>(200, 'GET', '/contacts')).value
    await people.ok(200, 'PATCH', `/contacts/${id}`, { jobTitle: 'Boss' })
    const after = new Map([...people.mailbox.items.head(row.id).properties.entries()].map(({ property, value }) => [property.key, value]))
    const changed = [...after].filter(([key, value]) => JSON.stringify(before.get(key), plain) !== JSON.stringify(value, plain)).map(([key]) => key)
    expect(changed).toEqual([contactProperties.title.key])
    expect(after.size).toBe(before.size + 1)
  })

  it('make their names anew when a part changes (page on contact, displayName)', async () => {
    const people = new PeopleRig()
    const { id } = await people.ok<Contact>(201, 'POST', '/contacts', garth)
    expect(await people.ok(200, 'PATCH', `/contacts/${id}`, { givenName: 'Gert' })).toMatchObject({ displayName: 'Gert Fort', fileAs: 'Fort, Gert' })
    expect(await people.ok(200, 'PATCH', `/contacts/${id}`, { surname: 'Fall', displayName: 'GF', fileAs: 'filed' })).toMatchObject({ displayName: 'GF', fileAs: 'filed' })
    expect(await people.ok(200, 'PATCH', `/contacts/${id}`, { givenName: 'Ger' })).toMatchObject({ displayName: 'Ger Fall', fileAs: 'filed' })
    expect(await people.ok(200, 'PATCH', `/contacts/${id}`, { jobTitle: 'x' })).toMatchObject({ displayName: 'Ger Fall' })
  })

  it('change only what a body says, parts of an address too; null takes away', async () => {
    const people = new PeopleRig()
    const { id } = await people.ok<Contact>(201, 'POST', '/contacts', garth)
    const changed = await people.ok(200, 'PATCH', `/contacts/${id}`, {
      businessAddress: { city: 'Bellevue', state: null },
      secondaryEmailAddress: { address: 'second@x.y' },
      birthday: null,
      categories: [],
      personalNotes: 'new',
    })
    expect(changed).toMatchObject({
      businessAddress: { street: '10 Contoso Way', city: 'Bellevue', countryOrRegion: 'USA', postalCode: '98075' },
      emailAddresses: [...garth.emailAddresses, { name: 'second@x.y', address: 'second@x.y' }],
      birthday: null,
      categories: [],
      personalNotes: 'new',
      children: ['Ann'],
    })
    expect(Object.keys(changed['businessAddress'] as object)).not.toContain('state')
    expect(await people.ok(200, 'PATCH', `/contacts/${id}`, { businessAddress: null, emailAddresses: [] })).toMatchObject({ businessAddress: {}, emailAddresses: [] })
  })

  it('replace notes in every form in which they are kept', async () => {
    const people = new PeopleRig()
    const folder = people.mailbox.folders.wellKnown('contacts')!
    const message = writeContact({ ...emptyContact, surname: 'A', personalNotes: 'old' })
    message.properties.set(messageProperties.html, Buffer.from('<p>old</p>')).set(messageProperties.rtfCompressed, Buffer.from('old'))
    const row = people.mailbox.items.create(folder.id, { message })
    const [{ id }] = (await people.ok<{ value: [Contact] }>(200, 'GET', '/contacts')).value
    await people.ok(200, 'PATCH', `/contacts/${id}`, { personalNotes: 'new' })
    const { properties } = people.mailbox.items.head(row.id)
    expect([properties.get(messageProperties.body), properties.has(messageProperties.html), properties.has(messageProperties.rtfCompressed)]).toEqual(['new', false, false])
  })

  it.each([
    [{ colour: 'red' }, 400, 'RequestBodyRead'],
    [{ givenName: 1 }, 400, 'RequestBodyRead'],
    [{ homeAddress: { planet: 'Earth' } }, 400, 'RequestBodyRead'],
    [{ birthday: 'yesterday' }, 400, 'RequestBodyRead'],
    [{ birthday: '1500-01-01' }, 400, 'ErrorInvalidArgument'],
    [{ birthday: '2001-02-30' }, 400, 'ErrorInvalidArgument'],
    [{ id: 'x' }, 400, 'ErrorInvalidPropertySet'],
    [{ emailAddresses: [1, 2, 3, 4].map((n) => ({ address: `a${n}@x.y` })) }, 400, 'ErrorInvalidArgument'],
    [{ emailAddresses: [{ name: 'nobody' }] }, 400, 'ErrorInvalidArgument'],
    [{ businessPhones: ['1', '2', '3'] }, 400, 'ErrorInvalidArgument'],
    [{ parentFolderId: 'x' }, 400, 'ErrorInvalidIdMalformed'],
    [{ singleValueExtendedProperties: [{ id: 'Text 0x3A24', value: '1' }] }, 400, 'ErrorInvalidExtendedProperty'],
  ])('refuse %j', async (body, status, code) => {
    const people = new PeopleRig()
    const { id } = await people.ok<Contact>(201, 'POST', '/contacts', garth)
    const change = people.mailbox.change
    expect(await people.refusal('POST', '/contacts', body)).toEqual([status, code])
    expect(await people.refusal('PATCH', `/contacts/${id}`, body)).toEqual([status, code])
    expect(people.mailbox.change).toBe(change)
    expect(people.rig.defects).toEqual([])
  })

  it('refuse a change to another version than the current one (change keys, issue 3)', async () => {
    const people = new PeopleRig()
    const made = await people.ok<Contact>(201, 'POST', '/contacts', garth)
    const second = await people.ok<Contact>(200, 'PATCH', `/contacts/${made.id}`, { jobTitle: 'x', changeKey: made.changeKey })
    expect(second.changeKey).not.toBe(made.changeKey)
    expect(await people.refusal('PATCH', `/contacts/${made.id}`, { jobTitle: 'y', changeKey: made.changeKey })).toEqual([412, 'ErrorIrresolvableConflict'])
    expect(await people.refusal('PATCH', `/contacts/${made.id}`, { jobTitle: 'y' }, { 'If-Match': made['@odata.etag'] })).toEqual([412, 'ErrorIrresolvableConflict'])
    expect(await people.refusal('DELETE', `/contacts/${made.id}`, undefined, { 'If-Match': made['@odata.etag'] })).toEqual([412, 'ErrorIrresolvableConflict'])
    await people.ok(200, 'PATCH', `/contacts/${made.id}`, { jobTitle: 'y' }, { 'If-Match': second['@odata.etag'] })
  })

  it('stay recoverable, and keep their immutable id on the way (exchange.md 3.3)', async () => {
    const people = new PeopleRig()
    const immutable = { Prefer: 'IdType="ImmutableId"' }
    const made = await people.ok<Contact>(201, 'POST', '/contacts', garth, immutable)
    const [{ id: mutable }] = (await people.ok<{ value: [Contact] }>(200, 'GET', '/contacts')).value
    expect(mutable).not.toBe(made.id)
    expect((await people.call('GET', `/contacts/${made.id}`, undefined, immutable)).headers.get('preference-applied')).toBe('IdType="ImmutableId"')
    await people.ok(204, 'DELETE', `/contacts/${mutable}`)
    expect(await people.refusal('GET', `/contacts/${mutable}`)).toEqual([404, 'ErrorItemNotFound'])
    const gone = await people.ok<Contact>(200, 'GET', `/contacts/${made.id}`, undefined, immutable)
    expect(gone.id).toBe(made.id)
    const row = people.mailbox.items.get(itemIdOf(people, made.id))
    expect(people.mailbox.folders.get(row.folderId).wellKnown).toBe('recoverableitemsdeletions')
    await people.ok(204, 'DELETE', `/contacts/${made.id}`)
    expect(await people.refusal('GET', `/contacts/${made.id}`)).toEqual([404, 'ErrorItemNotFound'])
    const second = await people.ok<Contact>(201, 'POST', '/contacts', garth, immutable)
    await people.ok(204, 'POST', `/contacts/${second.id}/permanentDelete`)
    const purged = people.mailbox.items.get(itemIdOf(people, second.id))
    expect(people.mailbox.folders.get(purged.folderId).wellKnown).toBe('recoverableitemspurges')
  })

  it('are not items of other kinds, nor of other folders than the path names', async () => {
    const people = new PeopleRig()
    const folder = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'Friends' })
    const inFolder = await people.ok<Contact>(201, 'POST', `/contactFolders/${folder.id}/contacts`, { surname: 'B', parentFolderId: folder.id })
    expect(inFolder.parentFolderId).toBe(folder.id)
    expect((await people.pages('/contacts')).pages.flat()).toEqual([])
    await people.ok(200, 'GET', `/contacts/${inFolder.id}`)
    await people.ok(200, 'GET', `/contactFolders/${folder.id}/contacts/${inFolder.id}`)
    expect(await people.refusal('GET', `/contactFolders/contacts/contacts/${inFolder.id}`)).toEqual([404, 'ErrorItemNotFound'])
    const list = writeDistributionList({ displayName: 'Team', members: [], unnamedMembersTotal: 0, categories: [], vcardLines: [] })
    people.mailbox.items.create(people.mailbox.folders.wellKnown('contacts')!.id, { message: list })
    expect(await people.refusal('POST', '/contacts', { surname: 'C', parentFolderId: folder.id })).toEqual([400, 'ErrorInvalidArgument'])
    expect(await people.refusal('GET', '/contactFolders/inbox/contacts')).toEqual([404, 'ErrorItemNotFound'])
    const moved = await people.ok<Contact>(200, 'PATCH', `/contacts/${inFolder.id}`, { parentFolderId: (await people.ok<Contact>(201, 'POST', '/contacts', garth)).parentFolderId })
    expect((await people.pages('/contacts')).pages.flat().map(({ id }) => id)).toContain(moved.id)
  })

  it('stop at the quota (exchange.md 4.3)', async () => {
    const people = new PeopleRig({ settings: { quotaBytes: 10 } })
    expect(await people.refusal('POST', '/contacts', garth)).toEqual([507, 'ErrorQuotaExceeded'])
  })
})

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
