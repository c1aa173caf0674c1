import { beforeEach, describe, expect, it } from 'vitest'
import { idOf, linkOf, MailRig, refusalOf, valuesOf } from './mail-rig.ts'

let rig: MailRig
let message: string

beforeEach(async () => {
  rig = new MailRig()
  message = (await rig.received('with files', '2020-01-01T00:00:00Z')).id
})

const file = (name: string, content: string, more: object = {}) => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name,
  contentBytes: Buffer.from(content).toString('base64'),
  ...more,
})
const megabyte = 1024 * 1024

describe('attachments (exchange.md 3.2)', () => {
  it('are added, listed, read, selected and deleted', async () => {
    const made = await rig.call(
      'POST',
      `/messages/${message}/attachments`,
      file('a.txt', 'hello', { contentType: 'text/plain' }),
    )
    expect([made.status, made.body]).toMatchObject([
      201,
      { name: 'a.txt', contentType: 'text/plain', isInline: false, contentBytes: 'aGVsbG8=' },
    ])
    await rig.call('POST', `/messages/${message}/attachments`, file('b.bin', 'x'))
    const list = await rig.call('GET', `/messages/${message}/attachments?$select=name&$top=1&$count=true`)
    expect(list.body['@odata.count']).toBe(2)
    expect(valuesOf(list)).toEqual([
      {
        '@odata.type': '#microsoft.graph.fileAttachment',
        '@odata.mediaContentType': 'text/plain',
        id: idOf(made),
        name: 'a.txt',
      },
    ])
    expect(valuesOf(await rig.follow(linkOf(list, 'nextLink'))).map(({ name }) => name)).toEqual(['b.bin'])
    const value = await rig.call('GET', `/messages/${message}/attachments/${idOf(made)}/$value`)
    expect([value.headers.get('content-type'), Buffer.from(value.bytes).toString()]).toEqual(['text/plain', 'hello'])
    expect((await rig.call('GET', `/messages/${message}`)).body['hasAttachments']).toBe(true)
    const expanded = await rig.call('GET', `/messages/${message}?$expand=attachments&$select=subject`)
    expect(expanded.body['attachments']).toHaveLength(2)
    expect((await rig.call('DELETE', `/messages/${message}/attachments/${idOf(made)}`)).status).toBe(204)
    expect((await rig.call('GET', `/messages/${message}/attachments/${idOf(made)}`)).status).toBe(404)
  })

  it('that are shown in the body are not what hasAttachments means', async () => {
    const inline = file('logo.png', 'x', { isInline: true, contentId: 'logo' })
    const made = await rig.call('POST', '/messages', { subject: 'x', attachments: [inline] })
    expect(made.body['hasAttachments']).toBe(false)
    const [first] = valuesOf(await rig.call('GET', `/messages/${idOf(made)}/attachments`))
    expect(first).toMatchObject({ isInline: true, contentId: 'logo' })
  })

  it('may be items, whose item comes with $expand and as MIME', async () => {
    const item = {
      '@odata.type': '#microsoft.graph.message',
      subject: 'inner',
      body: { contentType: 'text', content: 'deep' },
    }
    const made = await rig.call('POST', `/messages/${message}/attachments`, {
      '@odata.type': '#microsoft.graph.itemAttachment',
      name: 'inner',
      item,
    })
    expect([made.status, made.body]).toMatchObject([
      201,
      { '@odata.type': '#microsoft.graph.itemAttachment', contentType: null },
    ])
    const path = `/messages/${message}/attachments/${idOf(made)}`
    const { body } = await rig.call('GET', `${path}?$expand=microsoft.graph.itemAttachment/item`)
    expect(body['item']).toMatchObject({
      '@odata.type': '#microsoft.graph.message',
      id: '',
      subject: 'inner',
      body: { content: 'deep' },
    })
    expect(Buffer.from((await rig.call('GET', `${path}/$value`)).bytes).toString()).toMatch(/^Subject: inner\r$/m)
    const reference = await rig.call('POST', `/messages/${message}/attachments`, {
      '@odata.type': '#microsoft.graph.referenceAttachment',
      name: 'link',
    })
    expect(reference.body['@odata.type']).toBe('#microsoft.graph.referenceAttachment')
  })

  it.each([
    [{ name: 'x', contentBytes: 'eA==' }, 'RequestBodyRead'],
    [{ '@odata.type': '#microsoft.graph.fileAttachment', name: 'x' }, 'ErrorRequiredPropertyMissing'],
    [{ '@odata.type': '#microsoft.graph.fileAttachment', contentBytes: 'eA==' }, 'ErrorInvalidArgument'],
    [{ '@odata.type': '#microsoft.graph.fileAttachment', name: 'x', contentBytes: '%%' }, 'RequestBodyRead'],
    [{ '@odata.type': '#microsoft.graph.itemAttachment', name: 'x', item: { subject: 'y' } }, 'RequestBodyRead'],
    [{ '@odata.type': '#microsoft.graph.nonsense', name: 'x' }, 'RequestBodyRead'],
  ])('are refused: %j', async (body, code) => {
    expect(refusalOf(await rig.call('POST', `/messages/${message}/attachments`, body))).toEqual([400, code])
  })

  it('beyond 3 MB do not fit into a request', async () => {
    expect(
      (await rig.call('POST', `/messages/${message}/attachments`, file('x', 'x'.repeat(3 * megabyte + 1)))).status,
    ).toBe(413)
  })
})

describe('upload sessions (exchange.md 3.2)', () => {
  const open = (size: number, more: object = {}) =>
    rig.call('POST', `/messages/${message}/attachments/createUploadSession`, {
      AttachmentItem: { attachmentType: 'file', name: 'big.bin', size, ...more },
    })
  const put = (url: string, range: string, bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
    rig.upload.fetch(
      new Request(url, {
        method: 'PUT',
        body: Uint8Array.from(bytes),
        headers: { 'Content-Type': 'application/octet-stream', 'Content-Range': range, ...headers },
      }),
    )
  const size = 5 * megabyte
  const bytes = Buffer.alloc(size, 'abcdefg')
  const opened = async () => String((await open(size)).body['uploadUrl'])

  it('take the pieces of a file in order and end with its Location', async () => {
    const session = await open(size, { contentType: 'text/plain', isInline: false })
    expect([session.status, session.body]).toMatchObject([
      201,
      { nextExpectedRanges: ['0-'], expirationDateTime: expect.stringMatching(/Z$/) },
    ])
    const url = String(session.body['uploadUrl'])
    expect(url).toMatch(
      /^https:\/\/outlook\.test\/api\/v2\.0\/Users\('[^']+@[^']+'\)\/Messages\('[^']+'\)\/AttachmentSessions\('[^']+'\)\?authtoken=/,
    )
    const first = await put(url, `bytes 0-${4 * megabyte - 1}/${size}`, bytes.subarray(0, 4 * megabyte))
    expect([first.status, await first.json()]).toMatchObject([200, { nextExpectedRanges: [String(4 * megabyte)] }])
    const status = await rig.upload.fetch(new Request(url))
    expect(await status.json()).toMatchObject({ nextExpectedRanges: [String(4 * megabyte)] })
    const last = await put(url, `bytes ${4 * megabyte}-${size - 1}/${size}`, bytes.subarray(4 * megabyte))
    expect(last.status).toBe(201)
    const id = /Attachments\('([^']+)'\)$/.exec(last.headers.get('location') ?? '')?.[1] ?? ''
    const value = await rig.call('GET', `/messages/${message}/attachments/${id}/$value`)
    expect(Buffer.from(value.bytes).equals(bytes)).toBe(true)
    expect((await put(url, `bytes 0-1/${size}`, bytes.subarray(0, 2))).status).toBe(404)
  })

  it.each([
    ['', 400],
    ['bytes 0-9/10', 400],
    [`bytes 0-10/${size}`, 400],
    [`bytes 5-14/${size}`, 416],
    [`bytes 0-9/*`, 400],
    [`bytes 0-9/${size}`, 200],
  ])('hold to Content-Range: "%s" %i', async (range, status) => {
    expect((await put(await opened(), range, bytes.subarray(0, 10))).status).toBe(status)
  })

  it('refuse an Authorization header, another token, and one that has expired', async () => {
    const url = await opened()
    const range = `bytes 0-9/${size}`
    expect((await put(url, range, bytes.subarray(0, 10), { Authorization: 'Bearer x' })).status).toBe(401)
    expect((await put(`${url}x`, range, bytes.subarray(0, 10))).status).toBe(401)
    expect((await put(url, `bytes 0-${4 * megabyte}/${size}`, bytes.subarray(0, 4 * megabyte + 1))).status).toBe(413)
    rig.graph.clock.advance(24 * 3600 * 1000)
    expect((await put(url, range, bytes.subarray(0, 10))).status).toBe(401)
  })

  it('are for files of 3 to 150 MB that the mailbox takes', async () => {
    expect(refusalOf(await open(3 * megabyte - 1))).toEqual([400, 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize'])
    expect((await open(150 * megabyte + 1)).status).toBe(413)
    expect((await open(150 * megabyte)).status).toBe(201)
    expect((await open(size, { attachmentType: 'item' })).status).toBe(400)
    rig.mailbox.changeSettings({ maxReceiveSizeBytes: 4 * megabyte })
    const url = await opened()
    await put(url, `bytes 0-${4 * megabyte - 1}/${size}`, bytes.subarray(0, 4 * megabyte))
    const last = await put(url, `bytes ${4 * megabyte}-${size - 1}/${size}`, bytes.subarray(4 * megabyte))
    expect([last.status, ((await last.json()) as { error: { code: string } }).error.code]).toEqual([
      413,
      'ErrorMessageSizeExceeded',
    ])
    expect(valuesOf(await rig.call('GET', `/messages/${message}/attachments`))).toEqual([])
  })
})
