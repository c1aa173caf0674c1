import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerDifferences, hasCsdl } from '../../unit/sandbox/csdl.ts'
import { everyKind } from '../../unit/sandbox/transfer/every-kind.ts'
import { type Answer, idOf, StandingSandbox, valuesOf } from './standing-sandbox.ts'

let run: StandingSandbox

/** Paths below the version, what they answer in Microsoft's description, and how many at least. */
type Contract = readonly [path: string, type: string, countMin?: number]

/** Documented (August 2026) and not yet in the CSDL. */
const newer = ['mailboxFolder.parentMailboxUrl', 'mailboxFolder.wellKnownName'].map(
  (name) => `microsoft.graph.${name} is not in`,
)

const pagesMax = 60
const everyProperty = "singleValueExtendedProperties($filter=id eq 'Integer 0x0E07' or id eq 'String 0x0037')"
const window = 'startDateTime=2026-10-01T00:00:00Z&endDateTime=2027-02-01T00:00:00Z'

beforeAll(async () => {
  run = await StandingSandbox.start(2, 60)
  const mailbox = run.mailbox()
  for (const { folder, message } of everyKind) mailbox.items.create(mailbox.folders.wellKnown(folder)?.id ?? 0, { message })
  await fill()
})

afterAll(async () => {
  await run.sandbox.close()
  expect(run.defects).toEqual([])
})

/** Has all of this made through Graph; each answer is checked as those of the readings are. */
async function fill(): Promise<void> {
  const user = run.path()
  const person = { emailAddress: { name: 'B', address: 'b@fabrikam.example' } }
  const at = (dateTime: string) => ({ dateTime, timeZone: 'W. Europe Standard Time' })
  const folderId = await run.makeFolder('Contracts')
  const made: readonly (readonly [path: string, type: string, body: object])[] = [
    [`${user}/mailFolders`, 'mailFolder', { displayName: 'Hidden', isHidden: true }],
    [
      `${user}/messages`,
      'message',
      {
        subject: 'Draft',
        toRecipients: [person],
        ccRecipients: [person],
        bccRecipients: [person],
        replyTo: [person],
        importance: 'high',
        categories: ['Kunde'],
        flag: { flagStatus: 'flagged', startDateTime: at('2026-12-01T00:00:00'), dueDateTime: at('2026-12-02T00:00:00') },
        internetMessageHeaders: [{ name: 'x-a', value: '1' }],
        attachments: [
          {
            '@odata.type': '#microsoft.graph.fileAttachment',
            name: 'a.txt',
            contentType: 'text/plain',
            contentBytes: 'eA==',
          },
          {
            '@odata.type': '#microsoft.graph.itemAttachment',
            name: 'b',
            item: { '@odata.type': '#microsoft.graph.message', subject: 'c' },
          },
          { '@odata.type': '#microsoft.graph.referenceAttachment', name: 'd' },
        ],
      },
    ],
    [
      `${user}/mailFolders/${folderId}/messages`,
      'message',
      { subject: 'Received', singleValueExtendedProperties: [{ id: 'Integer 0x0E07', value: '1' }] },
    ],
    [
      `${user}/contacts`,
      'contact',
      { givenName: 'C', birthday: '1990-01-02T00:00:00Z', emailAddresses: [{ address: 'c@fabrikam.example', name: 'C' }] },
    ],
    [`${user}/contactFolders`, 'contactFolder', { displayName: 'People' }],
    [`${user}/calendars`, 'calendar', { name: 'Second', color: 'lightGreen' }],
    [`${user}/calendarGroups`, 'calendarGroup', { name: 'Group' }],
    [
      `${user}/calendar/calendarPermissions`,
      'calendarPermission',
      { emailAddress: { name: 'B', address: run.user(1) }, role: 'read' },
    ],
    [
      `${user}/events`,
      'event',
      {
        subject: 'Meeting',
        start: at('2026-12-01T10:00:00'),
        end: at('2026-12-01T11:00:00'),
        attendees: [{ type: 'required', ...person }],
      },
    ],
    [
      `${user}/events`,
      'event',
      {
        subject: 'Series',
        start: at('2026-11-23T10:00:00'),
        end: at('2026-11-23T11:00:00'),
        recurrence: {
          pattern: { type: 'weekly', interval: 1, daysOfWeek: ['monday'] },
          range: { type: 'numbered', startDate: '2026-11-23', numberOfOccurrences: 4 },
        },
      },
    ],
    [`${user}/outlook/masterCategories`, 'outlookCategory', { displayName: 'Contract', color: 'preset3' }],
    [
      `${user}/mailFolders/inbox/messageRules`,
      'messageRule',
      {
        displayName: 'Rule',
        sequence: 1,
        conditions: { subjectContains: ['x'] },
        actions: { moveToFolder: folderId, stopProcessingRules: true },
      },
    ],
    [
      `${user}/inferenceClassification/overrides`,
      'inferenceClassificationOverride',
      { classifyAs: 'focused', senderEmailAddress: { name: 'B', address: 'b@fabrikam.example' } },
    ],
    [`${run.transferPath()}/folders`, 'mailboxFolder', { displayName: 'By transfer', type: 'IPF.Note' }],
    ['/domains', 'domain', { id: 'contracts.example' }],
    ['/applications', 'application', { displayName: 'Contracts', web: { redirectUris: ['https://x.example'] } }],
  ]
  for (const [path, type, body] of made) {
    const answer = await run.call('POST', path, { body })
    expect([path, answer.status, answer.status === 201 ? differences(answer, path, type) : answer.text]).toEqual([
      path,
      201,
      [],
    ])
  }
}

/** What is not as Microsoft describes it of one answer: a collection or an entity. */
function differences({ json }: Answer, path: string, type: string): readonly string[] {
  const isCollection = Array.isArray(json['value'])
  const known = /^@odata\.(?:context|count|nextLink|deltaLink|etag|type|mediaContentType)$/
  const version = path.startsWith('/beta/') ? 'beta' : 'v1.0'
  const isContext = String(json['@odata.context']).startsWith(`${run.sandbox.access.graph}/${version}/$metadata#`)
  const annotations = Object.keys(json).filter((name) => name.startsWith('@odata.'))
  const links = annotations.filter((name) => name.endsWith('Link')).filter((name) => !URL.canParse(String(json[name])))
  const envelope = [
    ...(isContext ? [] : [`@odata.context is ${String(json['@odata.context'])}`]),
    ...annotations.filter((name) => !known.test(name)).map((name) => `${name} is unknown`),
    ...links.map((name) => `${name} is no URL`),
  ]
  const entities = isCollection ? (json['value'] as readonly object[]) : [json]
  const wrong = entities.flatMap((one) => answerDifferences(one, `microsoft.graph.${type}`))
  return [...envelope, ...wrong.filter((one) => !newer.some((known) => one.startsWith(known)))]
}

/** Reads a path with all its pages; how many entities there were, and what is wrong with them. */
async function read(path: string, type: string): Promise<{ readonly count: number; readonly wrong: readonly string[] }> {
  const wrong = new Set<string>()
  let count = 0
  let next: string | undefined = path
  for (let page = 0; next !== undefined && page < pagesMax; page++) {
    const answer: Answer = await run.call('GET', next, { headers: { Prefer: 'odata.maxpagesize=50' } })
    if (answer.status !== 200) return { count, wrong: [`${answer.status} ${answer.text.slice(0, 300)}`] }
    for (const difference of differences(answer, path, type)) wrong.add(difference)
    count += Array.isArray(answer.json['value']) ? valuesOf(answer).length : 1
    next = answer.json['@odata.nextLink'] as string | undefined
  }
  return { count, wrong: [...wrong] }
}

const idsOf = async (path: string): Promise<readonly string[]> => {
  const separator = path.includes('?') ? '&' : '?'
  return valuesOf(await run.call('GET', `${path}${separator}$top=100`)).map(({ id }) => String(id))
}

async function expectContracts(contracts: readonly Contract[]): Promise<void> {
  const failures: string[] = []
  for (const [path, type, countMin = 1] of contracts) {
    const { count, wrong } = await read(path, type)
    failures.push(...wrong.map((one) => `${path}: ${one}`), ...(count < countMin ? [`${path}: only ${count}`] : []))
  }
  expect(failures).toEqual([])
}

describe.runIf(hasCsdl)('answers are as Microsoft describes Graph v1.0 in its CSDL', () => {
  it('of the directory', async () => {
    const users = await idsOf('/users')
    const [domain] = await idsOf('/domains')
    const principals = await idsOf('/servicePrincipals')
    const entities = ['/subscribedSkus', '/organization', '/domains', '/applications', '/servicePrincipals'] as const
    const types = ['subscribedSku', 'organization', 'domain', 'application', 'servicePrincipal'] as const
    const singles: Contract[] = []
    for (const [index, path] of entities.entries()) {
      for (const id of await idsOf(path)) singles.push([`${path}/${id}`, types[index] ?? ''])
    }
    const gone = idOf(await run.call('POST', '/applications', { body: { displayName: 'Gone' } }))
    await run.call('DELETE', `/applications/${gone}`)
    await expectContracts([
      ['/users', 'user', 3],
      [
        '/users?$select=id,displayName,mail,proxyAddresses,userType,accountEnabled,assignedLicenses,assignedPlans,usageLocation,otherMails,onPremisesSyncEnabled,licenseAssignmentStates,createdDateTime,businessPhones,showInAddressList',
        'user',
        3,
      ],
      [`${run.path()}`, 'user'],
      [`${run.path()}/licenseDetails`, 'licenseDetails'],
      ...users.slice(1).map((id): Contract => [`/users/${id}/settings/exchange`, 'exchangeSettings']),
      ['/subscribedSkus', 'subscribedSku', 3],
      ['/organization', 'organization'],
      ['/domains', 'domain', 2],
      [`/domains/${domain}/serviceConfigurationRecords`, 'domainDnsRecord', 3],
      ['/domains/contracts.example/verificationDnsRecords', 'domainDnsRecord', 2],
      [`/domains/${domain}/domainNameReferences`, 'directoryObject', 3],
      ['/applications', 'application', 2],
      ['/servicePrincipals', 'servicePrincipal', 4],
      ...principals.flatMap((id): Contract[] => [
        [`/servicePrincipals/${id}/appRoleAssignedTo`, 'appRoleAssignment', 0],
        [`/servicePrincipals/${id}/appRoleAssignments`, 'appRoleAssignment', 0],
        [`/servicePrincipals/${id}/oauth2PermissionGrants`, 'oAuth2PermissionGrant', 0],
      ]),
      ...singles,
      ['/directory/deletedItems/microsoft.graph.application', 'application'],
      [`/directory/deletedItems/${gone}`, 'directoryObject'],
      ['/oauth2PermissionGrants', 'oAuth2PermissionGrant', 0],
      ['/roleManagement/directory/roleDefinitions', 'unifiedRoleDefinition', 5],
      ['/roleManagement/directory/roleAssignments', 'unifiedRoleAssignment'],
    ])
  })

  it('of mail', async () => {
    for (const user of [run.path(0), run.path(1)]) {
      const folders = await idsOf(`${user}/mailFolders?includeHiddenFolders=true`)
      const messages = await idsOf(`${user}/messages?$filter=hasAttachments eq true`)
      expect(messages.length).toBeGreaterThan(0)
      await expectContracts([
        [`${user}/mailFolders?includeHiddenFolders=true&$expand=childFolders`, 'mailFolder', 10],
        [`${user}/mailFolders/delta`, 'mailFolder', 10],
        [`${user}/messages?$expand=attachments,${everyProperty}`, 'message', 60],
        [`${user}/messages?$select=internetMessageHeaders,uniqueBody,subject,flag`, 'message', 60],
        ...folders.flatMap((id): Contract[] => [
          [`${user}/mailFolders/${id}`, 'mailFolder'],
          [`${user}/mailFolders/${id}/childFolders`, 'mailFolder', 0],
          [`${user}/mailFolders/${id}/messages`, 'message', 0],
          [`${user}/mailFolders/${id}/messages/delta`, 'message', 0],
        ]),
        ...messages.slice(0, 25).flatMap((id): Contract[] => [
          [`${user}/messages/${id}`, 'message'],
          [`${user}/messages/${id}/attachments`, 'attachment'],
          [`${user}/messages/${id}/attachments?$expand=microsoft.graph.itemAttachment/item`, 'attachment'],
        ]),
      ])
    }
  })

  it('of contacts and settings', async () => {
    const user = run.path()
    const rules = await idsOf(`${user}/mailFolders/inbox/messageRules`)
    const categories = await idsOf(`${user}/outlook/masterCategories`)
    const contacts = await idsOf(`${user}/contacts`)
    const [folder] = await idsOf(`${user}/contactFolders`)
    await run.call('POST', `${user}/contactFolders/${folder}/contacts`, { body: { givenName: 'In a folder' } })
    await run.call('POST', `${user}/contactFolders/${folder}/childFolders`, { body: { displayName: 'Below' } })
    await expectContracts([
      [`${user}/contacts?$expand=${everyProperty}`, 'contact', 13],
      [`${user}/contactFolders`, 'contactFolder'],
      ...contacts.map((id): Contract => [`${user}/contacts/${id}`, 'contact']),
      [`${user}/contactFolders/${folder}`, 'contactFolder'],
      [`${user}/contactFolders/${folder}/contacts`, 'contact'],
      [`${user}/contactFolders/${folder}/childFolders`, 'contactFolder'],
      ...categories.map((id): Contract => [`${user}/outlook/masterCategories/${id}`, 'outlookCategory']),
      [`${user}/contactFolders/delta`, 'contactFolder'],
      [`${user}/contactFolders/contacts/contacts/delta`, 'contact', 13],
      [`${user}/outlook/masterCategories`, 'outlookCategory', 4],
      [`${user}/mailFolders/inbox/messageRules`, 'messageRule'],
      ...rules.map((id): Contract => [`${user}/mailFolders/inbox/messageRules/${id}`, 'messageRule']),
      [`${user}/mailboxSettings`, 'mailboxSettings'],
      [`${user}/mailboxSettings/automaticRepliesSetting`, 'automaticRepliesSetting'],
      [`${user}/mailboxSettings/workingHours`, 'workingHours'],
      [`${user}/mailboxSettings/language`, 'localeInfo'],
      [`${user}/inferenceClassification/overrides`, 'inferenceClassificationOverride'],
      [`${user}/outlook/supportedLanguages`, 'localeInfo', 50],
      [`${user}/outlook/supportedTimeZones`, 'timeZoneInformation', 100],
    ])
  })

  it('of calendars and tasks', async () => {
    const user = run.path()
    const events = await idsOf(`${user}/events`)
    const series = await idsOf(`${user}/events?$filter=type eq 'seriesMaster'`)
    const lists = await idsOf(`${user}/todo/lists`)
    const flagged = valuesOf(await run.call('GET', `${user}/todo/lists`)).find(
      ({ wellknownListName }) => wellknownListName === 'flaggedEmails',
    )
    expect(series.length).toBeGreaterThan(1)
    const [calendar] = await idsOf(`${user}/calendars`)
    const groups = await idsOf(`${user}/calendarGroups`)
    const body = { '@odata.type': '#microsoft.graph.fileAttachment', name: 'x.txt', contentBytes: 'eA==' }
    const attached = await run.call('POST', `${user}/events/${events[0]}/attachments`, { body })
    expect([attached.status, differences(attached, user, 'attachment')]).toEqual([201, []])
    const [list] = lists
    const task = `${user}/todo/lists/${list}/tasks/${idOf(await run.call('POST', `${user}/todo/lists/${list}/tasks`, { body: { title: 'Task' } }))}`
    const step = idOf(await run.call('POST', `${task}/checklistItems`, { body: { displayName: 'Step' } }))
    const resource = { displayName: 'Elsewhere', applicationName: 'x', externalId: '1' }
    const link = idOf(await run.call('POST', `${task}/linkedResources`, { body: resource }))
    await expectContracts([
      [`${user}/calendarGroups`, 'calendarGroup'],
      [`${user}/calendars`, 'calendar', 2],
      [`${user}/calendar`, 'calendar'],
      [`${user}/calendar/calendarPermissions`, 'calendarPermission', 2],
      [`${user}/events?$expand=attachments,${everyProperty}`, 'event', 6],
      ...events.map((id): Contract => [
        `${user}/events/${id}?$expand=exceptionOccurrences&$select=subject,start,end,recurrence,cancelledOccurrences,attendees,organizer`,
        'event',
      ]),
      ...series.map((id): Contract => [`${user}/events/${id}/instances?${window}`, 'event', 0]),
      [`${user}/calendarView?${window}`, 'event', 10],
      [`${user}/calendarView/delta?${window}`, 'event', 10],
      [`${user}/events/delta`, 'event', 5],
      ...lists.flatMap((id): Contract[] => [
        [`${user}/todo/lists/${id}`, 'todoTaskList'],
        [`${user}/todo/lists/${id}/tasks`, 'todoTask', 0],
        ...(id === flagged?.['id'] ? [] : [[`${user}/todo/lists/${id}/tasks/delta`, 'todoTask', 0] as const]),
      ]),
      [`${user}/calendars/${calendar}`, 'calendar'],
      ...groups.flatMap((id): Contract[] => [
        [`${user}/calendarGroups/${id}`, 'calendarGroup'],
        [`${user}/calendarGroups/${id}/calendars`, 'calendar', 0],
      ]),
      [`${user}/events/${events[0]}/attachments`, 'attachment'],
      [`${user}/events/${events[0]}/attachments/${idOf(attached)}`, 'attachment'],
      [task, 'todoTask'],
      [`${task}/checklistItems`, 'checklistItem'],
      [`${task}/checklistItems/${step}`, 'checklistItem'],
      [`${task}/linkedResources`, 'linkedResource'],
      [`${task}/linkedResources/${link}`, 'linkedResource'],
      [`${user}/todo/lists`, 'todoTaskList'],
      [`${user}/todo/lists/delta`, 'todoTaskList'],
    ])
  })

  it('of whole mailboxes', async () => {
    for (const index of [0, 1]) {
      const transfer = run.transferPath(index)
      const folders = await idsOf(`${transfer}/folders`)
      const items: string[] = []
      const places: string[] = []
      for (const id of folders) {
        const found = await idsOf(`${transfer}/folders/${id}/items`)
        items.push(...found)
        places.push(...found.slice(0, 5).map((item) => `${transfer}/folders/${id}/items/${item}`))
      }
      await expectContracts([
        [`${transfer}/folders`, 'mailboxFolder', 10],
        [`${transfer}/folders/delta`, 'mailboxFolder', 10],
        ...places.map((place): Contract => [place, 'mailboxItem']),
        ...folders.flatMap((id): Contract[] => [
          [`${transfer}/folders/${id}`, 'mailboxFolder'],
          [`${transfer}/folders/${id}/childFolders?includeHiddenFolders=true`, 'mailboxFolder', 0],
          [`${transfer}/folders/${id}/items?$expand=${everyProperty}`, 'mailboxItem', 0],
          [`${transfer}/folders/${id}/items/delta`, 'mailboxItem', 0],
        ]),
      ])
      expect(items.length).toBeGreaterThan(50)
      const exported = await run.call('POST', `${transfer}/exportItems`, {
        body: { itemIds: [...items.slice(0, 19), 'none'] },
      })
      expect([exported.status, differences(exported, transfer, 'exportItemResponse'), valuesOf(exported).length]).toEqual([
        200,
        [],
        20,
      ])
      const session = await run.call('POST', `${transfer}/createImportSession`)
      expect([session.status, differences(session, transfer, 'mailboxItemImportSession')]).toEqual([200, []])
    }
  })

  it('of what is changed and sent', async () => {
    const user = run.path()
    const [message] = await idsOf(`${user}/mailFolders/inbox/messages`)
    const steps: readonly (readonly [method: string, path: string, body: object, type: string])[] = [
      ['PATCH', `${user}/messages/${message}`, { isRead: true, categories: ['Kunde'] }, 'message'],
      ['POST', `${user}/messages/${message}/copy`, { destinationId: 'archive' }, 'message'],
      ['POST', `${user}/messages/${message}/createReply`, {}, 'message'],
      ['POST', `${user}/messages/${message}/createForward`, {}, 'message'],
      [
        'POST',
        `${user}/messages/${message}/attachments`,
        { '@odata.type': '#microsoft.graph.fileAttachment', name: 'x', contentBytes: 'eA==' },
        'attachment',
      ],
      [
        'POST',
        `${user}/messages/${message}/attachments/createUploadSession`,
        { AttachmentItem: { attachmentType: 'file', name: 'x', size: 4_000_000 } },
        'uploadSession',
      ],
      [
        'POST',
        `${user}/translateExchangeIds`,
        { inputIds: [message], sourceIdType: 'restId', targetIdType: 'restImmutableEntryId' },
        'convertIdResult',
      ],
      ['PATCH', `${user}/mailboxSettings`, { timeZone: 'UTC', language: { locale: 'de-DE' } }, 'mailboxSettings'],
      ['PATCH', `${user}/mailFolders/${await run.makeFolder('Renamed')}`, { displayName: 'New name' }, 'mailFolder'],
    ]
    for (const [method, path, body, type] of steps) {
      const answer = await run.call(method, path, { body })
      expect([path, answer.status < 300 ? differences(answer, path, type) : answer.text]).toEqual([path, []])
    }
    const application = idOf(await run.call('POST', '/applications', { body: { displayName: 'With a secret' } }))
    const secret = await run.call('POST', `/applications/${application}/addPassword`, { body: {} })
    expect([secret.status, differences(secret, '/applications', 'passwordCredential')]).toEqual([200, []])
  })
})
