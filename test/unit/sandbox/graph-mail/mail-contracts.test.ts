import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { mailFolderType } from '../../../../src/sandbox/faces/graph-mail/folder-type.ts'
import { graphMailRoutes } from '../../../../src/sandbox/faces/graph-mail/graph-mail-routes.ts'
import { attachmentType, outlookItemType } from '../../../../src/sandbox/graph-mailbox/attachment-type.ts'
import { messageType } from '../../../../src/sandbox/graph-mailbox/message-type.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import { answerDifferences, hasCsdl, structureDifferences } from '../csdl.ts'
import { hasPermissionTable, permissionDifferences } from '../permission-table.ts'
import { idOf, MailRig, valuesOf } from './mail-rig.ts'

const examples = path.resolve(import.meta.dirname, '../../../../../shared/corpus/graph/graph-docs')
const example = (name: string) =>
  JSON.parse(readFileSync(path.join(examples, name), 'utf8').replace(/,(\s*\})/g, '$1')) as Record<string, unknown>

/** A message with everything that an answer can show. */
async function richMessage(rig: MailRig): Promise<string> {
  const person = { emailAddress: { name: 'B', address: 'b@x.org' } }
  const { id } = await rig.received('Rich', '2020-01-01T00:00:00Z', {
    body: { contentType: 'html', content: '<p>x</p>' },
    from: person,
    sender: person,
    toRecipients: [person],
    ccRecipients: [person],
    bccRecipients: [person],
    replyTo: [person],
    categories: ['Red'],
    importance: 'high',
    internetMessageHeaders: [{ name: 'x-a', value: '1' }],
    flag: {
      flagStatus: 'flagged',
      startDateTime: { dateTime: '2026-11-30T00:00:00', timeZone: 'UTC' },
      dueDateTime: { dateTime: '2026-12-30T00:00:00', timeZone: 'UTC' },
    },
    attachments: [
      {
        '@odata.type': '#microsoft.graph.fileAttachment',
        name: 'a.txt',
        contentType: 'text/plain',
        contentBytes: 'eA==',
        contentId: 'c',
        contentLocation: 'l',
      },
      {
        '@odata.type': '#microsoft.graph.itemAttachment',
        name: 'b',
        item: { '@odata.type': '#microsoft.graph.message', subject: 'inner' },
      },
      { '@odata.type': '#microsoft.graph.referenceAttachment', name: 'c' },
    ],
  })
  return id
}

describe.runIf(hasCsdl)('the types of Microsoft Graph', () => {
  it.each([messageType, mailFolderType, attachmentType, outlookItemType].map((type) => [type.name, type] as const))(
    '%s',
    (_, type) => {
      expect(structureDifferences(type)).toEqual([])
    },
  )

  it('hold what is answered', async () => {
    const rig = new MailRig()
    const id = await richMessage(rig)
    const expand = "$expand=attachments,singleValueExtendedProperties($filter=id eq 'Integer 0x0E07')"
    for (const query of ['', `?${expand}`, '?$select=internetMessageHeaders,uniqueBody']) {
      const { status, body } = await rig.call('GET', `/messages/${id}${query}`)
      expect([status, answerDifferences(body, 'microsoft.graph.message')]).toEqual([200, []])
    }
    const attachments = valuesOf(
      await rig.call('GET', `/messages/${id}/attachments?$expand=microsoft.graph.itemAttachment/item`),
    )
    expect(attachments.map((one) => answerDifferences(one, 'microsoft.graph.attachment'))).toEqual([[], [], []])
    const folders = valuesOf(await rig.call('GET', '/mailFolders?$expand=childFolders&$top=50'))
    expect(folders.flatMap((one) => answerDifferences(one, 'microsoft.graph.mailFolder'))).toEqual([])
    const item = { AttachmentItem: { attachmentType: 'file', name: 'x', size: 4_000_000 } }
    const { body } = await rig.call('POST', `/messages/${id}/attachments/createUploadSession`, item)
    expect(answerDifferences(body, 'microsoft.graph.uploadSession')).toEqual([])
  })
})

describe.runIf(hasPermissionTable)('the permissions of each operation', () => {
  /** Microsoft's table leaves these paths out, or lists the narrower permission only; what it says of their like is taken. */
  const beyondTheTable = [
    / not in the table$/,
    /^GET \S+: (?:application|delegated) Mail\.ReadWrite is not in the table$/,
    /^GET \S+: application Mail\.ReadBasic is not in the table$/,
    /^POST \S+\/translateExchangeIds/,
  ]
  it("are Microsoft's", () => {
    const rig = new MailRig()
    const routes = graphMailRoutes({ stores: () => new MailboxStore(rig.graph.tenant.database, rig.graph.clock) })
    expect(routes.length).toBeGreaterThan(60)
    const differences = routes.flatMap(permissionDifferences)
    expect(differences.filter((one) => !beyondTheTable.some((pattern) => pattern.test(one)))).toEqual([])
  })
})

describe.runIf(existsSync(examples))('the documented examples', () => {
  let rig: MailRig
  let message: string
  beforeAll(async () => {
    rig = new MailRig()
    message = await richMessage(rig)
  })

  it.each([
    ['user-post-messages.01.request.json', '/messages', 201],
    ['user-post-messages.03.request.json', '/messages', 201],
    ['user-post-mailfolders.01.request.json', '/mailFolders', 201],
    ['mailfolder-post-childfolders.01.request.json', '/mailFolders/inbox/childFolders', 201],
    ['user-sendmail.01.request.json', '/sendMail', 202],
    ['user-sendmail.02.request.json', '/sendMail', 202],
    ['user-sendmail.03.request.json', '/sendMail', 202],
  ])('%s is taken by POST %s', async (name, to, status) => {
    expect((await rig.call('POST', to, example(name))).status).toBe(status)
  })

  it.each([
    ['message-move.01.request.json', '/move', 201],
    ['message-reply.01.request.json', '/reply', 202],
    ['message-replyall.01.request.json', '/replyAll', 202],
    ['message-post-attachments.01.request.json', '/attachments', 201],
    ['attachment-createuploadsession.01.request.json', '/attachments/createUploadSession', 201],
  ])('%s is taken by POST /messages/{id}%s', async (name, to, status) => {
    const fresh = await richMessage(rig)
    expect((await rig.call('POST', `/messages/${fresh}${to}`, example(name))).status).toBe(status)
  })

  it('mailsearchfolder-post is taken but for its folder', async () => {
    const body = { ...example('mailsearchfolder-post.01.request.json'), sourceFolderIds: [rig.folderId('inbox')] }
    const answer = await rig.call('POST', '/mailFolders/searchfolders/childFolders', body)
    expect(Object.keys(example('mailsearchfolder-post.02.response.json')).filter((name) => !(name in answer.body))).toEqual(
      [],
    )
  })

  /** Properties of the documented answer that ours has not; annotations of old answers aside. */
  const missing = (name: string, body: object) =>
    Object.keys(example(name)).filter((property) => property !== '@odata.id' && !(property in body))

  it('answers have the documented shape', async () => {
    expect(missing('message-get.01.response.json', (await rig.call('GET', `/messages/${message}`)).body)).toEqual([])
    const selected = await rig.call('GET', `/messages/${message}?$select=subject,body,bodyPreview,uniqueBody`)
    expect(missing('message-get.03.response.json', selected.body)).toEqual([])
    const created = await rig.call('POST', '/messages', example('user-post-messages.01.request.json'))
    expect(missing('user-post-messages.02.response.json', created.body)).toEqual([])
    expect(missing('mailfolder-get.01.response.json', (await rig.call('GET', '/mailFolders/inbox')).body)).toEqual([])
    const [file, item, reference] = valuesOf(
      await rig.call('GET', `/messages/${message}/attachments?$expand=microsoft.graph.itemAttachment/item`),
    )
    const alone = (one: object | undefined) => ({ ...one, '@odata.context': '', 'item@odata.context': '' })
    expect(missing('attachment-get.01.response.json', alone(file))).toEqual([])
    expect(missing('attachment-get.03.response.json', alone(item))).toEqual([])
    expect(missing('attachment-get.05.response.json', alone(reference))).toEqual([])
    const session = await rig.call(
      'POST',
      `/messages/${message}/attachments/createUploadSession`,
      example('attachment-createuploadsession.01.request.json'),
    )
    expect(missing('attachment-createuploadsession.02.response.json', session.body)).toEqual([])
    const draft = idOf(created)
    const moved = await rig.call('POST', `/messages/${draft}/move`, { destinationId: 'deleteditems' })
    expect(missing('message-move.02.response.json', { ...moved.body, '@odata.type': '', sender: 1, from: 1 })).toEqual([])
  })
})
