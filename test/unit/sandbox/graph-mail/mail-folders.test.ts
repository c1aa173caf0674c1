import { beforeEach, describe, expect, it } from 'vitest'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import { toMailboxId } from '../../../../src/sandbox/mailbox/ids.ts'
import { idOf, linkOf, MailRig, refusalOf, valuesOf } from './mail-rig.ts'

let rig: MailRig

beforeEach(() => {
  rig = new MailRig()
})

const names = (answer: Parameters<typeof valuesOf>[0]) => valuesOf(answer).map(({ displayName }) => String(displayName))

describe('mail folders (exchange.md 3.1)', () => {
  it('are the mail trees at the top, by name, ten on a page', async () => {
    const all = names(await rig.call('GET', '/mailFolders'))
    expect(all).toEqual([
      'Archive',
      'Conversation History',
      'Deleted Items',
      'Drafts',
      'Inbox',
      'Junk Email',
      'Outbox',
      'Sent Items',
      'Sync Issues',
    ])
    await rig.call('POST', '/mailFolders', { displayName: 'A' })
    await rig.call('POST', '/mailFolders', { displayName: 'Z' })
    const first = await rig.call('GET', '/mailFolders?$count=true')
    expect([names(first).length, first.body['@odata.count']]).toEqual([10, 11])
    expect(names(await rig.follow(linkOf(first, 'nextLink')))).toEqual(['Z'])
    expect(names(await rig.call('GET', '/mailFolders?$top=100'))).toHaveLength(11)
  })

  it('that are hidden are listed on request; hidden is said when they are made and never after', async () => {
    const { body } = await rig.call('POST', '/mailFolders', { displayName: 'Clutter', isHidden: true })
    expect(body['isHidden']).toBe(true)
    expect(names(await rig.call('GET', '/mailFolders'))).not.toContain('Clutter')
    expect(names(await rig.call('GET', '/mailFolders?includeHiddenFolders=true&$top=50'))).toContain('Clutter')
    expect(refusalOf(await rig.call('PATCH', `/mailFolders/${String(body['id'])}`, { isHidden: false }))).toEqual([
      400,
      'ErrorInvalidPropertySet',
    ])
  })

  it.each([
    ['inbox', 200],
    ['INBOX', 200],
    ['msgfolderroot', 200],
    ['recoverableitemsdeletions', 200],
    ['recoverableitemsroot', 200],
    ['syncissues', 200],
    ['clutter', 404],
    ['calendar', 400],
    ['root', 400],
    ['nonsense', 400],
  ])('are found by well-known name: %s %i', async (name, status) => {
    expect((await rig.call('GET', `/mailFolders/${name}`)).status).toBe(status)
  })

  it('are not what other folders are', async () => {
    expect(refusalOf(await rig.call('GET', `/mailFolders/${rig.folderId('calendar')}`))).toEqual([404, 'ErrorItemNotFound'])
  })

  it('are made, renamed, moved, copied and deleted with what they hold', async () => {
    const parent = idOf(await rig.call('POST', '/mailFolders', { displayName: 'Projects' }))
    const made = await rig.call('POST', `/mailFolders/${parent}/childFolders`, { displayName: 'Alpha' })
    expect([made.status, made.body]).toMatchObject([
      201,
      { displayName: 'Alpha', parentFolderId: parent, totalItemCount: 0 },
    ])
    const child = idOf(made)
    await rig.received('inside', '2020-01-01T00:00:00Z', { isRead: false }, child)
    expect((await rig.call('GET', `/mailFolders/${child}`)).body).toMatchObject({ totalItemCount: 1, unreadItemCount: 1 })
    expect((await rig.call('PATCH', `/mailFolders/${child}`, { displayName: 'Beta' })).body['displayName']).toBe('Beta')
    const copy = await rig.call('POST', `/mailFolders/${child}/copy`, { destinationId: 'archive' })
    expect(copy.body).toMatchObject({ displayName: 'Beta', parentFolderId: rig.folderId('archive'), totalItemCount: 1 })
    const moved = await rig.call('POST', `/mailFolders/${parent}/move`, { destinationId: 'archive' })
    expect([idOf(moved), moved.body['parentFolderId']]).toEqual([parent, rig.folderId('archive')])
    expect((await rig.call('DELETE', `/mailFolders/${parent}`)).status).toBe(204)
    expect((await rig.call('GET', `/mailFolders/${child}`)).status).toBe(404)
    const recoverable = await rig.call('GET', '/mailFolders/recoverableitemsdeletions/messages')
    expect(valuesOf(recoverable).map(({ subject }) => subject)).toEqual(['inside'])
    expect((await rig.call('POST', `/mailFolders/${idOf(copy)}/permanentDelete`)).status).toBe(204)
    expect(valuesOf(await rig.call('GET', '/mailFolders/recoverableitemspurges/messages'))).toHaveLength(1)
  })

  it('refuse what Exchange refuses', async () => {
    const id = idOf(await rig.call('POST', '/mailFolders', { displayName: 'Once' }))
    expect(refusalOf(await rig.call('POST', '/mailFolders', { displayName: 'ONCE' }))).toEqual([409, 'ErrorFolderExists'])
    expect(refusalOf(await rig.call('POST', '/mailFolders', { displayName: 'Inbox' }))).toEqual([409, 'ErrorFolderExists'])
    expect((await rig.call('POST', '/mailFolders', {})).status).toBe(400)
    expect(refusalOf(await rig.call('POST', '/mailFolders', { displayName: 'x', nonsense: 1 }))).toEqual([
      400,
      'RequestBodyRead',
    ])
    expect(refusalOf(await rig.call('DELETE', '/mailFolders/inbox'))).toEqual([403, 'ErrorDeleteDistinguishedFolder'])
    expect((await rig.call('POST', `/mailFolders/${id}/move`, { destinationId: id })).status).toBe(400)
    expect((await rig.call('POST', `/mailFolders/${id}/move`, {})).status).toBe(400)
  })

  it('tell class, size and path as extended properties, and keep those they are given', async () => {
    const color = 'String {00020329-0000-0000-C000-000000000046} Name Color'
    const made = await rig.call('POST', '/mailFolders/inbox/childFolders', {
      displayName: 'Deep',
      singleValueExtendedProperties: [{ id: color, value: 'red' }],
    })
    await rig.received('x', '2020-01-01T00:00:00Z', {}, idOf(made))
    const ids = ['String 0x3613', 'Long 0x0E08', 'String 0x66B5', 'Boolean 0x10F4', color]
    const expand = `$expand=singleValueExtendedProperties($filter=${ids.map((id) => `id eq '${id}'`).join(' or ')})`
    const { body } = await rig.call('GET', `/mailFolders/${idOf(made)}?${expand}`)
    const values = new Map(
      (body['singleValueExtendedProperties'] as unknown as { id: string; value: string }[]).map(({ id, value }) => [
        id,
        value,
      ]),
    )
    expect(values.get('String 0x3613')).toBe('IPF.Note')
    expect(Number(values.get('Long 0xe08'))).toBeGreaterThan(100)
    expect(values.get('String 0x66b5')).toBe('\ufffeInbox\ufffeDeep')
    expect(values.get('Boolean 0x10f4')).toBe('false')
    expect(values.get(color.toLowerCase().replace('string', 'String').replace('name color', 'Name Color'))).toBe('red')
    const found = await rig.call(
      'GET',
      `/mailFolders/inbox/childFolders?$filter=singleValueExtendedProperties/any(e: e/id eq 'String 0x3613' and e/value eq 'IPF.Note')`,
    )
    expect(names(found)).toEqual(['Deep'])
  })

  it('are read with less than they are changed with', async () => {
    const caller = { roles: ['Mail.ReadBasic.All'] }
    expect((await rig.call('GET', '/mailFolders', undefined, { caller })).status).toBe(200)
    expect(refusalOf(await rig.call('POST', '/mailFolders', { displayName: 'x' }, { caller }))).toEqual([
      403,
      'ErrorAccessDenied',
    ])
    expect((await rig.call('GET', '/mailFolders', undefined, { caller: { roles: ['Calendars.Read'] } })).status).toBe(403)
  })
})

describe('mailboxes', () => {
  it('that are not there say so (exchange.md 9)', async () => {
    const nobody = rig.graph.addUser('nobody')
    const call = (id: string) => rig.graph.call('GET', `/v1.0/users/${id}/mailFolders`, rig.application)
    expect(refusalOf(await call(nobody.id))).toEqual([404, 'MailboxNotEnabledForRESTAPI'])
    expect(refusalOf(await call('ghost@contoso.onmicrosoft.com'))).toEqual([404, 'ErrorInvalidUser'])
  })

  it('have archives by their MBX id', async () => {
    const store = new MailboxStore(rig.graph.tenant.database, rig.graph.clock)
    const archive = store.create({ userId: rig.user.id, address: rig.user.userPrincipalName, kind: 'archive' })
    const id = toMailboxId(archive.row.guid, rig.graph.tenant.id)
    const answer = await rig.graph.call('GET', `/v1.0/users/${id}/mailFolders`, rig.application)
    expect(names(answer)).toEqual(['Deleted Items'])
  })
})
