import { beforeEach, describe, expect, it } from 'vitest'
import { MailRig, idOf, refusalOf, valuesOf } from './mail-rig.ts'

let rig: MailRig

beforeEach(() => {
  rig = new MailRig()
})

const immutable = { Prefer: 'IdType="ImmutableId"' }

describe('sensitive properties of messages that are no drafts (exchange.md 3.2, 2026-12-31)', () => {
  const patch = async (at: MailRig, body: object, roles: readonly string[]) => {
    const { id } = await at.received('x', '2020-01-01T00:00:00Z')
    return at.call('PATCH', `/messages/${id}`, body, { caller: { roles } })
  }

  it('may be changed until then', async () => {
    expect((await patch(rig, { subject: 'y' }, ['Mail.ReadWrite'])).body).toMatchObject({ subject: 'y', isDraft: false })
  })

  it.each(['subject', 'internetMessageId'])('need Mail-Advanced.ReadWrite.All afterwards: %s', async (name) => {
    const later = new MailRig({ nowMs: Date.UTC(2026, 11, 31) })
    expect(refusalOf(await patch(later, { [name]: 'y' }, ['Mail.ReadWrite']))).toEqual([403, 'ErrorAccessDenied'])
    expect((await patch(later, { [name]: 'y' }, ['Mail.ReadWrite', 'Mail-Advanced.ReadWrite.All'])).status).toBe(200)
    expect(
      (await patch(later, { isRead: false, categories: ['Red'], flag: { flagStatus: 'flagged' } }, ['Mail.ReadWrite']))
        .status,
    ).toBe(200)
    const draft = idOf(await later.call('POST', '/messages', { subject: 'x' }))
    expect(
      (await later.call('PATCH', `/messages/${draft}`, { subject: 'y' }, { caller: { roles: ['Mail.ReadWrite'] } })).status,
    ).toBe(200)
  })
})

describe('If-Match', () => {
  it('lets the current change key and etag through and no other', async () => {
    const made = await rig.received('x', '2020-01-01T00:00:00Z')
    const etag = String(made['@odata.etag'])
    const patch = (header: string) =>
      rig.call('PATCH', `/messages/${made.id}`, { isRead: false }, { headers: { 'If-Match': header } })
    expect((await patch(etag)).status).toBe(200)
    expect(refusalOf(await patch(etag))).toEqual([412, 'ErrorIrresolvableConflict'])
    expect((await patch('*')).status).toBe(200)
    const { body } = await rig.call('GET', `/messages/${made.id}`)
    expect((await patch(String(body['changeKey']))).status).toBe(200)
    const stale = await rig.call('DELETE', `/messages/${made.id}`, undefined, { headers: { 'If-Match': etag } })
    expect(refusalOf(stale)).toEqual([412, 'ErrorIrresolvableConflict'])
  })
})

describe('ids (exchange.md 3.3)', () => {
  it('change with a move, immutable ones do not', async () => {
    const { id } = await rig.received('x', '2020-01-01T00:00:00Z')
    const before = await rig.call('GET', `/messages/${id}`, undefined, { headers: immutable })
    const moved = await rig.call('POST', `/messages/${id}/move`, { destinationId: 'archive' })
    expect([moved.status, moved.body['parentFolderId']]).toEqual([201, rig.folderId('archive')])
    expect(idOf(moved)).not.toBe(id)
    expect(refusalOf(await rig.call('GET', `/messages/${id}`))).toEqual([404, 'ErrorItemNotFound'])
    const after = await rig.call('GET', `/messages/${idOf(before)}`, undefined, { headers: immutable })
    expect([after.status, idOf(after)]).toEqual([200, idOf(before)])
    expect(after.headers.get('preference-applied')).toBe('IdType="ImmutableId"')
  })

  it('of another mailbox, of folders and mistyped ones are malformed', async () => {
    expect(refusalOf(await rig.call('GET', '/messages/abc'))).toEqual([400, 'ErrorInvalidIdMalformed'])
    expect(refusalOf(await rig.call('GET', `/messages/${rig.folderId('inbox')}`))).toEqual([400, 'ErrorInvalidIdMalformed'])
  })

  it('are translated into all forms and back, up to 1,000 at once', async () => {
    const { id } = await rig.received('x', '2020-01-01T00:00:00Z')
    const translate = async (inputIds: readonly string[], sourceIdType: string, targetIdType: string) =>
      rig.call('POST', '/translateExchangeIds', { inputIds, sourceIdType, targetIdType })
    let current = id
    let form = 'restId'
    for (const next of ['entryId', 'ewsId', 'immutableEntryId', 'restImmutableEntryId', 'restId']) {
      const [entry] = valuesOf(await translate([current], form, next)) as unknown as readonly {
        sourceId: string
        targetId: string
      }[]
      expect(entry?.sourceId).toBe(current)
      current = entry?.targetId ?? ''
      form = next
    }
    expect(current).toBe(id)
    const folder = rig.folderId('inbox')
    expect(valuesOf(await translate([folder, 'nonsense'], 'restId', 'restImmutableEntryId'))).toMatchObject([
      { sourceId: folder, targetId: folder },
      { sourceId: 'nonsense', errorDetails: { code: 'ErrorInvalidIdMalformed' } },
    ])
    expect(
      (
        await translate(
          Array.from({ length: 1000 }, () => id),
          'restId',
          'entryId',
        )
      ).status,
    ).toBe(200)
    expect(
      (
        await translate(
          Array.from({ length: 1001 }, () => id),
          'restId',
          'entryId',
        )
      ).status,
    ).toBe(400)
  })
})

describe('deleting', () => {
  it('leaves an item in the recoverable items, and permanentDelete in the purges', async () => {
    const one = await rig.received('one', '2020-01-01T00:00:00Z')
    const two = await rig.received('two', '2020-01-01T00:00:00Z')
    expect((await rig.call('DELETE', `/messages/${one.id}`)).status).toBe(204)
    expect((await rig.call('POST', `/messages/${two.id}/permanentDelete`)).status).toBe(204)
    const subjects = async (folder: string) =>
      valuesOf(await rig.call('GET', `/mailFolders/${folder}/messages`)).map(({ subject }) => subject)
    expect(await subjects('inbox')).toEqual([])
    expect(await subjects('recoverableitemsdeletions')).toEqual(['one'])
    expect(await subjects('recoverableitemspurges')).toEqual(['two'])
    expect(valuesOf(await rig.call('GET', '/messages'))).toEqual([])
  })
})

describe('sending', () => {
  const to = (address: string) => ({ toRecipients: [{ emailAddress: { address } }] })

  it('sends nothing and counts in the outbox', async () => {
    const draft = idOf(await rig.call('POST', '/messages', { subject: 'draft', ...to('b@x.org') }, { headers: immutable }))
    expect((await rig.call('POST', `/messages/${draft}/send`)).status).toBe(202)
    const sent = await rig.call('GET', `/messages/${draft}`, undefined, { headers: immutable })
    expect(sent.body).toMatchObject({
      isDraft: false,
      parentFolderId: rig.folderId('sentitems'),
      from: { emailAddress: { address: rig.user.userPrincipalName } },
    })
    expect(
      (await rig.call('POST', '/sendMail', { message: { subject: 'direct', ...to('c@x.org') }, saveToSentItems: 'false' }))
        .status,
    ).toBe(202)
    const raw = Buffer.from('To: d@x.org\r\nSubject: raw\r\n\r\nx').toString('base64')
    expect((await rig.call('POST', '/sendMail', raw, { headers: { 'Content-Type': 'text/plain' } })).status).toBe(202)
    expect(rig.store.outbox.latest(9).map(({ reason, subject, recipients }) => [reason, subject, recipients])).toEqual([
      ['sendMail', 'raw', ['d@x.org']],
      ['sendMail', 'direct', ['c@x.org']],
      ['send', 'draft', ['b@x.org']],
    ])
    const kept = valuesOf(await rig.call('GET', '/mailFolders/sentitems/messages')).map(({ subject }) => subject)
    expect(kept.sort()).toEqual(['draft', 'raw'])
  })

  it('needs recipients, a draft and Mail.Send', async () => {
    const draft = idOf(await rig.call('POST', '/messages', { subject: 'x' }))
    expect(refusalOf(await rig.call('POST', `/messages/${draft}/send`))).toEqual([400, 'ErrorInvalidRecipients'])
    const { id } = await rig.received('x', '2020-01-01T00:00:00Z', to('b@x.org'))
    expect((await rig.call('POST', `/messages/${id}/send`)).status).toBe(400)
    const caller = { roles: ['Mail.ReadWrite'] }
    expect(refusalOf(await rig.call('POST', '/sendMail', { message: to('b@x.org') }, { caller }))).toEqual([
      403,
      'ErrorAccessDenied',
    ])
    expect(rig.store.outbox.count).toBe(0)
  })

  it('answers and forwards', async () => {
    const from = { emailAddress: { name: 'B', address: 'b@x.org' } }
    const more = {
      from,
      internetMessageId: '<1@x>',
      toRecipients: [{ emailAddress: { address: rig.user.userPrincipalName } }, { emailAddress: { address: 'c@x.org' } }],
    }
    const { id } = await rig.received('Plan', '2020-01-01T00:00:00Z', more)
    expect((await rig.call('POST', `/messages/${id}/reply`, { comment: 'yes' })).status).toBe(202)
    expect((await rig.call('POST', `/messages/${id}/forward`, { comment: 'see', ...to('d@x.org') })).status).toBe(202)
    const draft = await rig.call('POST', `/messages/${id}/createReplyAll`)
    expect([draft.status, draft.body['isDraft'], draft.body['subject']]).toEqual([201, true, 'RE: Plan'])
    expect(draft.body['toRecipients']).toEqual([from, { emailAddress: { name: 'c@x.org', address: 'c@x.org' } }])
    expect(rig.store.outbox.latest(9).map(({ reason, subject, recipients }) => [reason, subject, recipients])).toEqual([
      ['forward', 'FW: Plan', ['d@x.org']],
      ['reply', 'RE: Plan', ['b@x.org']],
    ])
    const expand = "$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x1081')"
    expect((await rig.call('GET', `/messages/${id}?${expand}`)).body['singleValueExtendedProperties']).toEqual([
      { id: 'Integer 0x1081', value: '104' },
    ])
  })
})
