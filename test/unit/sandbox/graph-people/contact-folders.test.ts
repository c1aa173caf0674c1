import { describe, expect, it } from 'vitest'
import { fromItemId } from '../../../../src/sandbox/mailbox/ids.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { type Entity, migrator, PeopleRig } from './people-rig.ts'

const names = (entities: readonly Entity[]) => entities.map((entity) => entity['displayName'])

describe('contact folders (exchange.md 3.5)', () => {
  it('are those in the default folder, which is not among them (docs-contrib issue 6327)', async () => {
    const people = new PeopleRig()
    const friends = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'Friends' })
    const close = await people.ok<Entity>(201, 'POST', `/contactFolders/${friends.id}/childFolders`, { displayName: 'Close' })
    people.mailbox.folders.create(people.mailbox.folders.wellKnown('contacts')!.id, { name: 'Mail', folderClass: 'IPF.Note' })
    people.mailbox.folders.create(people.mailbox.folders.wellKnown('contacts')!.id, { name: 'GAL', folderClass: 'IPF.Contact.GalContacts', isHidden: true })
    expect(names((await people.pages('/contactFolders')).pages.flat())).toEqual(['Friends'])
    expect(names((await people.pages(`/contactFolders/${friends.id}/childFolders`)).pages.flat())).toEqual(['Close'])
    const shown = await people.ok<Entity>(200, 'GET', `/contactFolders/${close.id}`)
    expect(shown).toMatchObject({ id: close.id, displayName: 'Close', parentFolderId: friends.id })
    if (hasCsdl) expect(answerDifferences(shown, 'microsoft.graph.contactFolder')).toEqual([])
    const contact = await people.ok<Entity>(201, 'POST', `/contactFolders/${close.id}/contacts`, { surname: 'A' })
    expect(contact['parentFolderId']).toBe(close.id)
    const place = `/contactFolders/${friends.id}/childFolders/${close.id}/contacts`
    expect((await people.pages(place)).pages.flat().map(({ id }) => id)).toEqual([contact.id])
    await people.ok(200, 'PATCH', `${place}/${contact.id}`, { surname: 'B' })
    expect(await people.refusal('GET', `/contactFolders/contacts/childFolders/${close.id}/contacts`)).toEqual([404, 'ErrorItemNotFound'])
    await people.ok(204, 'DELETE', `${place}/${contact.id}`)
  })

  it('are renamed, moved, deleted and purged; the default one is not', async () => {
    const people = new PeopleRig()
    const [a, b] = [
      await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'A' }),
      await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'B' }),
    ]
    expect(await people.refusal('POST', '/contactFolders', { displayName: 'a' })).toEqual([409, 'ErrorFolderExists'])
    expect(await people.ok(200, 'PATCH', `/contactFolders/${b.id}`, { displayName: 'C', parentFolderId: a.id })).toMatchObject({ displayName: 'C', parentFolderId: a.id })
    expect(await people.refusal('PATCH', `/contactFolders/${a.id}`, { parentFolderId: b.id })).toEqual([400, 'ErrorMoveCopyFailed'])
    expect(await people.refusal('PATCH', '/contactFolders/contacts', { displayName: 'Mine' })).toEqual([403, 'ErrorDeleteDistinguishedFolder'])
    expect(await people.refusal('DELETE', '/contactFolders/contacts')).toEqual([403, 'ErrorDeleteDistinguishedFolder'])
    const contact = await people.ok<Entity>(201, 'POST', `/contactFolders/${b.id}/contacts`, { surname: 'A' }, { Prefer: 'IdType="ImmutableId"' })
    await people.ok(204, 'DELETE', `/contactFolders/${a.id}`)
    expect((await people.pages('/contactFolders')).pages.flat()).toEqual([])
    await people.ok(200, 'GET', `/contacts/${contact.id}`)
    for (const { id } of [a, b]) expect(await people.refusal('GET', `/contactFolders/${id}`)).toEqual([404, 'ErrorItemNotFound'])
    const again = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'A' })
    const purged = await people.ok<Entity>(201, 'POST', `/contactFolders/${again.id}/contacts`, { surname: 'A' }, { Prefer: 'IdType="ImmutableId"' })
    await people.ok(204, 'POST', `/contactFolders/${again.id}/permanentDelete`)
    const places = [contact, purged].map(({ id }) => people.mailbox.items.get(fromItemId(people.mailbox.row.guid, id)!.itemId).folderId)
    expect(places.map((id) => people.mailbox.folders.get(id).wellKnown)).toEqual(['recoverableitemsdeletions', 'recoverableitemspurges'])
  })

  it.each([
    [{}, 400, 'ErrorInvalidArgument'],
    [{ displayName: ' ' }, 400, 'ErrorInvalidFolderName'],
    [{ displayName: 'x', colour: 1 }, 400, 'RequestBodyRead'],
    [{ displayName: 'x', id: 'y' }, 400, 'ErrorInvalidPropertySet'],
    [{ displayName: 'x', parentFolderId: 'inbox' }, 400, 'ErrorInvalidArgument'],
  ])('refuse %j', async (body, status, code) => {
    const people = new PeopleRig()
    expect(await people.refusal('POST', '/contactFolders', body)).toEqual([status, code])
  })

  it('have extended properties, given and computed (exchange.md 3.1)', async () => {
    const people = new PeopleRig()
    const id = 'String {00020329-0000-0000-c000-000000000046} Name mark'
    const folder = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'F', singleValueExtendedProperties: [{ id, value: 'x' }] })
    const expand = encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${id}' or id eq 'String 0x3613')`)
    const expected = [{ id, value: 'x' }, { id: 'String 0x3613', value: 'IPF.Contact' }]
    expect((await people.ok(200, 'GET', `/contactFolders/${folder.id}?$expand=${expand}`))['singleValueExtendedProperties']).toEqual(expected)
    expect((await people.pages(`/contactFolders?$expand=${expand}&$select=displayName`)).pages.flat()).toEqual([
      { id: folder.id, displayName: 'F', singleValueExtendedProperties: expected },
    ])
  })
})

describe('delta (exchange.md 3.3)', () => {
  const delta = async (people: PeopleRig, link: string) => {
    const { pages, deltaLink } = await people.pages(link.replace(people.user$, ''))
    return { entries: pages.flat(), deltaLink, sizes: pages.map((page) => page.length) }
  }

  it('gives a folder’s contacts, then what changed and what left, each once', async () => {
    const people = new PeopleRig()
    const ids: string[] = []
    for (let number = 0; number < 23; number++) ids.push((await people.ok<Entity>(201, 'POST', '/contacts', { surname: `S${number}` })).id)
    const first = await delta(people, '/contactFolders/contacts/contacts/delta?$select=surname')
    expect(first.sizes).toEqual([10, 10, 3])
    expect(first.entries.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    expect(Object.keys(first.entries[0]!).toSorted()).toEqual(['@odata.etag', 'id', 'surname'])
    const friends = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'Friends' })
    await people.ok(200, 'PATCH', `/contacts/${ids[3]}`, { surname: 'changed' })
    await people.ok(204, 'DELETE', `/contacts/${ids[5]}`)
    await people.ok(200, 'PATCH', `/contacts/${ids[7]}`, { parentFolderId: friends.id })
    const second = await delta(people, first.deltaLink)
    expect(second.entries).toEqual([
      { '@odata.etag': expect.stringMatching(/^W\/"/) as string, id: ids[3], surname: 'changed' },
      { id: ids[5], '@removed': { reason: 'deleted' } },
      { id: ids[7], '@removed': { reason: 'deleted' } },
    ])
    expect((await delta(people, second.deltaLink)).entries).toEqual([])
    expect((await delta(people, first.deltaLink)).entries).toHaveLength(3)
  })

  it('follows the page size and the kind of ids that a request prefers', async () => {
    const people = new PeopleRig()
    for (let number = 0; number < 5; number++) await people.ok(201, 'POST', '/contacts', { surname: `S${number}` })
    const headers = { Prefer: 'odata.maxpagesize=2, IdType="ImmutableId"' }
    const { pages, deltaLink } = await people.pages('/contactFolders/contacts/contacts/delta', headers)
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1])
    const [id] = pages[0]!.map((entry) => entry.id)
    await people.ok(204, 'DELETE', `/contacts/${id}`)
    const answer = await people.rig.call('GET', deltaLink, migrator, { headers })
    expect((answer.body as unknown as { value: unknown }).value).toEqual([{ id, '@removed': { reason: 'deleted' } }])
  })

  it('refuses tokens that are none, of another folder, or too old, and options that it does not know', async () => {
    const people = new PeopleRig()
    const friends = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'Friends' })
    const { deltaLink } = await people.pages('/contactFolders/contacts/contacts/delta')
    const path = deltaLink.replace(people.user$, '')
    expect(await people.refusal('GET', '/contactFolders/contacts/contacts/delta?$deltatoken=x')).toEqual([400, 'SyncStateInvalid'])
    expect(await people.refusal('GET', path.replace('/contacts/contacts/', `/${friends.id}/contacts/`))).toEqual([410, 'SyncStateNotFound'])
    people.clock.advance(31 * 24 * 3600 * 1000)
    expect(await people.refusal('GET', path)).toEqual([410, 'SyncStateNotFound'])
    expect(await people.refusal('GET', '/contactFolders/contacts/contacts/delta?$orderby=surname')).toEqual([400, 'RequestBroker--ParseUri'])
  })

  it('gives the folders, then what changed among them and what left with its parent', async () => {
    const people = new PeopleRig()
    const a = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'A' })
    const b = await people.ok<Entity>(201, 'POST', `/contactFolders/${a.id}/childFolders`, { displayName: 'B' })
    const first = await delta(people, '/contactFolders/delta')
    expect(names(first.entries)).toEqual(['A', 'B'])
    await people.ok(201, 'POST', '/contactFolders', { displayName: 'C' })
    await people.ok(200, 'PATCH', `/contactFolders/${a.id}`, { displayName: 'A2' })
    const second = await delta(people, first.deltaLink)
    expect(names(second.entries)).toEqual(['A2', 'C'])
    await people.ok(204, 'DELETE', `/contactFolders/${a.id}`)
    const third = await delta(people, second.deltaLink)
    expect(third.entries).toEqual([a, b].map(({ id }) => ({ id, '@removed': { reason: 'deleted' } })))
    expect((await delta(people, third.deltaLink)).entries).toEqual([])
  })
})
