import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { graphConnector } from '../../../src/connectors/graph/index.ts'
import type { JsonObject } from '../../../src/connectors/kit/microsoft/read-json.ts'
import type { Successors } from '../../../src/core/ports/connector.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { ExtrasRig, rulesPath } from './extras-rig.ts'
import type { TenantPair } from './tenant-pair.ts'

let rig: ExtrasRig
let pair: TenantPair

beforeAll(async () => {
  rig = await ExtrasRig.start(14)
  pair = rig.pair
})

beforeEach(() => rig.openLedger())

afterEach(() => rig.closeLedger())

afterAll(async () => {
  await rig.close()
  expect(pair.defects).toEqual([])
})

const mailboxes = () => rig.mailboxes()
const comesTo: ExtrasRig['comesTo'] = (kind) => rig.comesTo(kind)
const commandsFor: ExtrasRig['commandsFor'] = (name) => rig.commandsFor(name)
const outbox = (): number => rig.sent()

const nowhere: Successors = { placeOf: () => undefined, addressNow: (address) => address }

describe('categories', () => {
  it('are carried with their colours; names that are there keep theirs', async () => {
    const { anna, annas, run } = mailboxes()
    await anna.call('POST', '/outlook/masterCategories', { displayName: 'Kundschaft', color: 'preset9' })
    await anna.call('POST', '/outlook/masterCategories', { displayName: 'Daheim', color: 'preset2' })
    await annas.call('POST', '/outlook/masterCategories', { displayName: 'DAHEIM', color: 'preset5' })
    for (const person of [anna, annas]) await person.call('POST', '/outlook/masterCategories', { displayName: 'Gleich', color: 'preset3' })
    await run()
    const colors = async () => new Map((await annas.list('/outlook/masterCategories')).map(({ displayName, color }) => [displayName, color]))
    expect([(await colors()).get('Kundschaft'), (await colors()).get('DAHEIM'), (await colors()).has('Daheim')]).toEqual(['preset9', 'preset5', false])
    expect(await comesTo('category')).toEqual(expect.arrayContaining(['Kundschaft: carried', 'Daheim: kept other-at-target', 'Gleich: alreadyThere']))
    const [its] = (await anna.list('/outlook/masterCategories')).filter(({ displayName }) => displayName === 'Kundschaft')
    await anna.call('PATCH', `/outlook/masterCategories/${its?.['id']}`, { color: 'preset10' })
    await run()
    expect((await colors()).get('Kundschaft')).toBe('preset10')
  })
})

describe('inbox rules', () => {
  it('file into the copies of their folders, wherever those are by now, in their order', async () => {
    const { anna, annas, run } = mailboxes()
    const lists = await anna.folder('Lists')
    const read = await anna.folder('Read later')
    const people = [{ emailAddress: { name: 'Boss', address: 'boss@contoso.onmicrosoft.com' } }]
    const whole = { conditions: { fromAddresses: people, withinSizeRange: { minimumSize: 1, maximumSize: 9 } }, exceptions: { importance: 'high' } }
    await anna.call('POST', rulesPath, { displayName: 'First', sequence: 1, actions: { moveToFolder: lists, stopProcessingRules: true }, ...whole })
    await anna.call('POST', rulesPath, { displayName: 'Second', sequence: 2, isEnabled: false, actions: { copyToFolder: read, assignCategories: ['Red category'] } })
    await anna.call('POST', rulesPath, { displayName: 'Third', sequence: 3, actions: { moveToFolder: 'deleteditems', markAsRead: true } })
    await anna.call('PATCH', `/mailFolders/${lists}`, { displayName: 'Mailing lists' })
    await run()
    expect(await comesTo('rule')).toEqual(['First: carried', 'Second: carried', 'Third: carried', 'order of the rules: alreadyThere'])
    const copies = await annas.list(rulesPath)
    const folders = new Map((await annas.list('/mailFolders')).map(({ id, displayName }) => [id, displayName]))
    const into = copies.map(({ actions }) => folders.get((actions as JsonObject)['moveToFolder'] ?? (actions as JsonObject)['copyToFolder']))
    expect(into).toEqual(['Mailing lists', 'Read later', 'Deleted Items'])
    expect(copies.map(({ displayName, sequence, isEnabled, hasError }) => [displayName, sequence, isEnabled, hasError])).toEqual([
      ['First', 1, true, false],
      ['Second', 2, false, false],
      ['Third', 3, true, false],
    ])
    expect(copies[0]).toMatchObject(whole)
    const before = await annas.everything()
    const known = JSON.stringify(await rig.ledger.extras())
    await anna.call('PATCH', `/mailFolders/${lists}`, { displayName: 'Renamed again' })
    expect((await run()).extras?.changed).toBe(0)
    expect([await annas.everything(), JSON.stringify(await rig.ledger.extras())]).toEqual([before, known])
    expect(outbox()).toBe(0)
  })

  it('are changed with the source, but not over what the user of the target did', async () => {
    const { anna, annas, run } = mailboxes()
    const make = async (displayName: string) => anna.call('POST', rulesPath, { displayName, conditions: { subjectContains: ['a'] }, exceptions: { sentToMe: true }, actions: { markAsRead: true } })
    const ids = [await make('Hers'), await make('Mine'), await make('Gone')].map(({ id }) => String(id))
    await annas.call('POST', rulesPath, { displayName: 'Own', actions: { delete: true } })
    await run()
    expect((await annas.list(rulesPath)).map(({ displayName, sequence }) => [displayName, sequence])).toEqual([['Own', 1], ['Hers', 2], ['Mine', 3], ['Gone', 4]])
    const mine = await annas.rule('Mine')
    await annas.call('PATCH', `${rulesPath}/${mine?.['id']}`, { conditions: { subjectContains: ['mine'] } })
    await annas.call('DELETE', `${rulesPath}/${(await annas.rule('Gone'))?.['id']}`)
    for (const id of ids) await anna.call('PATCH', `${rulesPath}/${id}`, { actions: { markImportance: 'high' }, exceptions: null })
    await anna.call('PATCH', `${rulesPath}/${ids[0]}`, { displayName: 'Still hers' })
    await run()
    expect(await comesTo('rule')).toEqual(['Gone: kept deleted-at-target', 'Mine: kept changed-at-target', 'Still hers: carried', 'order of the rules: alreadyThere'])
    const rules = await annas.list(rulesPath)
    expect(rules.map(({ displayName }) => displayName)).toEqual(['Own', 'Still hers', 'Mine'])
    expect([rules[1]?.['actions'], rules[1]?.['exceptions']]).toEqual([{ markImportance: 'high' }, undefined])
    expect(rules[2]).toMatchObject({ conditions: { subjectContains: ['mine'] }, actions: { markAsRead: true } })
  })

  it('that send mail out of the organization are made but off, until a person turns them on', async () => {
    const { anna, annas, run } = mailboxes()
    const to = (address: string) => [{ emailAddress: { name: 'Somebody', address } }]
    await anna.call('POST', rulesPath, { displayName: "Bob's", actions: { forwardTo: to('bob@elsewhere.example') } })
    await anna.call('POST', rulesPath, { displayName: 'Inside', actions: { redirectTo: to('eve@fabrikam.onmicrosoft.com') } })
    await anna.call('POST', rulesPath, { displayName: 'Off', isEnabled: false, actions: { forwardTo: to('bob@elsewhere.example') } })
    await run()
    expect((await annas.list(rulesPath)).map(({ displayName, isEnabled }) => [displayName, isEnabled])).toEqual([["Bob's", false], ['Inside', true], ['Off', false]])
    expect(await comesTo('rule')).toEqual([expect.stringMatching(/^Bob's: handwork The rule "Bob's" sends mail out of .* to bob@elsewhere\.example: it was made, but is off\./), 'Inside: carried', 'Off: carried', 'order of the rules: alreadyThere'])
    expect(await commandsFor("Bob's")).toEqual([`Enable-InboxRule -Mailbox '${annas.address}' -Identity 'Bob''s'`])
    await annas.call('PATCH', `${rulesPath}/${(await annas.rule("Bob's"))?.['id']}`, { isEnabled: true })
    await run()
    expect(await comesTo('rule')).toEqual(["Bob's: carried", 'Inside: carried', 'Off: carried', 'order of the rules: alreadyThere'])
    expect((await annas.rule("Bob's"))?.['isEnabled']).toBe(true)
    expect(outbox()).toBe(0)
  })

  it('send mail on to the addresses that people have now, and look for those that they had too', async () => {
    const { anna, annas, run } = mailboxes()
    const eve = pair.freshTarget().row.address
    const [name = '', domain = ''] = eve.split('@')
    const person = (address: string) => ({ emailAddress: { name: 'Eve', address } })
    const old = person(`${name}@contoso.onmicrosoft.com`)
    const make = (displayName: string, more: object) => anna.call('POST', rulesPath, { displayName, ...more })
    await make('To Eve', { conditions: { fromAddresses: [old, person('else@elsewhere.example')] }, exceptions: { sentToAddresses: [old, person(eve)] }, actions: { forwardTo: [old], redirectTo: [old, person(eve)] } })
    const rules = { recipientMap: { domains: { 'contoso.onmicrosoft.com': domain }, addresses: {} } }
    await run({ rules })
    const addresses = (part: unknown) => Object.entries(part as JsonObject).map(([key, people]) => [key, (people as ReturnType<typeof person>[]).map(({ emailAddress }) => emailAddress.address)])
    const rule = await annas.rule('To Eve')
    expect(rule?.['isEnabled']).toBe(true)
    expect(addresses(rule?.['conditions'])).toEqual([['fromAddresses', [old.emailAddress.address, eve, 'else@elsewhere.example']]])
    expect(addresses(rule?.['exceptions'])).toEqual([['sentToAddresses', [old.emailAddress.address, eve]]])
    expect(Object.fromEntries(addresses(rule?.['actions']) as [string, string[]][])).toEqual({ forwardTo: [eve], redirectTo: [eve] })
    const before = await annas.everything()
    expect((await run({ rules })).extras?.changed).toBe(0)
    expect(await annas.everything()).toBe(before)
    expect(outbox()).toBe(0)
  })

  it('whose folder does not travel or is gone are work for a person, until they are there', async () => {
    const { anna, annas, run } = mailboxes()
    const left = await anna.folder('Left behind')
    const gone = await anna.folder('Gone')
    await anna.call('POST', rulesPath, { displayName: 'To left', actions: { moveToFolder: left } })
    await anna.call('POST', rulesPath, { displayName: 'To junk', actions: { moveToFolder: 'junkemail' } })
    await anna.call('POST', rulesPath, { displayName: 'To gone', actions: { copyToFolder: gone } })
    await anna.call('POST', `/mailFolders/${gone}/permanentDelete`)
    const wishes = { rules: { excludeFolders: ['Left behind', 'role:junk'] } }
    await run(wishes)
    expect((await annas.list(rulesPath)).map(({ displayName, hasError }) => [displayName, hasError])).toEqual([['To junk', false]])
    expect(await comesTo('rule')).toEqual([
      'To gone: handwork The rule "To gone" has to be made by hand: it has an error in the source, where it does not work either.',
      'To junk: carried',
      'To left: handwork The rule "To left" has to be made by hand: it names a folder that did not travel.',
      'order of the rules: alreadyThere',
    ])
    await annas.call('POST', rulesPath, { displayName: 'To gone', actions: { delete: true } })
    await run({})
    expect(await comesTo('rule')).toEqual(['To gone: alreadyThere', 'To junk: carried', 'To left: carried', 'order of the rules: carried'])
  })
})

describe('settings', () => {
  const set = {
    timeZone: 'W. Europe Standard Time',
    language: { locale: 'de-DE' },
    dateFormat: 'dd.MM.yyyy',
    timeFormat: 'HH:mm',
    workingHours: { daysOfWeek: ['monday', 'tuesday'], startTime: '07:00', endTime: '15:30', timeZone: { name: 'W. Europe Standard Time' } },
    delegateMeetingMessageDeliveryOptions: 'sendToDelegateAndPrincipal',
  }

  it('are carried, and what the user sets later stays', async () => {
    const { anna, annas, run } = mailboxes()
    await anna.call('PATCH', '/mailboxSettings', set)
    await run()
    const copy = await annas.call('GET', '/mailboxSettings')
    const original = await anna.call('GET', '/mailboxSettings')
    for (const name of Object.keys(set)) expect([name, copy[name]]).toEqual([name, original[name]])
    await annas.call('PATCH', '/mailboxSettings', { timeZone: 'Tokyo Standard Time' })
    await anna.call('PATCH', '/mailboxSettings', { timeZone: 'UTC', workingHours: { startTime: '06:00' } })
    await run()
    const later = await annas.call('GET', '/mailboxSettings')
    expect([later['timeZone'], (later['workingHours'] as JsonObject)['startTime']]).toEqual(['Tokyo Standard Time', '06:00:00.0000000'])
    expect(await comesTo('setting')).toContain('time zone: kept changed-at-target')
  })

  it('leave automatic replies off, with their texts, and a person to turn them on', async () => {
    const { anna, annas, run } = mailboxes()
    const replies = { status: 'alwaysEnabled', externalAudience: 'contactsOnly', internalReplyMessage: 'Away', externalReplyMessage: 'Not here' }
    await anna.call('PATCH', '/mailboxSettings', { automaticRepliesSetting: replies })
    await run()
    const state = async () => (await annas.call('GET', '/mailboxSettings'))['automaticRepliesSetting']
    expect(await state()).toMatchObject({ ...replies, status: 'disabled' })
    expect(await commandsFor('automatic replies')).toEqual([`Set-MailboxAutoReplyConfiguration -Identity '${annas.address}' -AutoReplyState Enabled`])
    await annas.call('PATCH', '/mailboxSettings', { automaticRepliesSetting: { status: 'alwaysEnabled' } })
    await anna.call('PATCH', '/mailboxSettings', { automaticRepliesSetting: { internalReplyMessage: 'Gone for good' } })
    await run()
    expect(await state()).toMatchObject(replies)
    expect(await comesTo('setting')).toContain('automatic replies: kept changed-at-target')
    expect(outbox()).toBe(0)
  })
})

describe('sharing', () => {
  it('is work for a person with the commands where commands cannot give it; nobody is written to', async () => {
    const { anna, annas, run } = mailboxes()
    const team = String((await anna.call('POST', '/calendars', { name: 'Team' }))['id'])
    const share = (calendar: string, address: string, role: string) => anna.call('POST', `${calendar}/calendarPermissions`, { emailAddress: { address, name: 'x' }, role })
    await share('/calendar', 'bob@contoso.onmicrosoft.com', 'delegateWithPrivateEventAccess')
    await share(`/calendars/${team}`, 'eve@contoso.onmicrosoft.com', 'write')
    await share('/calendar', 'out@elsewhere.example', 'read')
    const [everybody] = await anna.list('/calendar/calendarPermissions')
    await anna.call('PATCH', `/calendar/calendarPermissions/${everybody?.['id']}`, { role: 'read' })
    const sent = outbox()
    await run()
    expect(await commandsFor('Calendar: bob@contoso.onmicrosoft.com')).toEqual([
      `Add-MailboxFolderPermission -Identity '${annas.address}:\\Calendar' -User 'bob@contoso.onmicrosoft.com' -AccessRights Editor -SharingPermissionFlags Delegate,CanViewPrivateItems`,
    ])
    expect(await commandsFor('Team: eve@contoso.onmicrosoft.com')).toEqual([
      `Add-MailboxFolderPermission -Identity '${annas.address}:\\Calendar\\Team' -User 'eve@contoso.onmicrosoft.com' -AccessRights Editor`,
    ])
    // Everybody gets it back by a command that tells nobody.
    expect(await comesTo('sharing')).toContain('Calendar: everybody: carried')
    expect(await comesTo('sharing')).toHaveLength(4)
    expect(outbox()).toBe(sent)
  })

  it('comes back for people of the organization, by the addresses that they have now, and nobody is written to', async () => {
    const { anna, annas, run } = mailboxes()
    const team = String((await anna.call('POST', '/calendars', { name: 'Team' }))['id'])
    const share = (calendar: string, address: string, role: string) => anna.call('POST', `${calendar}/calendarPermissions`, { emailAddress: { address, name: 'x' }, role })
    const eve = pair.freshTarget().row.address
    const [name = '', domain = ''] = eve.split('@')
    await share(`/calendars/${team}`, `${name}@contoso.onmicrosoft.com`, 'write')
    await share('/calendar', `${name}@contoso.onmicrosoft.com`, 'read')
    const rules = { recipientMap: { domains: { 'contoso.onmicrosoft.com': domain }, addresses: {} } }
    const sent = outbox()
    await run()
    expect((await comesTo('sharing')).map((line) => / handwork /.test(line))).toEqual([true, true])
    await run({ rules })
    expect(await comesTo('sharing')).toEqual([`${String((await anna.call('GET', '/calendar'))['name'])}: ${name}@contoso.onmicrosoft.com: carried`, `Team: ${name}@contoso.onmicrosoft.com: carried`])
    const rolesOf = async (calendar: string) => new Map((await annas.list(`${calendar}/calendarPermissions`)).map(({ emailAddress, role }) => [(emailAddress as JsonObject | null)?.['address'], role]))
    const copy = (await annas.list('/calendars')).find((calendar) => calendar['name'] === 'Team')
    expect((await rolesOf(`/calendars/${String(copy?.['id'])}`)).get(eve)).toBe('write')
    expect((await rolesOf('/calendar')).get(eve)).toBe('read')
    const before = await annas.everything()
    await run({ rules })
    expect(await annas.everything()).toBe(before)
    const [its] = (await anna.list('/calendar/calendarPermissions')).filter(({ emailAddress }) => String((emailAddress as JsonObject | null)?.['address']).startsWith(name))
    await anna.call('PATCH', `/calendar/calendarPermissions/${String(its?.['id'])}`, { role: 'write' })
    await run({ rules })
    expect((await rolesOf('/calendar')).get(eve)).toBe('write')
    expect(outbox()).toBe(sent)
  })
})

describe('a mailbox', () => {
  it('comes with who may do what in it, and the commands for that', async () => {
    const { source, annas, run } = mailboxes()
    const [tenant] = pair.sandbox.tenants
    const [bob, eve] = [...tenant!.tenant.directory.users.all()].filter(({ id }) => id !== source.row.userId)
    const { fullAccess } = source.settings
    source.changeSettings({ fullAccess: [...fullAccess, bob!.id], sendAs: [bob!.id, eve!.id] })
    await run()
    expect((await comesTo('permission')).map((line) => line.split(':')[0])).toEqual(['full access of others', 'sending as this mailbox'])
    expect(await commandsFor('full access of others')).toEqual([`Add-MailboxPermission -Identity '${annas.address}' -User '${bob!.userPrincipalName}' -AccessRights FullAccess`])
    expect(await commandsFor('sending as this mailbox')).toEqual(
      [bob, eve].map((one) => `Add-RecipientPermission -Identity '${annas.address}' -Trustee '${one!.userPrincipalName}' -AccessRights SendAs -Confirm:$false`),
    )
    source.changeSettings({ sendAs: [] })
    const known = await run()
    expect((await comesTo('permission')).map((line) => line.split(':')[0])).not.toContain('sending as this mailbox')
    expect(known.extras?.fates.failed).toBe(0)
  })

  it('is as good in a tenant that throttles and in one in which things break', async () => {
    for (const profile of ['throttled', 'flaky'] as const) {
      const { anna, annas, run } = mailboxes()
      await rig.openLedger(profile)
      const folder = await anna.folder('Lists')
      for (let number = 0; number < 6; number++) {
        await anna.call('POST', rulesPath, { displayName: `Rule ${number}`, conditions: { subjectContains: [`${number}`] }, actions: { moveToFolder: folder } })
        await anna.call('POST', '/outlook/masterCategories', { displayName: `Category ${number}`, color: `preset${number}` })
      }
      pair.sandbox.profiles.use(profile)
      const toldBefore = pair.events.length
      const { extras } = await run()
      expect(pair.events.slice(toldBefore).filter(({ type }) => type === 'waiting').length).toBeGreaterThan(0)
      expect([extras?.fates.failed, extras?.fates.kept]).toEqual([0, 0])
      pair.sandbox.profiles.use('none')
      expect((await annas.list(rulesPath)).map(({ displayName, sequence }) => [displayName, sequence])).toEqual(
        Array.from({ length: 6 }, (_, number) => [`Rule ${number}`, number + 1]),
      )
      expect((await annas.list('/outlook/masterCategories')).filter(({ displayName }) => String(displayName).startsWith('Category'))).toHaveLength(6)
      const before = await annas.everything()
      await run()
      expect(await annas.everything()).toBe(before)
    }
  })

  it('whose settings the app may not read or write has one line for each kind', async () => {
    const { source } = mailboxes()
    const [tenant] = pair.sandbox.tenants
    const weak = addApplication(tenant!.tenant, { displayName: 'Weak', graphRoles: ['User.Read.All', 'MailboxFolder.Read.All', 'MailboxItem.Read.All', 'MailboxItem.Export.All', 'Calendars.Read'], withSecret: true })
    const config = pair.configOf('source', source)
    const app = { ...config.access!.app, clientId: weak.application.appId, credential: { type: 'secret', secret: weak.secret ?? '' } } as const
    const reader = await graphConnector.openSource({ ...config, access: { ...config.access!, app } }, pair.context())
    const listed = await reader.listExtras!()
    await reader.close()
    expect(listed.flatMap((one) => (one.type === 'unread' ? [[one.kind, one.error.message]] : []))).toEqual([
      ['category', 'The app lacks the permission MailboxSettings.Read (403 ErrorAccessDenied).'],
      ['rule', 'The app lacks the permission MailboxSettings.Read (403 ErrorAccessDenied).'],
      ['setting', 'The app lacks the permission MailboxSettings.Read (403 ErrorAccessDenied).'],
    ])
    const untold = listed.flatMap((one) => (one.type === 'extra' && /permission|forwarding/.test(one.extra.kind) ? [one.extra] : []))
    expect(untold.map(({ name }) => name)).toEqual([
      'folders shared with others, and delegates',
      'full access of others',
      'sending as this mailbox',
      'sending on behalf of this mailbox',
      'forwarding of the whole mailbox',
    ])
    const target = pair.freshTarget()
    const opened = await graphConnector.openTarget(pair.configOf('target', target), pair.context())
    const standings = await opened.findExtras!(untold, nowhere)
    await opened.close()
    expect(standings[2]).toMatchObject({
      type: 'handwork',
      handwork: {
        commands: [
          expect.stringContaining(`Get-EXORecipientPermission -Identity '${source.row.address}'`),
          expect.stringContaining(`Add-RecipientPermission -Identity '${target.row.address}' -Trustee PERSON`),
        ],
      },
    })
  })

  it('in the archive has nothing beside its items', async () => {
    const target = pair.freshTarget('archive')
    const opened = await graphConnector.openTarget(pair.configOf('target', target), pair.context())
    expect([opened.listExtras, opened.findExtras, opened.writeExtra]).toEqual([undefined, undefined, undefined])
    await opened.close()
  })
})
