import { beforeEach, describe, expect, it } from 'vitest'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { recipientProperties } from '../../../../src/formats/mapi/recipient-properties.ts'
import { fromItemId } from '../../../../src/sandbox/mailbox/ids.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { codeOf, mail, TransferRig, valueOf } from './transfer-rig.ts'

let rig: TransferRig

beforeEach(() => {
  rig = new TransferRig()
})

interface ItemAnswer {
  readonly id: string
  readonly type: string
  readonly changeKey: string
  readonly singleValueExtendedProperties?: readonly {
    readonly id: string
    readonly value: string
  }[]
}

const hourMs = 3_600_000

/** Mails received an hour apart, the first one first; made an hour apart as well. */
function addMails(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    rig.graph.clock.advance(hourMs)
    return rig.addItem(
      mail(`number ${index}`, (bag) => bag.set(messageProperties.deliveryTime, toFileTime(rig.graph.clock.nowMs()))),
    )
  })
}

const idsOf = (answer: Parameters<typeof valueOf>[0]) => valueOf<ItemAnswer>(answer).map(({ id }) => id)

describe('items (exchange.md 2.3)', () => {
  it('are listed in pages of ten, the latest first, without associated ones', async () => {
    const ids = addMails(12)
    rig.addItem(mail('settings'), 'inbox', true)
    const first = await rig.call('GET', '/folders/inbox/items?$count=true')
    expect(first.body['@odata.count']).toBe(12)
    const second = await rig.follow(first.body['@odata.nextLink'] as string)
    expect(second.body).not.toHaveProperty('@odata.nextLink')
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids.toReversed())
    const { size, ...item } = valueOf(first)[0] as { size: number }
    expect(size).toBeGreaterThan(100)
    const { changeKey } = valueOf<ItemAnswer>(first)[0]!
    expect(item).toEqual({
      '@odata.type': '#microsoft.graph.mailboxItem',
      '@odata.etag': `W/"${changeKey}"`,
      id: ids[11],
      createdDateTime: '2026-11-21T21:00:00Z',
      lastModifiedDateTime: '2026-11-21T21:00:00Z',
      changeKey,
      categories: [],
      type: 'IPM.Note',
    })
    if (hasCsdl) expect(answerDifferences({ ...item, size }, 'microsoft.graph.mailboxItem')).toEqual([])
  })

  it('are filtered by date, type and extended property, sorted, and selected', async () => {
    const ids = addMails(6)
    rig.addItem(mail('task', (bag) => bag.set(messageProperties.messageClass, 'IPM.Task')))
    const between = await rig.call(
      'GET',
      '/folders/inbox/items?$filter=createdDateTime ge 2026-11-21T12:00:00Z and createdDateTime lt 2026-11-21T14:00:00Z&$select=type&$top=1',
    )
    expect(valueOf(between)).toMatchObject([{ id: ids[3], type: 'IPM.Note' }])
    expect(valueOf(between)[0]).not.toHaveProperty('size')
    expect(idsOf(await rig.follow(between.body['@odata.nextLink'] as string))).toEqual([ids[2]])
    expect(valueOf(await rig.call('GET', "/folders/inbox/items?$filter=type eq 'IPM.Task'"))).toMatchObject([
      { type: 'IPM.Task' },
    ])
    const oldest = await rig.call(
      'GET',
      '/folders/inbox/items?$orderby=lastModifiedDateTime&$top=2&$skip=1&$count=true',
    )
    expect(idsOf(oldest)).toEqual([ids[1], ids[2]])
    expect(oldest.body['@odata.count']).toBe(7)
    const bySubject =
      "singleValueExtendedProperties/Any(ep: ep/id eq 'String 0x0037' and contains(ep/value,'number 4'))"
    expect(idsOf(await rig.call('GET', `/folders/inbox/items?$filter=${bySubject}`))).toEqual([ids[4]])
    const inefficient = await rig.call(
      'GET',
      "/folders/inbox/items?$filter=type eq 'IPM.Note'&$orderby=createdDateTime",
    )
    expect([inefficient.status, codeOf(inefficient)]).toEqual([400, 'InefficientFilter'])
  })

  it.each([
    '$top=1000',
    '$filter=receivedDateTime ge 2026-01-01',
    '$select=subject',
    '$orderby=subject',
    '$search=x',
    '$skiptoken=x',
  ])('refuse %s', async (query) => {
    expect((await rig.call('GET', `/folders/inbox/items?${query}`)).status).toBe(400)
  })

  it('show anything else as extended properties, display lists included', async () => {
    const searchKey = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const to = (name: string, kind: number) =>
      new PropertyBag().set(recipientProperties.recipientType, kind).set(recipientProperties.displayName, name)
    const id = rig.addItem({
      ...mail('Grüße', (bag) =>
        bag
          .set(messageProperties.searchKey, searchKey)
          .set(messageProperties.senderSmtpAddress, 'a@example.com')
          .set(messageProperties.internetMessageId, '<1@example.com>')
          .set(messageProperties.deliveryTime, toFileTime(Date.UTC(2019, 3, 1, 10))),
      ),
      recipients: [to('Anna', 1), to('Bert', 1), to('Carl', 2)],
    })
    const asked = [
      'String 0x0037',
      'String 0x5D01',
      'SystemTime 0x0E06',
      'String 0x1035',
      'Binary 0x300B',
      'String 0x0E04',
      'Integer 0x0E08',
      'String 0x7FFF',
    ]
    const filter = asked.map((one) => `id eq '${one}'`).join(' or ')
    const path = `/folders/inbox/items/${id}`
    const { body } = await rig.call('GET', `${path}?$expand=singleValueExtendedProperties($filter=${filter})`)
    const { singleValueExtendedProperties: values = [] } = body as unknown as ItemAnswer
    expect(Object.fromEntries(values.map(({ id, value }) => [id, value]))).toEqual({
      'String 0x37': 'Grüße',
      'String 0x5d01': 'a@example.com',
      'SystemTime 0xe06': '2019-04-01T10:00:00Z',
      'String 0x1035': '<1@example.com>',
      'Binary 0x300b': searchKey.toString('base64'),
      'String 0xe04': 'Anna; Bert',
      'Integer 0xe08': String((await rig.call('GET', path)).body['size']),
    })
    const listed = await rig.call(
      'GET',
      "/folders/inbox/items?$select=id&$expand=singleValueExtendedProperties($filter=id eq 'Binary 0x300B')",
    )
    expect(valueOf(listed)).toMatchObject([{ id, singleValueExtendedProperties: [{ id: 'Binary 0x300b' }] }])
  })

  it('are read by either kind of id, in their own folder', async () => {
    const id = rig.addItem(mail('one'))
    expect((await rig.call('GET', `/folders/inbox/items/${id}`)).body).toMatchObject({ id })
    const immutable = { Prefer: 'IdType="ImmutableId"' }
    const [{ id: lasting } = { id: '' }] = valueOf<ItemAnswer>(
      await rig.call('GET', '/folders/inbox/items', { headers: immutable }),
    )
    expect(lasting).not.toBe(id)
    expect((await rig.call('GET', `/folders/inbox/items/${lasting}`)).body).toMatchObject({ id })
    expect(codeOf(await rig.call('GET', `/folders/drafts/items/${id}`))).toBe('ErrorItemNotFound')
    expect(codeOf(await rig.call('GET', '/folders/inbox/items/xyz'))).toBe('ErrorInvalidIdMalformed')
  })

  it('are deleted softly or for good, and one of the two has to be said', async () => {
    const [soft, hard] = [rig.addItem(mail('soft')), rig.addItem(mail('hard'))]
    const unsaid = await rig.call('DELETE', `/folders/inbox/items/${soft}`)
    expect([unsaid.status, codeOf(unsaid)]).toEqual([400, 'ErrorInvalidArgument'])
    expect((await rig.call('DELETE', `/folders/inbox/items/${soft}?disposalType=softDelete`)).status).toBe(204)
    expect((await rig.call('DELETE', `/folders/inbox/items/${hard}?disposalType=hardDelete`)).status).toBe(204)
    expect((await rig.call('DELETE', `/folders/inbox/items/${hard}?disposalType=hardDelete`)).status).toBe(404)
    const subjectsIn = (wellKnown: string) =>
      rig.mailbox.items.list(rig.mailbox.folders.wellKnown(wellKnown)!.id).map(({ subject }) => subject)
    expect([
      subjectsIn('inbox'),
      subjectsIn('recoverableitemsdeletions'),
      subjectsIn('recoverableitemspurges'),
    ]).toEqual([[], ['soft'], ['hard']])
  })
})

describe('items/delta (exchange.md 2.3, 3.3)', () => {
  const idOf = (id: string) => fromItemId(rig.mailbox.row.guid, id)!.itemId

  it('gives pages of ten, or as many as preferred, and then only what changed', async () => {
    const ids = addMails(12)
    let answer = await rig.call('GET', '/folders/inbox/items/delta?$select=type')
    expect(valueOf(answer)).toHaveLength(10)
    const rest = await rig.follow(answer.body['@odata.nextLink'] as string)
    expect([...idsOf(answer), ...idsOf(rest)].toSorted()).toEqual(ids.toSorted())
    expect(valueOf(rest)[0]).not.toHaveProperty('size')
    const preferred = await rig.call('GET', '/folders/inbox/items/delta', {
      headers: { Prefer: 'odata.maxpagesize=5' },
    })
    expect(valueOf(preferred)).toHaveLength(5)
    expect(preferred.headers.get('preference-applied')).toBe('odata.maxpagesize=5')
    answer = await rig.follow(rest.body['@odata.deltaLink'] as string)
    expect(valueOf(answer)).toEqual([])
    rig.mailbox.items.edit(idOf(ids[3]!), (bag) => bag.set(messageProperties.messageFlags, 1))
    rig.mailbox.items.remove(idOf(ids[4]!))
    rig.mailbox.items.move(idOf(ids[5]!), rig.mailbox.folders.wellKnown('drafts')!.id)
    const added = rig.addItem(mail('new'))
    answer = await rig.follow(answer.body['@odata.deltaLink'] as string)
    expect(valueOf(answer)).toMatchObject([
      { id: ids[3], type: 'IPM.Note' },
      { id: ids[4], '@removed': { reason: 'deleted' } },
      { id: ids[5], '@removed': { reason: 'deleted' } },
      { id: added, type: 'IPM.Note' },
    ])
  })

  it('misses nothing that changes between two pages', async () => {
    const ids = addMails(6)
    const preferred = { Prefer: 'odata.maxpagesize=4' }
    const first = await rig.call('GET', '/folders/inbox/items/delta', { headers: preferred })
    rig.mailbox.items.remove(idOf(ids[0]!))
    rig.mailbox.items.remove(idOf(ids[5]!))
    rig.mailbox.items.edit(idOf(ids[1]!), (bag) => bag.set(messageProperties.messageFlags, 1))
    const second = await rig.follow(first.body['@odata.nextLink'] as string, preferred)
    expect(idsOf(first)).toEqual(ids.slice(0, 4))
    expect(valueOf(second)).toMatchObject([
      { id: ids[4], type: 'IPM.Note' },
      { id: ids[0], '@removed': { reason: 'deleted' } },
      { id: ids[5], '@removed': { reason: 'deleted' } },
      { id: ids[1], type: 'IPM.Note' },
    ])
    expect(valueOf(await rig.follow(second.body['@odata.deltaLink'] as string))).toEqual([])
  })

  it('gives the latest first where that is asked, repeating rather than missing when items go', async () => {
    const ids = addMails(6)
    const preferred = { Prefer: 'odata.maxpagesize=3' }
    const first = await rig.call('GET', '/folders/inbox/items/delta?$orderby=receivedDateTime desc', {
      headers: preferred,
    })
    expect(idsOf(first)).toEqual([ids[5], ids[4], ids[3]])
    rig.mailbox.items.remove(idOf(ids[5]!))
    const second = await rig.follow(first.body['@odata.nextLink'] as string, preferred)
    expect(idsOf(second)).toEqual([ids[2], ids[1], ids[0]])
    const third = await rig.follow(second.body['@odata.deltaLink'] as string, preferred)
    expect(valueOf(third)).toMatchObject([{ id: ids[5], '@removed': { reason: 'deleted' } }])
  })

  it('can be held to what was received since', async () => {
    const ids = addMails(4)
    const since = (operator: string) =>
      `/folders/inbox/items/delta?$filter=receivedDateTime ${operator} 2026-11-21T12:00:00Z`
    expect(idsOf(await rig.call('GET', since('ge')))).toEqual([ids[2], ids[3]])
    const after = await rig.call('GET', `${since('gt')}&$orderby=receivedDateTime desc`)
    expect(idsOf(after)).toEqual([ids[3]])
    addMails(1)
    rig.addItem(mail('old', (bag) => bag.set(messageProperties.deliveryTime, toFileTime(Date.UTC(2020, 0, 1)))))
    expect(valueOf(await rig.follow(after.body['@odata.deltaLink'] as string))).toHaveLength(1)
    for (const query of [
      '$filter=receivedDateTime lt 2026-11-21',
      "$filter=type eq 'x'",
      '$orderby=receivedDateTime',
      '$orderby=size desc',
      '$search=x',
      '$expand=x',
      '$count=true',
    ]) {
      expect((await rig.call('GET', `/folders/inbox/items/delta?${query}`)).status).toBe(400)
    }
  })

  it('loses old tokens, and takes none of another folder or mistyped', async () => {
    const { body } = await rig.call('GET', '/folders/inbox/items/delta')
    const link = body['@odata.deltaLink'] as string
    const elsewhere = await rig.follow(link.replace('/inbox/', '/drafts/'))
    expect([elsewhere.status, codeOf(elsewhere)]).toEqual([410, 'SyncStateNotFound'])
    const mistyped = await rig.follow(`${link.slice(0, -3)}xyz`)
    expect([mistyped.status, codeOf(mistyped)]).toEqual([400, 'SyncStateInvalid'])
    rig.graph.clock.advance(31 * 24 * hourMs)
    const late = await rig.follow(link)
    expect([late.status, codeOf(late)]).toEqual([410, 'SyncStateNotFound'])
  })
})
