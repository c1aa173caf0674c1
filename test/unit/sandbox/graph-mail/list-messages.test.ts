import { beforeEach, describe, expect, it } from 'vitest'
import { type Entity, idOf, linkOf, MailRig, refusalOf, valuesOf } from './mail-rig.ts'

let rig: MailRig

beforeEach(async () => {
  rig = new MailRig()
  for (let day = 1; day <= 25; day++) {
    await rig.received(`mail ${day}`, `2020-01-${String(day).padStart(2, '0')}T00:00:00Z`, {
      isRead: day % 2 === 0,
      from: { emailAddress: { address: `p${day % 3}@x.org` } },
    })
  }
})

const inbox = '/mailFolders/inbox/messages'
const subjects = (answer: Parameters<typeof valuesOf>[0]) => valuesOf(answer).map(({ subject }) => String(subject))

describe('a list of messages (exchange.md 3.3)', () => {
  it('has ten, the latest received first, and goes on by @odata.nextLink', async () => {
    const first = await rig.call('GET', inbox)
    expect(subjects(first)).toEqual(Array.from({ length: 10 }, (_, index) => `mail ${25 - index}`))
    const second = await rig.follow(linkOf(first, 'nextLink'))
    const third = await rig.follow(linkOf(second, 'nextLink'))
    expect([subjects(second).length, subjects(third).length, linkOf(third, 'nextLink')]).toEqual([10, 5, ''])
    expect(new Set([first, second, third].flatMap(subjects)).size).toBe(25)
  })

  it('takes $top up to 1,000, $skip, $count and $select', async () => {
    const answer = await rig.call('GET', `${inbox}?$top=3&$skip=2&$count=true&$select=subject`)
    expect(answer.body['@odata.count']).toBe(25)
    expect(subjects(answer)).toEqual(['mail 23', 'mail 22', 'mail 21'])
    expect(Object.keys(valuesOf(answer)[0] as Entity).sort()).toEqual(['@odata.etag', 'id', 'subject'])
    expect(valuesOf(await rig.call('GET', `${inbox}?$top=1000`))).toHaveLength(25)
    for (const top of ['1001', '0', '-1', 'x']) expect((await rig.call('GET', `${inbox}?$top=${top}`)).status).toBe(400)
  })

  it('is the whole mailbox without a folder, but not the recoverable items', async () => {
    const [first] = valuesOf(await rig.call('GET', inbox))
    await rig.call('DELETE', `/messages/${first?.id}`)
    await rig.received('in archive', '2021-01-01T00:00:00Z', {}, 'archive')
    expect(subjects(await rig.call('GET', '/messages?$top=2'))).toEqual(['in archive', 'mail 24'])
  })

  it.each([
    ["subject eq 'MAIL 7'", ['mail 7']],
    ['receivedDateTime ge 2020-01-24T00:00:00Z', ['mail 25', 'mail 24']],
    [
      "receivedDateTime ge 2020-01-20T00:00:00Z and isRead eq false and from/emailAddress/address eq 'p0@x.org'",
      ['mail 21'],
    ],
    ["startswith(subject,'mail 2') and not contains(subject,'2')", []],
    [
      "singleValueExtendedProperties/any(ep: ep/id eq 'SystemTime 0xE06' and ep/value eq '2020-01-03T00:00:00Z')",
      ['mail 3'],
    ],
  ])('is filtered by %s', async (filter, expected) => {
    expect(subjects(await rig.call('GET', `${inbox}?$filter=${encodeURIComponent(filter)}`))).toEqual(expected)
  })

  it('is sorted by what was asked', async () => {
    expect(subjects(await rig.call('GET', `${inbox}?$orderby=receivedDateTime&$top=2`))).toEqual(['mail 1', 'mail 2'])
    expect(subjects(await rig.call('GET', `${inbox}?$orderby=subject desc&$top=2`))).toEqual(['mail 9', 'mail 8'])
  })

  it.each([
    '$filter=isRead eq true&$orderby=receivedDateTime',
    '$filter=isRead eq true and receivedDateTime ge 2020-01-01T00:00:00Z&$orderby=receivedDateTime',
  ])('is refused where Exchange finds it inefficient: %s', async (query) => {
    expect(refusalOf(await rig.call('GET', `${inbox}?${query}`))).toEqual([400, 'InefficientFilter'])
  })

  it('passes with the sorted property first in the filter', async () => {
    const query = '$filter=receivedDateTime ge 2020-01-20T00:00:00Z and isRead eq true&$orderby=receivedDateTime'
    expect(subjects(await rig.call('GET', `${inbox}?${query}`))).toEqual(['mail 20', 'mail 22', 'mail 24'])
  })

  it.each([
    ['$nonsense=1', 'RequestBroker--ParseUri'],
    ['$select=nonsense', 'RequestBroker--ParseUri'],
    ['$filter=nonsense eq 1', 'RequestBroker--ParseUri'],
    ['$filter=subject eq', 'ErrorInvalidUrlQueryFilter'],
    ['$expand=nonsense', 'RequestBroker--ParseUri'],
    ['$search="mail"&$filter=isRead eq true', 'SearchWithFilter'],
    ['$search="mail"&$orderby=subject', 'SearchWithOrderBy'],
  ])('refuses %s', async (query, code) => {
    expect(refusalOf(await rig.call('GET', `${inbox}?${query}`))).toEqual([400, code])
  })

  it('is searched by words, with pages', async () => {
    const found = await rig.call('GET', `${inbox}?$search="from:p1@x.org"&$top=5`)
    expect(subjects(found)).toEqual(['mail 25', 'mail 22', 'mail 19', 'mail 16', 'mail 13'])
    expect(subjects(await rig.follow(linkOf(found, 'nextLink')))).toEqual(['mail 10', 'mail 7', 'mail 4', 'mail 1'])
    expect(subjects(await rig.call('GET', `${inbox}?$search="subject:mail 25"`))).toEqual(['mail 25'])
  })

  it('shows no bodies to Mail.ReadBasic.All, and attachments and MIME to nobody with it', async () => {
    const caller = { roles: ['Mail.ReadBasic.All'] }
    const [first] = valuesOf(await rig.call('GET', inbox, undefined, { caller }))
    expect(first).toHaveProperty('subject')
    for (const name of ['body', 'bodyPreview', 'uniqueBody']) expect(first).not.toHaveProperty(name)
    for (const path of ['/attachments', '/$value', '?$expand=attachments']) {
      expect((await rig.call('GET', `/messages/${first?.id}${path}`, undefined, { caller })).status).toBe(403)
    }
  })

  it('of a folder does not show a message that is elsewhere', async () => {
    const { id } = await rig.received('x', '2021-01-01T00:00:00Z', {}, 'archive')
    expect((await rig.call('GET', `/mailFolders/archive/messages/${id}`)).status).toBe(200)
    expect(refusalOf(await rig.call('GET', `/mailFolders/inbox/messages/${id}`))).toEqual([404, 'ErrorItemNotFound'])
  })

  it('of a search folder is what it finds', async () => {
    const made = await rig.call('POST', '/mailFolders/searchfolders/childFolders', {
      '@odata.type': 'microsoft.graph.mailSearchFolder',
      displayName: 'Twenties',
      includeNestedFolders: true,
      sourceFolderIds: [rig.folderId('inbox')],
      filterQuery: "startswith(subject, 'mail 2')",
    })
    expect(made.body).toMatchObject({
      '@odata.type': '#microsoft.graph.mailSearchFolder',
      isSupported: true,
      displayName: 'Twenties',
    })
    expect(subjects(await rig.call('GET', `/mailFolders/${idOf(made)}/messages`))).toEqual([
      'mail 25',
      'mail 24',
      'mail 23',
      'mail 22',
      'mail 21',
      'mail 20',
      'mail 2',
    ])
    expect((await rig.call('POST', `/mailFolders/${idOf(made)}/messages`, { subject: 'x' })).status).toBe(400)
  })
})
