import { beforeEach, describe, expect, it } from 'vitest'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { toFolderId } from '../../../../src/sandbox/mailbox/ids.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { rigEndpoints } from '../graph-rig.ts'
import { everything, mail, toData, TransferRig, valueOf } from './transfer-rig.ts'

let rig: TransferRig

beforeEach(() => {
  rig = new TransferRig()
})

const data = toData(mail('imported'))
const newItem = (more: object = {}) => ({
  FolderId: rig.folderId('inbox'),
  Mode: 'create',
  Data: data,
  ...more,
})
const items = () => rig.mailbox.items.list(rig.mailbox.folders.wellKnown('inbox')!.id)

describe('createImportSession (exchange.md 2.3)', () => {
  it('gives a URL of the other host and says when it expires', async () => {
    const answer = await rig.call('POST', '/createImportSession')
    expect(answer.status).toBe(200)
    const { importUrl, expirationDateTime } = answer.body as unknown as {
      importUrl: string
      expirationDateTime: string
    }
    expect(importUrl).toMatch(
      /^https:\/\/outlook\.test\/api\/gv1\.0\/Mailboxes\('MBX:[0-9a-f-]{36}@[0-9a-f-]{36}'\)\/importItem\?authtoken=eyJ[\w.-]+$/,
    )
    expect(expirationDateTime).toBe('2026-11-21T10:00:00.0000000Z')
    if (hasCsdl) expect(answerDifferences(answer.body, 'microsoft.graph.mailboxItemImportSession')).toEqual([])
    expect(await rig.importUrl({ version: 'beta' })).toContain('/api/gbeta/')
  })

  it('takes no parameters', async () => {
    expect((await rig.call('POST', '/createImportSession', { body: {} })).status).toBe(200)
    expect((await rig.call('POST', '/createImportSession', { body: { FolderId: 'x' } })).status).toBe(400)
  })
})

describe('an import URL (exchange.md 2.3, 9)', () => {
  it('takes one item a POST and many to a session, each a new one', async () => {
    const url = await rig.importUrl()
    const [first, second] = [await rig.post(url, newItem()), await rig.post(url, newItem())]
    expect(first.status).toBe(200)
    expect(Object.keys(first.body)).toEqual(['@odata.context', 'itemId', 'changeKey'])
    expect(first.body['@odata.context']).toBe(
      'https://outlook.test/api/gv1.0/$metadata#microsoft.graph.importMailboxItemResponse',
    )
    expect(first.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(second.body.itemId).not.toBe(first.body.itemId)
    expect((await rig.call('GET', `/folders/inbox/items/${first.body.itemId}`)).body).toMatchObject({
      changeKey: first.body.changeKey,
    })
    expect(items()).toHaveLength(2)
  })

  it('expires by the clock, after as long as is set', async () => {
    const url = await rig.importUrl()
    rig.graph.clock.advance(3_599_000)
    expect((await rig.post(url, newItem())).status).toBe(200)
    rig.graph.clock.advance(1_000)
    const late = await rig.post(url, newItem())
    expect([late.status, late.body.error.code]).toEqual([401, 'InvalidImportSession'])
    rig = new TransferRig({ settings: { importSessionMs: 5_000 } })
    const short = await rig.importUrl()
    rig.graph.clock.advance(5_000)
    expect((await rig.post(short, newItem())).status).toBe(401)
  })

  it('refuses an Authorization header, also a good one', async () => {
    const url = await rig.importUrl()
    const refused = await rig.post(url, newItem(), {
      Authorization: `Bearer ${rig.graph.token(everything)}`,
    })
    expect([refused.status, refused.body.error.code]).toEqual([401, 'InvalidImportSession'])
    expect(items()).toEqual([])
  })

  it('refuses a URL that was changed', async () => {
    const url = await rig.importUrl()
    const other = rig.idOf(rig.addMailbox({ userId: rig.graph.addUser('bert').id }))
    const token = url.split('authtoken=')[1]!
    const [head, claims, signature] = token.split('.') as [string, string, string]
    const forged = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), exp: 4e9 }),
    ).toString('base64url')
    const changed = [
      url.replace(rig.mailboxId, other),
      url.replace('/gv1.0/', '/gbeta/'),
      `${url}&x=1`,
      url.replace(token, `${head}.${forged}.${signature}`),
      url.replace(token, rig.graph.token(everything)),
      url.replace(token, 'x'),
      url.split('?')[0]!,
    ]
    // Also when the URL itself was found good just before.
    expect((await rig.post(url, newItem())).status).toBe(200)
    for (const one of changed) expect([one, (await rig.post(one, newItem())).status]).toEqual([one, 401])
    expect((await rig.post(url.replace('importItem', 'exportItem'), newItem())).status).toBe(404)
    // An import token is no access token either.
    const graph = await rig.graph.app.fetch(
      new Request(`${rigEndpoints.graph}/v1.0/users`, {
        headers: { Authorization: `Bearer ${token}` },
      }),
    )
    expect(graph.status).toBe(401)
  })

  it('wants JSON, said in the header', async () => {
    const url = await rig.importUrl()
    expect((await rig.post(url, newItem(), { 'Content-Type': 'text/plain' })).status).toBe(415)
    expect((await rig.post(url, newItem(), { 'Content-Type': 'application/json; charset=utf-8' })).status).toBe(200)
    expect((await rig.post(url, 'FolderId=x')).status).toBe(400)
  })

  it.each([
    ['base64', 'no base64', 'ErrorCorruptData'],
    ['a FastTransfer stream', Buffer.from('some text').toString('base64'), 'ErrorCorruptData'],
    ['a whole stream', data.slice(0, -40), 'ErrorCorruptData'],
  ])('refuses data that are not %s', async (_, bad, code) => {
    const refused = await rig.post(await rig.importUrl(), newItem({ Data: bad }))
    expect([refused.status, refused.body.error.code]).toEqual([400, code])
    expect(items()).toEqual([])
    expect(rig.defects).toEqual([])
  })

  it('finds the folder by the id that other parts of Graph give it, and by nothing else', async () => {
    const url = await rig.importUrl()
    for (const [FolderId, status, code] of [
      ['inbox', 400, 'ErrorInvalidIdMalformed'],
      [toFolderId(rig.mailbox.row.guid, 999_999), 404, 'ErrorItemNotFound'],
      [rig.folderId('inbox', rig.addMailbox({ userId: 'someone' })), 400, 'ErrorInvalidIdMalformed'],
    ] as const) {
      const refused = await rig.post(url, newItem({ FolderId }))
      expect([refused.status, refused.body.error.code]).toEqual([status, code])
    }
    const { folders } = rig.mailbox
    const search = folders.create(folders.wellKnown('searchfolders')!.id, {
      name: 'All',
      folderClass: 'IPF.Note',
      isSearch: true,
    })
    expect((await rig.post(url, newItem({ FolderId: toFolderId(rig.mailbox.row.guid, search.id) }))).status).toBe(400)
  })

  it('keeps to the limits of the mailbox', async () => {
    const url = await rig.importUrl()
    rig.mailbox.changeSettings({ maxReceiveSizeBytes: 100 })
    const large = await rig.post(url, newItem())
    expect([large.status, large.body.error.code]).toEqual([413, 'ErrorMessageSizeExceeded'])
    rig.mailbox.changeSettings({ maxReceiveSizeBytes: 100_000, quotaBytes: 100 })
    const full = await rig.post(url, newItem())
    expect([full.status, full.body.error.code]).toEqual([507, 'ErrorQuotaExceeded'])
    expect(items()).toEqual([])
  })

  it.each([true, false])('reads no more of a body than it takes (declared: %s)', async (isDeclared) => {
    rig = new TransferRig({ settings: { importBodyBytesMax: 1000 } })
    const body = JSON.stringify(newItem({ Data: 'A'.repeat(2000) }))
    const refused = await rig.post(
      await rig.importUrl(),
      body,
      isDeclared ? { 'Content-Length': String(body.length) } : {},
    )
    expect([refused.status, refused.body.error.code]).toEqual([413, 'ErrorMessageSizeExceeded'])
  })

  it('replaces an item that has not changed since, and keeps its id', async () => {
    const url = await rig.importUrl()
    const { body: first } = await rig.post(url, newItem())
    const update = (changeKey: string, more: object = {}) =>
      rig.post(
        url,
        newItem({
          Mode: 'update',
          ItemId: first.itemId,
          ChangeKey: changeKey,
          Data: toData(mail('changed')),
          ...more,
        }),
      )
    const updated = await update(first.changeKey)
    expect([updated.status, updated.body.itemId]).toEqual([200, first.itemId])
    expect(updated.body.changeKey).not.toBe(first.changeKey)
    expect(items().map(({ subject }) => subject)).toEqual(['changed'])
    const stale = await update(first.changeKey)
    expect([stale.status, stale.body.error.code]).toEqual([412, 'ErrorIrresolvableConflict'])
    const elsewhere = await update(updated.body.changeKey, { FolderId: rig.folderId('drafts') })
    expect([elsewhere.status, elsewhere.body.error.code]).toEqual([404, 'ErrorItemNotFound'])
    expect((await update(updated.body.changeKey, { ItemId: 'x' })).status).toBe(400)
    const corrupt = await update(updated.body.changeKey, { Data: data.slice(0, -40) })
    expect(corrupt.status).toBe(400)
    expect(items()).toMatchObject([{ subject: 'changed', change: rig.mailbox.change }])
  })

  it('sends nothing, whatever it is given', async () => {
    for (const messageClass of ['IPM.Schedule.Meeting.Request', 'IPM.Appointment', 'IPM.Note']) {
      const { status } = await rig.create(
        mail('x', (bag) => bag.set(known.messageClass, messageClass).set(known.readReceiptRequested, true)),
        'calendar',
      )
      expect(status).toBe(200)
    }
    expect(rig.store.outbox.count).toBe(0)
  })

  it('may be refused from outside, once or for good', async () => {
    const refusal = () => Response.json({ error: { code: 'InvalidImportSession', message: 'x' } }, { status: 401 })
    let faults = 1
    rig = new TransferRig({
      around: async (request, next) => {
        expect(request).toMatchObject({
          tenant: { id: rig.graph.tenant.id },
          session: { mailboxId: rig.mailboxId },
        })
        if (faults-- !== 1) return next()
        request.voidSession()
        return refusal()
      },
    })
    const url = await rig.importUrl()
    expect((await rig.post(url, newItem())).status).toBe(401)
    expect((await rig.post(url, newItem())).status).toBe(401)
    expect((await rig.post(await rig.importUrl(), newItem())).status).toBe(200)
    expect(items()).toHaveLength(1)
  })
})

describe('archives (exchange.md 2.1, 2.3)', () => {
  /** A folder of the main archive whose contents an auxiliary one holds by now, with an item. */
  async function expand() {
    const archive = rig.addMailbox({ userId: rig.user.id, kind: 'archive' })
    const auxiliary = rig.addMailbox({
      userId: rig.user.id,
      kind: 'archive',
      mainId: archive.row.id,
    })
    const [mainId, auxiliaryId] = [rig.idOf(archive), rig.idOf(auxiliary)]
    const made = await rig.call('POST', '/folders', {
      version: 'beta',
      mailboxId: mainId,
      body: { displayName: 'Old', type: 'IPF.Note' },
    })
    const folderId = String(made.body['id'])
    const url = await rig.importUrl({ version: 'beta', mailboxId: mainId })
    const { body } = await rig.post(url, newItem({ FolderId: folderId }))
    const { folders } = archive
    const move = () => folders.redirect(folders.child(folders.wellKnown('msgfolderroot')!.id, 'Old')!.id, auxiliaryId)
    return { mainId, auxiliaryId, folderId, itemId: body.itemId, url, move }
  }

  const beta = (method: string, path: string, mailboxId: string, body?: unknown) =>
    rig.call(method, path, { version: 'beta', mailboxId, ...(body === undefined ? {} : { body }) })

  it('are served by beta, and by v1.0 where that is set', async () => {
    const mailboxId = rig.idOf(rig.addMailbox({ userId: rig.user.id, kind: 'archive' }))
    expect((await rig.call('GET', '/folders', { mailboxId })).status).toBe(404)
    expect((await beta('GET', '/folders', mailboxId)).status).toBe(200)
    rig = new TransferRig({ settings: { archiveVersions: ['v1.0', 'beta'] } })
    const other = rig.idOf(rig.addMailbox({ userId: rig.user.id, kind: 'archive' }))
    expect((await rig.call('GET', '/folders', { mailboxId: other })).status).toBe(200)
  })

  it('lead by 308 from a folder and its items to the auxiliary archive, which has them under the same ids', async () => {
    const { mainId, auxiliaryId, folderId, itemId, move } = await expand()
    expect((await beta('GET', `/folders/${folderId}/items/${itemId}`, mainId)).status).toBe(200)
    expect((await beta('GET', `/folders/${folderId}`, auxiliaryId)).status).not.toBe(200)
    move()
    for (const path of ['', '/items', `/items/${itemId}?$select=type`, '/items/delta', '/childFolders']) {
      const redirect = await beta('GET', `/folders/${folderId}${path}`, mainId)
      expect([redirect.status, redirect.bytes.byteLength]).toEqual([308, 0])
      const location = redirect.headers.get('location')!
      expect(new URL(location).pathname).toBe(
        `/beta/admin/exchange/mailboxes/${auxiliaryId}/folders/${folderId}${path.split('?')[0]}`,
      )
      expect((await rig.follow(location)).status).toBe(200)
    }
    expect((await beta('GET', `/folders/${folderId}/items/${itemId}`, auxiliaryId)).body).toMatchObject({ id: itemId })
    expect(valueOf(await beta('GET', '/folders', auxiliaryId)).map(({ displayName }) => displayName)).toContain('Old')
    expect(valueOf(await beta('GET', '/folders', mainId)).map(({ displayName }) => displayName)).toContain('Old')
  })

  it('name the right exportItems in the error of the item', async () => {
    const { mainId, auxiliaryId, itemId, move } = await expand()
    move()
    const answer = await beta('POST', '/exportItems', mainId, { itemIds: [itemId] })
    expect(answer.status).toBe(200)
    const location = `${rigEndpoints.graph}/beta/admin/exchange/mailboxes/${auxiliaryId}/exportItems`
    expect(valueOf(answer)).toEqual([
      { itemId, error: { code: 'ErrorArchiveFolderMovedPermanently', message: location } },
    ])
    const there = await beta('POST', '/exportItems', auxiliaryId, { itemIds: [itemId] })
    expect(valueOf(there)).toMatchObject([{ itemId, data: expect.stringMatching(/^AQAAAAgAAAA/) }])
  })

  it('refuse an import by 409, naming the mailbox to make a session in', async () => {
    const { auxiliaryId, folderId, url, move } = await expand()
    move()
    const refused = await rig.post(url, newItem({ FolderId: folderId }))
    expect(refused.status).toBe(409)
    expect(refused.body).toEqual({
      Message: `Invalid import session. The target session is expected in mailbox ${auxiliaryId}.`,
    })
    const there = await rig.importUrl({ version: 'beta', mailboxId: auxiliaryId })
    const imported = await rig.post(there, newItem({ FolderId: folderId }))
    expect(imported.status).toBe(200)
    expect(valueOf(await beta('GET', `/folders/${folderId}/items`, auxiliaryId))).toHaveLength(2)
  })
})

describe('the national clouds (exchange.md 2.1)', () => {
  it('have no such API', async () => {
    Object.assign(rig.graph.tenant, { cloud: 'china' })
    expect((await rig.call('GET', '/folders')).status).toBe(400)
    expect((await rig.graph.call('GET', `/v1.0/users/${rig.user.id}/settings/exchange`, everything)).status).toBe(400)
  })
})
