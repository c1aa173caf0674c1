import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import { type Answer, idOf, refusalOf, StandingSandbox, valuesOf } from './standing-sandbox.ts'

let run: StandingSandbox

beforeAll(async () => {
  run = await StandingSandbox.start(3, 40)
})

afterEach(() => run.sandbox.profiles.use('none'))

afterAll(async () => {
  await run.sandbox.close()
  expect(run.defects).toEqual([])
})

const fieldFacts = path.resolve(import.meta.dirname, '../../../../shared/field/exchange.md')
/** Of the list, what only a face for Exchange Web Services could show; there is none yet. */
const ofWebServices = ['403 X-EWS-Policy-Reason', 'ErrorServerBusy + BackOffMilliseconds']
const tested = new Set<string>()

/** A behaviour by its words in the last paragraph of exchange.md section 9, and the section that it comes from. */
function behaviour(words: string, source: string, test: () => Promise<void>): void {
  tested.add(words)
  it(`${words} (exchange.md 9, from ${source})`, test)
}

const mime = (headers: string) =>
  Buffer.from(`From: b@fabrikam.example\r\nTo: a@contoso.example\r\n${headers}\r\n\r\nHello\r\n`).toString('base64')

describe('the behaviours worth encoding', () => {
  behaviour('404 MailboxNotEnabledForRESTAPI / ErrorInvalidUser', '2.3 and 6.2', async () => {
    const { administrator } = run.tenant
    for (const below of ['/mailFolders/inbox', '/messages', '/contacts', '/events', '/settings/exchange']) {
      expect(refusalOf(await run.call('GET', `/users/${administrator}${below}`))).toEqual([
        404,
        'MailboxNotEnabledForRESTAPI',
      ])
    }
    expect(refusalOf(await run.call('GET', '/users/nobody@contoso.example/mailFolders/inbox'))).toEqual([
      404,
      'ErrorInvalidUser',
    ])
    expect(refusalOf(await run.call('GET', '/users/nobody@contoso.example/settings/exchange'))).toEqual([
      404,
      'Request_ResourceNotFound',
    ])
  })

  behaviour('delta default page 10', '3.1', async () => {
    const first = await run.call('GET', `${run.path()}/mailFolders/delta`)
    expect([valuesOf(first).length, '@odata.nextLink' in first.json]).toEqual([10, true])
    const more = await run.call('GET', String(first.json['@odata.nextLink']), { headers: { Prefer: 'odata.maxpagesize=3' } })
    expect(valuesOf(more)).toHaveLength(3)
    expect(valuesOf(await run.call('GET', `${run.path()}/mailFolders/inbox/messages/delta`))).toHaveLength(10)
  })

  behaviour('InefficientFilter', '3.3', async () => {
    const list = (filter: string) =>
      run.call('GET', `${run.path()}/messages?$filter=${encodeURIComponent(filter)}&$orderby=receivedDateTime desc`)
    expect(refusalOf(await list('isRead eq true'))).toEqual([400, 'InefficientFilter'])
    expect((await list('receivedDateTime ge 2000-01-01T00:00:00Z and isRead eq true')).status).toBe(200)
  })

  behaviour('cut-short 200 page', '3.3', async () => {
    run.sandbox.profiles.use('flaky', { intensity: 10 })
    const isCut = ({ status, text }: Answer) => status === 200 && text.endsWith('"value":[')
    const pages: Answer[] = []
    while (pages.length < 200 && !pages.some(isCut)) {
      const page = await run.call('GET', `${run.path()}/messages?$top=5`).catch(() => undefined)
      if (page !== undefined) pages.push(page)
    }
    expect(pages.filter(isCut)).toHaveLength(1)
  })

  behaviour('>20 export ids -> 400*', '2.3', async () => {
    const ids = valuesOf(await run.call('GET', `${run.path()}/messages?$top=21&$select=id`)).map(({ id }) => id)
    expect(ids).toHaveLength(21)
    const exportItems = (itemIds: readonly unknown[]) =>
      run.call('POST', `${run.transferPath()}/exportItems`, { body: { itemIds } })
    expect((await exportItems(ids)).status).toBe(400)
    const twenty = await exportItems(ids.slice(0, 20))
    expect([twenty.status, valuesOf(twenty).filter(({ data }) => data !== undefined).length]).toEqual([200, 20])
  })

  behaviour('import with Authorization header or changed URL -> 401*', '2.3', async () => {
    const [message] = valuesOf(await run.call('GET', `${run.path()}/messages?$top=1`))
    const body = {
      FolderId: await run.makeFolder('Imports', 1),
      Mode: 'create',
      Data: await run.exportItem(String(message?.['id'])),
    }
    const url = await run.importUrl(1)
    expect(new URL(url).host).not.toBe(new URL(run.sandbox.access.graph).host)
    expect((await run.post(url, { body, headers: { Authorization: `Bearer ${await run.token()}` } })).status).toBe(401)
    const changed = [
      url.replace(run.mailboxId(run.mailbox(1)), run.mailboxId(run.mailbox(0))),
      `${url}&x=1`,
      url.replace('gv1.0', 'gbeta'),
      url.replace(/authtoken=.*/, ''),
      url.slice(0, -4),
    ]
    for (const other of changed) expect([other, (await run.post(other, { body })).status]).toEqual([other, 401])
    expect((await run.post(url, { body })).status).toBe(200)
  })

  behaviour('create with ItemId -> 400*', '2.3', async () => {
    const [message] = valuesOf(await run.call('GET', `${run.path()}/messages?$top=1`))
    const url = await run.importUrl(1)
    const body = {
      FolderId: await run.makeFolder('Once', 1),
      Mode: 'create',
      Data: await run.exportItem(String(message?.['id'])),
    }
    const made = await run.post(url, { body })
    const { itemId: ItemId, changeKey: ChangeKey } = made.json
    expect((await run.post(url, { body: { ...body, ItemId } })).status).toBe(400)
    expect((await run.post(url, { body: { ...body, ChangeKey } })).status).toBe(400)
    const update = { ...body, Mode: 'update', ItemId, ChangeKey }
    const updated = await run.post(url, { body: update })
    expect([updated.status, updated.json['itemId'], updated.json['changeKey'] !== ChangeKey]).toEqual([200, ItemId, true])
    expect((await run.post(url, { body: update })).status).toBe(412)
  })

  behaviour('308/ErrorArchiveFolderMovedPermanently/409 chain', '2.3', async () => {
    const { store } = run.tenant
    const { userId, address } = run.mailbox().row
    const archive = store.create({ userId, address, kind: 'archive' })
    const auxiliary = store.create({ userId, address, kind: 'archive', mainId: archive.row.id })
    const settings = await run.call('GET', `/beta${run.path()}/settings/exchange`)
    expect(settings.json).toMatchObject({ inPlaceArchiveMailboxId: run.mailboxId(archive) })
    const below = (mailbox: Mailbox, rest: string) => `/beta/admin/exchange/mailboxes/${run.mailboxId(mailbox)}${rest}`
    const folderId = idOf(
      await run.call('POST', below(archive, '/folders'), { body: { displayName: 'Old', type: 'IPF.Note' } }),
    )
    const [message] = valuesOf(await run.call('GET', `${run.path()}/messages?$top=1`))
    const body = { FolderId: folderId, Mode: 'create', Data: await run.exportItem(String(message?.['id'])) }
    const url = String((await run.call('POST', below(archive, '/createImportSession'))).json['importUrl'])
    const itemId = String((await run.post(url, { body })).json['itemId'])
    const root = archive.folders.wellKnown('msgfolderroot')?.id ?? 0
    archive.folders.redirect(archive.folders.child(root, 'Old')?.id ?? 0, run.mailboxId(auxiliary))

    const moved = await run.call('GET', below(archive, `/folders/${folderId}/items`))
    expect(moved.status).toBe(308)
    expect(valuesOf(await run.call('GET', moved.headers.get('location') ?? ''))).toMatchObject([{ id: itemId }])
    const refused = await run.call('POST', below(archive, '/exportItems'), { body: { itemIds: [itemId] } })
    const [{ error } = {}] = valuesOf<{ error?: { code: string; message: string } }>(refused)
    expect([refused.status, error?.code]).toEqual([200, 'ErrorArchiveFolderMovedPermanently'])
    expect(valuesOf(await run.call('POST', error?.message ?? '', { body: { itemIds: [itemId] } }))).toMatchObject([
      { itemId, data: expect.any(String) as string },
    ])
    const elsewhere = await run.post(url, { body })
    expect([elsewhere.status, elsewhere.json]).toEqual([
      409,
      { Message: `Invalid import session. The target session is expected in mailbox ${run.mailboxId(auxiliary)}.` },
    ])
    const named = /MBX:\S+[^.\s]/.exec(String(elsewhere.json['Message']))?.[0]
    const there = String(
      (await run.call('POST', `/beta/admin/exchange/mailboxes/${named}/createImportSession`)).json['importUrl'],
    )
    expect((await run.post(there, { body })).status).toBe(200)
  })

  behaviour('MIME to folder -> UnableToDeserializePostBody', '3.2', async () => {
    const headers = { 'Content-Type': 'text/plain' }
    const answer = await run.call('POST', `${run.path()}/mailFolders/inbox/messages`, { body: mime('Subject: x'), headers })
    expect(refusalOf(answer)).toEqual([400, 'UnableToDeserializePostBody'])
    expect(refusalOf(await run.call('POST', `${run.path()}/messages`, { body: '!', headers }))).toEqual([
      400,
      'ErrorMimeContentInvalidBase64String',
    ])
  })

  behaviour('MIME always draft', '3.2', async () => {
    const date = 'Date: Tue, 02 Apr 2019 10:00:00 +0000'
    const made = await run.call('POST', `${run.path()}/messages`, {
      body: mime(`Subject: Old mail\r\n${date}\r\nX-Unsent: 0`),
      headers: { 'Content-Type': 'text/plain' },
    })
    expect([made.status, made.json]).toMatchObject([
      201,
      { isDraft: true, subject: 'Old mail', sentDateTime: '2019-04-02T10:00:00Z' },
    ])
    expect(made.json['receivedDateTime']).toBe('2026-11-21T09:00:00Z')
    const drafts = await run.call('GET', `${run.path()}/mailFolders/drafts`)
    expect(made.json['parentFolderId']).toBe(idOf(drafts))
    const moved = await run.call('POST', `${run.path()}/messages/${idOf(made)}/move`, { body: { destinationId: 'inbox' } })
    expect(moved.json).toMatchObject({ isDraft: true })
    await run.call('PATCH', `${run.path()}/messages/${idOf(moved)}`, {
      body: { singleValueExtendedProperties: [{ id: 'Integer 0x0E07', value: '1' }] },
    })
    expect((await run.call('GET', `${run.path()}/messages/${idOf(moved)}`)).json).toMatchObject({ isDraft: true })
  })

  behaviour('0x0E07 only at create', '3.2', async () => {
    const property = (id: string, value: string) => ({ id, value })
    const flags = (value: string) => [
      property('Integer 0x0E07', value),
      property('SystemTime 0x0E06', '2019-04-01T10:00:00Z'),
    ]
    const made = await run.call('POST', `${run.path()}/mailFolders/inbox/messages`, {
      body: { subject: 'Restored', receivedDateTime: '2001-01-01T00:00:00Z', singleValueExtendedProperties: flags('1') },
    })
    expect([made.status, made.json]).toMatchObject([
      201,
      { isDraft: false, isRead: true, receivedDateTime: '2019-04-01T10:00:00Z' },
    ])
    const one = `${run.path()}/messages/${idOf(made)}`
    await run.call('PATCH', one, { body: { singleValueExtendedProperties: flags('8') } })
    const expand = "$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x0E07')"
    const read = await run.call('GET', `${one}?${expand}`)
    expect(read.json).toMatchObject({ isDraft: false, isRead: true, singleValueExtendedProperties: [{ value: '1' }] })
  })

  behaviour('attendees -> "sent" counter must stay 0 in tests', '3.6', async () => {
    const { outbox } = run.tenant.store
    const before = outbox.count
    const [meeting] = valuesOf(
      await run.call('GET', `${run.path()}/events?$filter=${encodeURIComponent("subject eq 'Offer for Fabrikam'")}`),
    )
    expect(meeting?.['attendees']).toHaveLength(2)
    const calendars = await run.call('GET', `${run.transferPath(1)}/folders/calendar`)
    const body = { FolderId: idOf(calendars), Mode: 'create', Data: await run.exportItem(String(meeting?.['id'])) }
    const made = await run.post(await run.importUrl(1), { body })
    expect([made.status, outbox.count - before]).toEqual([200, 0])
    const copies = valuesOf(
      await run.call('GET', `${run.path(1)}/events?$filter=${encodeURIComponent("subject eq 'Offer for Fabrikam'")}`),
    )
    expect(copies).toHaveLength(2)
    for (const copy of copies) expect(copy['attendees']).toHaveLength(2)
    const at = (dateTime: string) => ({ dateTime, timeZone: 'UTC' })
    const attendees = [{ type: 'required', emailAddress: { address: 'b@fabrikam.example', name: 'B' } }]
    const times = { start: at('2026-12-01T10:00:00'), end: at('2026-12-01T11:00:00') }
    await run.call('POST', `${run.path()}/events`, { body: { subject: 'Alone', ...times } })
    expect(outbox.count - before).toBe(0)
    expect(
      (await run.call('POST', `${run.path()}/events`, { body: { subject: 'Together', ...times, attendees } })).status,
    ).toBe(201)
    expect(outbox.count - before).toBe(1)
    expect(outbox.latest(1)).toMatchObject([
      { reason: 'invitation', subject: 'Together', recipients: ['b@fabrikam.example'] },
    ])
  })

  /** Requests to one mailbox that stay under way until the clock goes on; resolves when so many were refused. */
  async function holdFour(): Promise<{ readonly refused: readonly Answer[]; readonly held: Promise<readonly Answer[]> }> {
    await run.token()
    run.sandbox.profiles.use('slow', { delayMsMin: 1_000, delayMsMax: 1_000 })
    const refused: Answer[] = []
    const allRefused = Promise.withResolvers<void>()
    const held = Array.from({ length: 7 }, async () => {
      const answer = await run.call('GET', `${run.path(2)}/mailFolders/inbox`)
      if (answer.status === 429 && refused.push(answer) === 3) allRefused.resolve()
      return answer
    })
    await allRefused.promise
    return { refused, held: Promise.all(held) }
  }

  behaviour('4-concurrency 429 ApplicationThrottled', '4.1', async () => {
    const { refused, held } = await holdFour()
    expect(refused.map(refusalOf)).toEqual(Array.from({ length: 3 }, () => [429, 'ApplicationThrottled']))
    expect(refused[0]?.json).toMatchObject({ error: { message: 'Application is over its MailboxConcurrency limit.' } })
    const elsewhere = run.call('GET', `${run.path(1)}/mailFolders/inbox`)
    const byId = await run.call('GET', `${run.transferPath(2)}/folders`)
    expect([byId.status, run.clock.nowMs()]).toEqual([429, Date.UTC(2026, 10, 21, 9)])
    run.sandbox.profiles.use('none')
    run.clock.advance(1_000)
    expect((await held).map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 429, 429, 429])
    run.clock.advance(1_000)
    expect((await elsewhere).status).toBe(200)
    expect((await run.call('GET', `${run.path(2)}/mailFolders/inbox`)).status).toBe(200)
  })

  behaviour('fractional Retry-After', '4.1', async () => {
    const { refused, held } = await holdFour()
    for (const { headers } of refused) expect(headers.get('retry-after')).toMatch(/^\d+\.\d{1,3}$/)
    run.clock.advance(1_000)
    await held
  })

  behaviour('$batch inner 429', '3.3', async () => {
    const { held } = await holdFour()
    const requests = ['1', '2'].map((id) => ({ id, method: 'GET', url: `${run.path(2)}/mailFolders/inbox` }))
    run.sandbox.profiles.use('none')
    const all = [...requests, { id: '3', method: 'GET', url: '/users/nobody' }]
    const batch = await run.call('POST', '/$batch', { body: { requests: all } })
    const responses = batch.json['responses'] as readonly {
      id: string
      status: number
      headers: Record<string, string>
      body: { error: { code: string } }
    }[]
    expect(batch.status).toBe(200)
    const inner = (id: string) => responses.find((one) => one.id === id)
    for (const id of ['1', '2']) {
      expect(inner(id)).toMatchObject({ status: 429, body: { error: { code: 'ApplicationThrottled' } } })
      expect(Number(inner(id)?.headers['Retry-After'])).toBeGreaterThan(0)
    }
    expect(inner('3')?.status).toBe(404)
    run.clock.advance(1_000)
    await held
  })

  behaviour('IMAP "Request is throttled"', '4.5', async () => {
    const imap = await run.imap(1)
    await imap.command('SELECT INBOX')
    run.sandbox.profiles.use('throttled', { spellShare: 1, spellMsMax: 2_000 })
    const refusal = await imap.command('UID SEARCH ALL').then(
      () => '',
      (error: unknown) => String(error),
    )
    const [, waitMs] = /BAD Request is throttled\. Suggested Backoff Time: (\d+) milliseconds$/.exec(refusal) ?? []
    expect(Number(waitMs)).toBeGreaterThan(0)
    await expect(imap.command('NOOP')).rejects.toThrow('Request is throttled')
    run.clock.advance(Number(waitMs))
    await imap.command('NOOP')
    await imap.close()
  })

  it.runIf(existsSync(fieldFacts))('are all that the source lists, but those of Exchange Web Services', () => {
    const paragraph = /^Emulator behaviours worth encoding \([^)]*\): (.*)\.$/m.exec(readFileSync(fieldFacts, 'utf8'))?.[1]
    expect(paragraph?.split('; ').filter((words) => !tested.has(words))).toEqual(ofWebServices)
  })
})
