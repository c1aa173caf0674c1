import { beforeEach, describe, expect, it } from 'vitest'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { fromItemId } from '../../../../src/sandbox/mailbox/ids.ts'
import { idOf, MailRig, refusalOf, valuesOf } from './mail-rig.ts'

let rig: MailRig

beforeEach(() => {
  rig = new MailRig()
})

const mime = (...lines: readonly string[]) => Buffer.from(lines.join('\r\n')).toString('base64')
const plain = { 'Content-Type': 'text/plain' }
const flags = (value: string) => ({ singleValueExtendedProperties: [{ id: 'Integer 0x0E07', value }] })

describe('a message of JSON (exchange.md 3.2)', () => {
  it('is a draft in Drafts, read, with a Message-ID of its own', async () => {
    const { status, body } = await rig.call('POST', '/messages', { subject: 'RE: Plan', importance: 'Low' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      subject: 'RE: Plan',
      importance: 'low',
      isDraft: true,
      isRead: true,
      parentFolderId: rig.folderId('drafts'),
      receivedDateTime: '2026-11-21T09:00:00Z',
      body: { contentType: 'text', content: '' },
    })
    expect(body['internetMessageId']).toMatch(/^<.+@contoso\.onmicrosoft\.com>$/)
    expect(body['@odata.etag']).toBe(`W/"${String(body['changeKey'])}"`)
  })

  it('is no draft with Integer 0x0E07 in the create call, and has the dates of the MAPI properties', async () => {
    const answer = await rig.call('POST', '/mailFolders/inbox/messages', {
      subject: 'old',
      receivedDateTime: '2001-01-01T00:00:00Z',
      sentDateTime: '2001-01-01T00:00:00Z',
      createdDateTime: '2001-01-01T00:00:00Z',
      isDraft: true,
      hasAttachments: true,
      conversationId: 'x',
      webLink: 'x',
      parentFolderId: 'x',
      id: 'x',
      changeKey: 'x',
      singleValueExtendedProperties: [
        { id: 'Integer 0x0E07', value: '1' },
        { id: 'SystemTime 0x0E06', value: '2019-04-01T10:00:00Z' },
        { id: 'SystemTime 0x0039', value: '2019-04-01T09:59:58Z' },
      ],
    })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      isDraft: false,
      isRead: true,
      receivedDateTime: '2019-04-01T10:00:00Z',
      sentDateTime: '2019-04-01T09:59:58Z',
      createdDateTime: '2026-11-21T09:00:00Z',
      hasAttachments: false,
      parentFolderId: rig.folderId('inbox'),
    })
  })

  it.each([
    ['0', false, false],
    ['1', false, true],
    ['4', false, false],
    ['8', true, false],
  ])('with flags %s: draft %s, read %s', async (value, isDraft, isRead) => {
    const { body } = await rig.call('POST', '/mailFolders/inbox/messages', flags(value))
    expect(body).toMatchObject({ isDraft, isRead })
  })

  it('keeps Integer 0x0E07 as it was made: a later PATCH does not touch it', async () => {
    const draft = idOf(await rig.call('POST', '/messages', { subject: 'x' }))
    const { status, body } = await rig.call('PATCH', `/messages/${draft}`, flags('1'))
    expect([status, body['isDraft']]).toEqual([200, true])
    const { id } = await rig.received('y', '2020-01-01T00:00:00Z')
    expect((await rig.call('PATCH', `/messages/${id}`, flags('8'))).body).toMatchObject({ isDraft: false, isRead: true })
  })

  it('shows the header that came as 0x007D, and refuses to make one of other names than x-', async () => {
    const header = 'Received: from a by b; Mon, 1 Apr 2019 10:00:00 +0000\r\nX-Spam: no\r\nSubject: hi\r\n'
    const made = idOf(
      await rig.call('POST', '/mailFolders/inbox/messages', {
        singleValueExtendedProperties: [
          { id: 'Integer 0x0E07', value: '1' },
          { id: 'String 0x007D', value: header },
          { id: 'String 0x1035', value: '<1@x>' },
        ],
      }),
    )
    const all = await rig.call('GET', `/messages/${made}`)
    expect(all.body['internetMessageId']).toBe('<1@x>')
    expect(all.body).not.toHaveProperty('internetMessageHeaders')
    const { body } = await rig.call('GET', `/messages/${made}?$select=internetMessageHeaders`)
    expect(body['internetMessageHeaders']).toEqual([
      { name: 'Received', value: 'from a by b; Mon, 1 Apr 2019 10:00:00 +0000' },
      { name: 'X-Spam', value: 'no' },
      { name: 'Subject', value: 'hi' },
    ])
    expect(Object.keys(body).sort()).toEqual(['@odata.context', '@odata.etag', 'id', 'internetMessageHeaders'])
  })

  it.each([
    [[{ name: 'In-Reply-To', value: '<1@x>' }], 'InvalidInternetMessageHeader'],
    [[{ name: 'x-long', value: 'a'.repeat(996) }], 'InvalidInternetMessageHeader'],
    [[{ name: 'x-line', value: 'a\r\nBcc: b' }], 'InvalidInternetMessageHeader'],
    [
      Array.from({ length: 6 }, (_, index) => ({ name: `x-${index}`, value: '1' })),
      'InvalidInternetMessageHeaderCollection',
    ],
  ])('refuses headers %#', async (internetMessageHeaders, code) => {
    expect(refusalOf(await rig.call('POST', '/messages', { internetMessageHeaders }))).toEqual([400, code])
  })

  it('takes five headers, shows them, and writes them into the MIME', async () => {
    const internetMessageHeaders = Array.from({ length: 5 }, (_, index) => ({ name: `X-H${index}`, value: String(index) }))
    const id = idOf(await rig.call('POST', '/messages', { internetMessageHeaders }))
    const { body } = await rig.call('GET', `/messages/${id}?$select=internetMessageHeaders`)
    expect(body['internetMessageHeaders']).toHaveLength(5)
  })

  it.each([
    [{ nonsense: 1 }, 'RequestBodyRead'],
    [{ subject: 1 }, 'RequestBodyRead'],
    [{ importance: 'urgent' }, 'RequestBodyRead'],
    [{ toRecipients: [{ address: 'a@b' }] }, 'RequestBodyRead'],
    [{ toRecipients: [{ emailAddress: {} }] }, 'ErrorInvalidRecipients'],
    [{ singleValueExtendedProperties: [{ id: 'Integer 0x0E0', value: '1', more: 1 }] }, 'RequestBodyRead'],
    [{ singleValueExtendedProperties: [{ id: 'Number 0x0E07', value: '1' }] }, 'ErrorInvalidExtendedProperty'],
    [{ singleValueExtendedProperties: [{ id: 'String 0x0E06', value: 'x' }] }, 'ErrorInvalidExtendedProperty'],
    [{ singleValueExtendedProperties: [{ id: 'StringArray 0x3613', value: 'x' }] }, 'ErrorInvalidExtendedProperty'],
    [{ singleValueExtendedProperties: [{ id: 'Integer 0x0E07', value: 'one' }] }, 'ErrorInvalidExtendedPropertyValue'],
    [{ categories: [''] }, 'ErrorInvalidArgument'],
  ])('refuses %j', async (body, code) => {
    expect(refusalOf(await rig.call('POST', '/messages', body))).toEqual([400, code])
    expect(valuesOf(await rig.call('GET', '/messages'))).toEqual([])
  })

  it('keeps named and multi-valued properties and gives them back by id', async () => {
    const set = '{00020329-0000-0000-C000-000000000046}'
    const id = idOf(
      await rig.call('POST', '/messages', {
        singleValueExtendedProperties: [{ id: `String ${set} Name SourceKey`, value: 'abc' }],
        multiValueExtendedProperties: [{ id: `StringArray ${set} Name Palette`, value: ['Green', 'Aqua'] }],
      }),
    )
    const expand =
      `$expand=singleValueExtendedProperties($filter=id eq 'String ${set} Name SourceKey' or id eq 'Integer 0xe07'),` +
      `multiValueExtendedProperties($filter=id eq 'StringArray ${set} Name Palette')`
    const { body } = await rig.call('GET', `/messages/${id}?${expand}&$select=subject`)
    expect(body).toMatchObject({
      singleValueExtendedProperties: [
        { id: `String ${set.toLowerCase()} Name SourceKey`, value: 'abc' },
        { id: 'Integer 0xe07', value: '9' },
      ],
      multiValueExtendedProperties: [{ value: ['Green', 'Aqua'] }],
    })
    expect(refusalOf(await rig.call('GET', `/messages/${id}?$expand=singleValueExtendedProperties`))[0]).toBe(400)
  })

  it('is refused when it is larger than the mailbox takes', async () => {
    rig.mailbox.changeSettings({ maxReceiveSizeBytes: 10_000 })
    const body = { contentType: 'text', content: 'a'.repeat(20_000) }
    expect(refusalOf(await rig.call('POST', '/messages', { body }))).toEqual([413, 'ErrorMessageSizeExceeded'])
  })
})

describe('a message of MIME (exchange.md 3.2)', () => {
  const text = mime('From: A <a@x.org>', 'To: b@x.org', 'Subject: mime', 'Date: Mon, 1 Apr 2019 10:00:00 +0000', '', 'hello')

  it('is always a draft in Drafts, sent at its Date and received now', async () => {
    const { status, body } = await rig.call('POST', '/messages', text, { headers: plain })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      subject: 'mime',
      isDraft: true,
      parentFolderId: rig.folderId('drafts'),
      sentDateTime: '2019-04-01T10:00:00Z',
      receivedDateTime: '2026-11-21T09:00:00Z',
      from: { emailAddress: { name: 'A', address: 'a@x.org' } },
    })
  })

  it('is refused by a folder: UnableToDeserializePostBody', async () => {
    expect(refusalOf(await rig.call('POST', '/mailFolders/inbox/messages', text, { headers: plain }))).toEqual([
      400,
      'UnableToDeserializePostBody',
    ])
  })

  it.each(['%%%', 'abcde', ''])('is refused in bad base64: %s', async (body) => {
    expect(refusalOf(await rig.call('POST', '/messages', body, { headers: plain }))).toEqual([
      400,
      'ErrorMimeContentInvalidBase64String',
    ])
  })

  it('is refused beyond 4 MB of request', async () => {
    const large = 'A'.repeat(4 * 1024 * 1024 + 4)
    expect((await rig.call('POST', '/messages', large, { headers: plain })).status).toBe(413)
  })

  it('comes back by $value, and PUT puts other MIME in its place while it is a draft', async () => {
    const id = idOf(await rig.call('POST', '/messages', text, { headers: plain }))
    const value = await rig.call('GET', `/messages/${id}/$value`)
    expect(value.headers.get('content-type')).toBe('text/plain')
    expect(Buffer.from(value.bytes).toString()).toMatch(/^Subject: mime\r$/m)
    const other = mime('Subject: other', '', 'x')
    const put = await rig.call('PUT', `/messages/${id}/$value`, other, { headers: plain })
    expect([put.status, put.body['id'], put.body['subject']]).toEqual([200, id, 'other'])
    const { id: received } = await rig.received('no draft', '2020-01-01T00:00:00Z')
    expect((await rig.call('PUT', `/messages/${received}/$value`, other, { headers: plain })).status).toBe(400)
  })
})

describe('flags and categories (exchange.md 3.4)', () => {
  const flagged = async (flag: object) => {
    const { id } = await rig.received('x', '2020-01-01T00:00:00Z')
    return rig.call('PATCH', `/messages/${id}`, { flag })
  }

  it('a due date needs a start', async () => {
    const dueDateTime = { dateTime: '2026-12-01T00:00:00', timeZone: 'UTC' }
    expect((await flagged({ flagStatus: 'flagged', dueDateTime })).status).toBe(400)
    const startDateTime = { dateTime: '2026-11-30T00:00:00', timeZone: 'W. Europe Standard Time' }
    expect((await flagged({ flagStatus: 'flagged', startDateTime, dueDateTime })).body['flag']).toEqual({
      flagStatus: 'flagged',
      startDateTime: { dateTime: '2026-11-29T23:00:00.0000000', timeZone: 'UTC' },
      dueDateTime: { dateTime: '2026-12-01T00:00:00.0000000', timeZone: 'UTC' },
    })
    expect(refusalOf(await flagged({ flagStatus: 'flagged', startDateTime: { dateTime: 'x', timeZone: 'UTC' } }))[0]).toBe(
      400,
    )
    expect(
      refusalOf(
        await flagged({ flagStatus: 'flagged', startDateTime: { dateTime: '2026-11-30T00:00:00', timeZone: 'Mars' } }),
      )[0],
    ).toBe(400)
  })

  it('complete has its date, notFlagged leaves nothing behind', async () => {
    expect((await flagged({ flagStatus: 'complete' })).body['flag']).toEqual({
      flagStatus: 'complete',
      completedDateTime: { dateTime: '2026-11-21T09:00:00.0000000', timeZone: 'UTC' },
    })
    const { id } = await rig.received('x', '2020-01-01T00:00:00Z', {
      flag: { flagStatus: 'flagged' },
      categories: ['Blue', 'Blue'],
    })
    const { body } = await rig.call('PATCH', `/messages/${id}`, {
      flag: { flagStatus: 'notFlagged' },
      inferenceClassification: 'Other',
    })
    expect(body).toMatchObject({
      flag: { flagStatus: 'notFlagged' },
      categories: ['Blue'],
      inferenceClassification: 'other',
    })
    const itemId = fromItemId(rig.mailbox.row.guid, id)?.itemId ?? 0
    expect(rig.mailbox.items.head(itemId).properties.has(known.flagRequest)).toBe(false)
  })
})

describe('bodies', () => {
  it('are given in the form that Prefer names', async () => {
    const id = idOf(
      await rig.call('POST', '/messages', { body: { contentType: 'HTML', content: '<p>One</p><p>Two &amp; three</p>' } }),
    )
    const html = await rig.call('GET', `/messages/${id}`)
    expect(html.body['body']).toEqual({
      contentType: 'html',
      content:
        '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body><p>One</p><p>Two &amp; three</p></body></html>',
    })
    expect(html.body['bodyPreview']).toBe('One\r\nTwo & three')
    const text = await rig.call('GET', `/messages/${id}?$select=body,uniqueBody`, undefined, {
      headers: { Prefer: 'outlook.body-content-type="text"' },
    })
    expect(text.headers.get('preference-applied')).toBe('outlook.body-content-type="text"')
    expect(text.body).toMatchObject({
      body: { contentType: 'text', content: 'One\r\nTwo & three' },
      uniqueBody: { contentType: 'text' },
    })
  })
})
