import { beforeEach, describe, expect, it } from 'vitest'
import { mailboxFolder } from '../../../../src/sandbox/faces/transfer/folder-json.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { answerDifferences, hasCsdl, structureDifferences } from '../csdl.ts'
import { codeOf, mail, TransferRig, valueOf } from './transfer-rig.ts'

let rig: TransferRig

beforeEach(() => {
  rig = new TransferRig()
})

interface FolderAnswer {
  readonly id: string
  readonly displayName: string
  readonly wellKnownName: string | null
  readonly type: string
  readonly singleValueExtendedProperties?: readonly {
    readonly id: string
    readonly value: string
  }[]
}

const create = (displayName: string, more: object = {}, below = '/folders') =>
  rig.call('POST', below, { body: { displayName, type: 'IPF.Note', ...more } })

async function extended(path: string, ...ids: readonly string[]) {
  const filter = ids.map((id) => `id eq '${id}'`).join(' or ')
  const { body } = await rig.call('GET', `${path}?$expand=singleValueExtendedProperties($filter=${filter})`)
  return Object.fromEntries(
    ((body as unknown as FolderAnswer).singleValueExtendedProperties ?? []).map(({ id, value }) => [id, value]),
  )
}

/** Documented since August 2026 and not yet in the CSDL. */
const notInCsdl = ['microsoft.graph.mailboxFolder.wellKnownName', 'microsoft.graph.mailboxFolder.parentMailboxUrl']

describe('folders (exchange.md 2.3)', () => {
  it('at the top are listed in pages of ten, calendars and search folders among them', async () => {
    const { folders } = rig.mailbox
    folders.create(folders.wellKnown('searchfolders')!.id, {
      name: 'Unread Mail',
      folderClass: 'IPF.Note',
      isSearch: true,
    })
    const first = await rig.call('GET', '/folders?$count=true')
    expect(first.status).toBe(200)
    expect(valueOf(first)).toHaveLength(10)
    const second = await rig.follow(first.body['@odata.nextLink'] as string)
    const all = [...valueOf<FolderAnswer>(first), ...valueOf<FolderAnswer>(second)]
    expect(first.body['@odata.count']).toBe(all.length)
    expect(second.body).not.toHaveProperty('@odata.nextLink')
    expect(all.map(({ displayName }) => displayName)).toEqual(
      expect.arrayContaining(['Inbox', 'Calendar', 'Contacts', 'Notes', 'Journal', 'Unread Mail']),
    )
    expect(all.map(({ displayName }) => displayName)).not.toContain('Conflicts')
    const inbox = all.find(({ wellKnownName }) => wellKnownName === 'inbox')
    expect(inbox).toEqual({
      '@odata.type': '#microsoft.graph.mailboxFolder',
      id: rig.folderId('inbox'),
      displayName: 'Inbox',
      parentFolderId: rig.folderId('msgfolderroot'),
      parentMailboxUrl: `https://graph.test/v1.0/admin/exchange/mailboxes/${rig.mailboxId}`,
      childFolderCount: 0,
      totalItemCount: 0,
      wellKnownName: 'inbox',
      type: 'IPF.Note',
    })
    const search = all.find(({ displayName }) => displayName === 'Unread Mail')!
    expect(await extended(`/folders/${search.id}`, 'Integer 0x3601')).toEqual({
      'Integer 0x3601': '2',
    })
    expect(await extended('/folders/inbox', 'Integer 0x3601')).toEqual({ 'Integer 0x3601': '1' })
  })

  it.runIf(hasCsdl)('are what the CSDL says, and two properties more', async () => {
    const known = notInCsdl.map((name) => `${name} is not in the CSDL`)
    expect(structureDifferences(mailboxFolder).toSorted()).toEqual(known.toSorted())
    const answer = await rig.call('GET', '/folders/inbox')
    const differences = answerDifferences(answer.body, 'microsoft.graph.mailboxFolder')
    expect(differences.toSorted()).toEqual(
      notInCsdl.map((name) => `${name} is not in microsoft.graph.mailboxFolder`).toSorted(),
    )
  })

  it('are filtered, sorted, counted and selected', async () => {
    const found = await rig.call('GET', "/folders?$filter=type eq 'IPF.Appointment'&$select=displayName,type&$top=5")
    expect(valueOf(found)).toEqual([
      {
        '@odata.type': '#microsoft.graph.mailboxFolder',
        id: rig.folderId('calendar'),
        displayName: 'Calendar',
        type: 'IPF.Appointment',
      },
    ])
    const byProperty = "singleValueExtendedProperties/any(ep: ep/id eq 'String 0x3613' and ep/value eq 'IPF.Task')"
    expect(
      valueOf<FolderAnswer>(await rig.call('GET', `/folders?$filter=${byProperty}`)).map(
        ({ displayName }) => displayName,
      ),
    ).toEqual(['Tasks'])
    const sorted = await rig.call('GET', '/folders?$orderby=displayName desc&$top=3&$skip=1')
    const names = valueOf<FolderAnswer>(sorted).map(({ displayName }) => displayName)
    expect(names).toEqual(names.toSorted().toReversed())
    const inefficient = await rig.call('GET', "/folders?$filter=type eq 'IPF.Note'&$orderby=displayName")
    expect([inefficient.status, codeOf(inefficient)]).toEqual([400, 'InefficientFilter'])
  })

  it.each([
    '$top=1000',
    '$top=0',
    '$search=x',
    '$select=colour',
    '$filter=colour eq 1',
    '$filter=type eq',
    '$expand=items',
  ])('refuse %s', async (query) => {
    expect((await rig.call('GET', `/folders?${query}`)).status).toBe(400)
  })

  it('are reached by id, by well-known name in any case, and below another', async () => {
    const { body } = await rig.call('GET', '/folders/SyncIssues/childFolders')
    expect((body['value'] as readonly FolderAnswer[]).map(({ wellKnownName }) => wellKnownName)).toEqual([
      'conflicts',
      'localfailures',
      'serverfailures',
    ])
    expect((await rig.call('GET', `/folders/${rig.folderId('inbox')}`)).body).toMatchObject({
      displayName: 'Inbox',
    })
    expect((await rig.call('GET', '/folders/MsgFolderRoot')).body).toMatchObject({
      childFolderCount: 14,
    })
    expect(codeOf(await rig.call('GET', '/folders/not-an-id'))).toBe('ErrorInvalidIdMalformed')
    const made = await create('Gone')
    await rig.call('DELETE', `/folders/${String(made.body['id'])}`)
    const gone = await rig.call('GET', `/folders/${String(made.body['id'])}`)
    expect([gone.status, codeOf(gone)]).toEqual([404, 'ErrorItemNotFound'])
  })

  it('tell their full path with U+FFFE between the names, their size and their class', async () => {
    const one = await create('One / with a slash', {}, '/folders/inbox/childFolders')
    const two = await create('Two', { type: 'IPF.Contact' }, `/folders/${String(one.body['id'])}/childFolders`)
    const id = String(two.body['id'])
    expect(await extended(`/folders/${id}`, 'String 0x66b5', 'String 0x3613', 'Long 0x0E08', 'Integer 0x3602')).toEqual(
      {
        'String 0x66b5': '\ufffeInbox\ufffeOne / with a slash\ufffeTwo',
        'String 0x3613': 'IPF.Contact',
        'Long 0xe08': '0',
        'Integer 0x3602': '0',
      },
    )
    rig.addItem(mail('x'))
    const { 'Long 0xe08': size } = await extended('/folders/inbox', 'Long 0x0E08')
    expect(Number(size)).toBe(rig.mailbox.sizeBytes)
    expect((await rig.call('GET', '/folders/inbox?$expand=singleValueExtendedProperties')).status).toBe(400)
    expect(
      (await rig.call('GET', "/folders/inbox?$expand=singleValueExtendedProperties($filter=id eq 'Text 0x3613')"))
        .status,
    ).toBe(400)
  })

  it('are made with a type and with extended properties', async () => {
    const made = await create('Announcements', {
      type: 'IPF.Task',
      singleValueExtendedProperties: [
        { id: 'String 0x3001', value: 'Announcements' },
        { id: 'String {00020329-0000-0000-C000-000000000046} Name mailvan', value: 'source-7' },
      ],
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      displayName: 'Announcements',
      type: 'IPF.Task',
      wellKnownName: null,
      totalItemCount: 0,
    })
    const path = `/folders/${String(made.body['id'])}`
    expect(await extended(path, 'String {00020329-0000-0000-C000-000000000046} Name mailvan')).toEqual({
      'String {00020329-0000-0000-c000-000000000046} Name mailvan': 'source-7',
    })
    const twice = await create('announcements')
    expect([twice.status, codeOf(twice)]).toEqual([409, 'ErrorFolderExists'])
  })

  it('may be hidden, and are then listed only on request', async () => {
    const hidden = { singleValueExtendedProperties: [{ id: 'Boolean 0x10F4', value: 'true' }] }
    await create('Hidden', hidden, '/folders/inbox/childFolders')
    expect(valueOf(await rig.call('GET', '/folders/inbox/childFolders'))).toEqual([])
    expect(valueOf(await rig.call('GET', '/folders/inbox/childFolders?includeHiddenFolders=true'))).toMatchObject([
      { displayName: 'Hidden' },
    ])
  })

  it.each([
    ['no type', { displayName: 'x' }, 'ErrorInvalidArgument'],
    ['no name', { type: 'IPF.Note' }, 'ErrorInvalidArgument'],
    ['an unknown property', { displayName: 'x', type: 'IPF.Note', colour: 'blue' }, 'RequestBodyRead'],
    ['a wrong type', { displayName: 7, type: 'IPF.Note' }, 'RequestBodyRead'],
    ['what only the server says', { displayName: 'x', type: 'IPF.Note', totalItemCount: 1 }, 'ErrorInvalidPropertySet'],
    [
      'a malformed property',
      {
        displayName: 'x',
        type: 'IPF.Note',
        singleValueExtendedProperties: [{ id: 'x', value: 'y' }],
      },
      'ErrorInvalidExtendedProperty',
    ],
  ])('are not made from %s', async (_, body, code) => {
    const refused = await rig.call('POST', '/folders', { body })
    expect([refused.status, codeOf(refused)]).toEqual([400, code])
  })

  it('are renamed, but keep their type (exchange.md 2.4)', async () => {
    const made = await create('Before')
    const path = `/folders/${String(made.body['id'])}`
    const renamed = await rig.call('PATCH', path, { body: { displayName: 'After' } })
    expect([renamed.status, renamed.body['displayName']]).toEqual([200, 'After'])
    for (const body of [
      { type: 'IPF.Task' },
      { singleValueExtendedProperties: [{ id: 'String 0x3613', value: 'IPF.Task' }] },
    ]) {
      const refused = await rig.call('PATCH', path, { body })
      expect([refused.status, codeOf(refused)]).toEqual([400, 'ErrorInvalidPropertySet'])
    }
    expect((await rig.call('GET', path)).body).toMatchObject({
      displayName: 'After',
      type: 'IPF.Note',
    })
    expect((await rig.call('PATCH', '/folders/inbox', { body: { displayName: 'Mine' } })).status).toBe(403)
  })

  it('are deleted with what is below them, both ways of writing it; default folders are not', async () => {
    const one = await create('One')
    const two = await create('Two', {}, `/folders/${String(one.body['id'])}/childFolders`)
    const { folders, items } = rig.mailbox
    const folder = folders.child(folders.child(folders.wellKnown('msgfolderroot')!.id, 'One')!.id, 'Two')!
    const item = items.create(folder.id, {
      message: mail('kept', (bag) => bag.set(messageProperties.messageFlags, 1)),
    })
    expect((await rig.call('DELETE', `/folders/${String(one.body['id'])}/$ref`)).status).toBe(204)
    expect((await rig.call('GET', `/folders/${String(two.body['id'])}`)).status).toBe(404)
    expect(folders.get(items.get(item.id).folderId).wellKnown).toBe('recoverableitemsdeletions')
    const refused = await rig.call('DELETE', '/folders/inbox')
    expect([refused.status, codeOf(refused)]).toEqual([403, 'ErrorDeleteDistinguishedFolder'])
    const three = await create('Three', {}, '/folders/inbox/childFolders')
    expect((await rig.call('DELETE', `/folders/inbox/childFolders/${String(three.body['id'])}`)).status).toBe(204)
  })
})

describe('folders/delta (exchange.md 2.3, 3.1)', () => {
  it('gives all folders flat in pages, then what was made, renamed and deleted', async () => {
    let answer = await rig.call('GET', '/folders/delta?$select=displayName')
    const names: string[] = []
    let pages = 1
    for (; ; pages++) {
      expect(valueOf(answer).length).toBeLessThanOrEqual(10)
      names.push(...valueOf<FolderAnswer>(answer).map(({ displayName }) => displayName))
      if (answer.body['@odata.nextLink'] === undefined) break
      answer = await rig.follow(answer.body['@odata.nextLink'] as string)
    }
    expect(pages).toBe(2)
    expect(names).toEqual(expect.arrayContaining(['Inbox', 'Calendar', 'Conflicts']))
    expect(names).not.toContain('Top of Information Store')
    expect(new Set(names).size).toBe(names.length)
    const made = await create('Made', {}, '/folders/inbox/childFolders')
    const gone = await create('Gone')
    await rig.call('DELETE', `/folders/${String(gone.body['id'])}`)
    answer = await rig.follow(answer.body['@odata.deltaLink'] as string)
    expect(valueOf(answer)).toEqual([
      { '@odata.type': '#microsoft.graph.mailboxFolder', id: made.body['id'], displayName: 'Made' },
      {
        '@odata.type': '#microsoft.graph.mailboxFolder',
        id: gone.body['id'],
        '@removed': { reason: 'deleted' },
      },
    ])
    answer = await rig.follow(answer.body['@odata.deltaLink'] as string)
    expect(valueOf(answer)).toEqual([])
  })

  it('follows one branch on request', async () => {
    await create('Made', {}, '/folders/inbox/childFolders')
    await create('Elsewhere')
    const answer = await rig.call('GET', '/folders/inbox/childFolders/delta')
    expect(valueOf<FolderAnswer>(answer).map(({ displayName }) => displayName)).toEqual(['Made'])
  })
})
