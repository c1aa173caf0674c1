import { describe, expect, it } from 'vitest'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { type Entity, PeopleRig } from './people-rig.ts'

const list = async (people: PeopleRig, path: string) => (await people.ok<{ value: readonly Entity[] }>(200, 'GET', path)).value

describe('master categories (exchange.md 3.4)', () => {
  const path = '/outlook/masterCategories'

  it('begin with Outlook’s six; an emptied list stays empty', async () => {
    const people = new PeopleRig()
    const first = await list(people, path)
    expect(first.map((one) => [one['displayName'], one['color']])).toEqual([
      ['Red category', 'preset0'],
      ['Orange category', 'preset1'],
      ['Yellow category', 'preset3'],
      ['Green category', 'preset4'],
      ['Blue category', 'preset7'],
      ['Purple category', 'preset8'],
    ])
    expect(await list(people, path)).toEqual(first)
    for (const { id } of first) await people.ok(204, 'DELETE', `${path}/${id}`)
    expect(await list(people, path)).toEqual([])
    await people.ok(201, 'POST', path, { displayName: 'Red category' })
  })

  it('are made with a name and a colour; the name stays', async () => {
    const people = new PeopleRig()
    const made = await people.ok<Entity>(201, 'POST', path, { displayName: 'Überfällig', color: 'Preset24' })
    expect(made).toMatchObject({ displayName: 'Überfällig', color: 'preset24' })
    expect(made['@odata.context']).toBe(`https://graph.test/v1.0/$metadata#users('${people.user.id}')/outlook/masterCategories/$entity`)
    expect(await people.ok(200, 'PATCH', `${path}/${made.id}`, { color: 'none' })).toMatchObject({ id: made.id, displayName: 'Überfällig', color: 'none' })
    expect(await people.ok(200, 'GET', `${path}/${made.id}`)).toMatchObject({ color: 'none' })
    expect(await people.refusal('PATCH', `${path}/${made.id}`, { displayName: 'x' })).toEqual([400, 'ErrorInvalidPropertySet'])
    expect((await people.ok<Entity>(201, 'POST', path, { displayName: 'plain' }))['color']).toBe('none')
    if (hasCsdl) for (const one of await list(people, path)) expect(answerDifferences(one, 'microsoft.graph.outlookCategory')).toEqual([])
  })

  it.each([
    [{ displayName: 'RED CATEGORY', color: 'preset9' }, 409, 'CategoryNameDuplicate'],
    [{ displayName: 'x', color: 'preset25' }, 400, 'RequestBodyRead'],
    [{ color: 'preset1' }, 400, 'ErrorInvalidArgument'],
    [{ displayName: ' ' }, 400, 'ErrorInvalidArgument'],
    [{ displayName: 'x'.repeat(256) }, 400, 'ErrorInvalidArgument'],
    [{ displayName: 'x', id: 'y' }, 400, 'ErrorInvalidPropertySet'],
    [{ displayName: 'x', hue: 1 }, 400, 'RequestBodyRead'],
  ])('refuse %j', async (body, status, code) => {
    const people = new PeopleRig()
    expect(await people.refusal('POST', path, body)).toEqual([status, code])
  })

  it('are found by their ids only', async () => {
    const people = new PeopleRig()
    for (const method of ['GET', 'DELETE']) expect(await people.refusal(method, `${path}/none`)).toEqual([404, 'ErrorItemNotFound'])
    expect(await people.refusal('GET', `${path}?$expand=items`)).toEqual([400, 'RequestBroker--ParseUri'])
    const named = await people.ok<{ value: readonly Entity[] }>(200, 'GET', `${path}?$filter=${encodeURIComponent("color eq 'preset7'")}&$select=displayName`)
    expect(named.value.map((one) => one['displayName'])).toEqual(['Blue category'])
  })
})

describe('inbox rules (exchange.md 3.4)', () => {
  const path = '/mailFolders/inbox/messageRules'
  const base = { displayName: 'From partner', conditions: { senderContains: ['adele'] }, actions: { stopProcessingRules: true } }

  it('come back as they were given, in their order', async () => {
    const people = new PeopleRig()
    const friends = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'F' })
    const whole = {
      displayName: 'All of it',
      sequence: 2,
      isEnabled: false,
      conditions: {
        subjectContains: ['x'],
        importance: 'high',
        sensitivity: 'private',
        messageActionFlag: 'doNotForward',
        withinSizeRange: { minimumSize: 1, maximumSize: 2 },
        fromAddresses: [{ emailAddress: { name: 'B', address: 'b@x.y' } }],
        hasAttachments: false,
      },
      exceptions: { sentToMe: true },
      actions: { moveToFolder: friends.id, forwardTo: [{ emailAddress: { name: 'A', address: 'a@x.y' } }], markImportance: 'low' },
    }
    const made = await people.ok<Entity>(201, 'POST', path, {
      ...whole,
      conditions: { ...whole.conditions, importance: 'HIGH', bodyContains: null },
      actions: { ...whole.actions, markImportance: 'Low', copyToFolder: 'inbox' },
    })
    const inboxId = (made['actions'] as { copyToFolder: string }).copyToFolder
    expect(made).toMatchObject({ ...whole, actions: { ...whole.actions, copyToFolder: inboxId }, hasError: false, isReadOnly: false })
    expect(Object.keys(made['conditions'] as object)).not.toContain('bodyContains')
    expect(Buffer.from(made.id, 'base64')).toHaveLength(8)
    const { '@odata.context': context, ...shown } = await people.ok(200, 'GET', `${path}/${made.id}`)
    expect(context).toBe(`https://graph.test/v1.0/$metadata#users('${people.user.id}')/mailFolders('inbox')/messageRules/$entity`)
    expect(await list(people, path)).toEqual([shown])
    if (hasCsdl) expect(answerDifferences(shown, 'microsoft.graph.messageRule')).toEqual([])
    await people.ok(204, 'DELETE', `/contactFolders/${friends.id}`)
    expect((await list(people, path))[0]).toMatchObject({ hasError: true })
    expect(people.store.outbox.count).toBe(0)
  })

  it('make room for one another', async () => {
    const people = new PeopleRig()
    const make = async (displayName: string, sequence?: number) => people.ok<Entity>(201, 'POST', path, { ...base, displayName, ...(sequence !== undefined && { sequence }) })
    await make('a', 1)
    await make('b', 2)
    const c = await make('c')
    await make('d', 2)
    const order = async () => (await list(people, path)).map((rule) => [rule['displayName'], rule['sequence']])
    expect(await order()).toEqual([['a', 1], ['d', 2], ['b', 3], ['c', 4]])
    await people.ok(200, 'PATCH', `${path}/${c.id}`, { sequence: 1 })
    expect(await order()).toEqual([['c', 1], ['a', 2], ['d', 3], ['b', 4]])
  })

  it('have ids that stand in a path', async () => {
    const people = new PeopleRig()
    for (let number = 0; number < 40; number++) {
      const { id } = await people.ok<Entity>(201, 'POST', path, base)
      expect(id).toMatch(/^AQAAA[\w-]{6}=$/)
    }
  })

  it('are changed part by part, and a given part whole (example of updating a rule)', async () => {
    const people = new PeopleRig()
    const { id } = await people.ok<Entity>(201, 'POST', path, base)
    const changed = await people.ok(200, 'PATCH', `${path}/${id}`, { displayName: 'Important', actions: { markImportance: 'high' } })
    expect(changed).toMatchObject({ id, displayName: 'Important', conditions: base.conditions, isEnabled: true })
    expect(changed['actions']).toEqual({ markImportance: 'high' })
    const bare = await people.ok(200, 'PATCH', `${path}/${id}`, { conditions: null, isEnabled: false })
    expect([bare['conditions'], bare['isEnabled']]).toEqual([undefined, false])
    expect(await people.refusal('PATCH', `${path}/${id}`, { actions: null })).toEqual([400, 'ErrorInboxRulesValidationError'])
    await people.ok(204, 'DELETE', `${path}/${id}`)
    expect(await people.refusal('GET', `${path}/${id}`)).toEqual([404, 'ErrorItemNotFound'])
  })

  it.each([
    [{ conditions: {}, actions: base.actions }, 400, 'ErrorInvalidArgument'],
    [{ displayName: 'x' }, 400, 'ErrorInvalidArgument'],
    [{ ...base, actions: {} }, 400, 'ErrorInboxRulesValidationError'],
    [{ ...base, displayName: '' }, 400, 'ErrorInboxRulesValidationError'],
    [{ ...base, sequence: 0 }, 400, 'ErrorInboxRulesValidationError'],
    [{ ...base, sequence: 1.5 }, 400, 'RequestBodyRead'],
    [{ ...base, hasError: false }, 400, 'ErrorInvalidPropertySet'],
    [{ ...base, isReadOnly: true }, 400, 'ErrorInvalidPropertySet'],
    [{ ...base, actions: { moveToFolder: 'nowhere?' } }, 400, 'ErrorInvalidIdMalformed'],
    [{ ...base, actions: { playSound: true } }, 400, 'RequestBodyRead'],
    [{ ...base, actions: { delete: 'yes' } }, 400, 'RequestBodyRead'],
    [{ ...base, actions: { forwardTo: [{ emailAddress: {} }] } }, 400, 'ErrorInvalidRecipients'],
    [{ ...base, conditions: { subject: 'x' } }, 400, 'RequestBodyRead'],
    [{ ...base, conditions: { importance: 'urgent' } }, 400, 'RequestBodyRead'],
    [{ ...base, conditions: { withinSizeRange: { minimumSize: 2, maximumSize: 1 } } }, 400, 'ErrorInboxRulesValidationError'],
    [{ ...base, conditions: { bodyContains: ['x'.repeat(300_000)] } }, 507, 'ErrorRulesOverQuota'],
  ])('refuse what is no rule: %#', async (body, status, code) => {
    const people = new PeopleRig()
    expect(await people.refusal('POST', path, body)).toEqual([status, code])
    expect(await list(people, path)).toEqual([])
  })

  it('know a folder that is gone', async () => {
    const people = new PeopleRig()
    const folder = await people.ok<Entity>(201, 'POST', '/contactFolders', { displayName: 'F' })
    await people.ok(204, 'POST', `/contactFolders/${folder.id}/permanentDelete`)
    expect(await people.refusal('POST', path, { ...base, actions: { copyToFolder: folder.id } })).toEqual([404, 'ErrorItemNotFound'])
  })
})

describe('overrides of the focused inbox (exchange.md 3.4)', () => {
  const path = '/inferenceClassification/overrides'

  it('are one for each address, whatever its case', async () => {
    const people = new PeopleRig()
    const sender = { name: 'Samantha Booth', address: 'samanthab@adatum.com' }
    const made = await people.ok<Entity>(201, 'POST', path, { classifyAs: 'Focused', senderEmailAddress: sender })
    expect(made).toMatchObject({ classifyAs: 'focused', senderEmailAddress: sender })
    const again = await people.ok<Entity>(201, 'POST', path, { classifyAs: 'other', senderEmailAddress: { name: 'Sam', address: 'SamanthaB@adatum.com' } })
    expect(again).toMatchObject({ id: made.id, classifyAs: 'other', senderEmailAddress: { name: 'Sam', address: sender.address } })
    await people.ok(200, 'PATCH', `${path}/${made.id}`, { classifyAs: 'focused' })
    const all = await list(people, path)
    expect(all).toEqual([{ classifyAs: 'focused', senderEmailAddress: { name: 'Sam', address: sender.address }, id: made.id }])
    if (hasCsdl) expect(answerDifferences(all[0] ?? {}, 'microsoft.graph.inferenceClassificationOverride')).toEqual([])
    expect(await people.refusal('PATCH', `${path}/${made.id}`, { senderEmailAddress: sender })).toEqual([400, 'ErrorInvalidArgument'])
    expect(await people.refusal('PATCH', `${path}/${made.id}`, { classifyAs: 'other', senderEmailAddress: sender })).toEqual([400, 'ErrorInvalidPropertySet'])
    expect(await people.refusal('POST', path, { classifyAs: 'maybe', senderEmailAddress: sender })).toEqual([400, 'RequestBodyRead'])
    expect(await people.refusal('POST', path, { classifyAs: 'other', senderEmailAddress: { address: 'nobody' } })).toEqual([400, 'ErrorInvalidArgument'])
    await people.ok(204, 'DELETE', `${path}/${made.id}`)
    expect(await people.refusal('DELETE', `${path}/${made.id}`)).toEqual([404, 'ErrorItemNotFound'])
  })

  it('are at most a thousand', async () => {
    const people = new PeopleRig()
    for (let number = 0; number < 1000; number++) {
      people.mailbox.documents.put('inferenceOverride', `${number}`, { id: `${number}`, classifyAs: 'other', senderEmailAddress: { name: '', address: `a${number}@x.y` } })
    }
    const sender = (address: string) => ({ classifyAs: 'focused', senderEmailAddress: { address } })
    expect(await people.refusal('POST', path, sender('new@x.y'))).toEqual([400, 'ErrorInvalidArgument'])
    expect(await people.ok(201, 'POST', path, sender('a7@x.y'))).toMatchObject({ id: '7', classifyAs: 'focused' })
    expect(await list(people, path)).toHaveLength(1000)
  })
})
