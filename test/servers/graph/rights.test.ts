import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addUser } from '../../../src/sandbox/tenant/create-tenant.ts'
import { ExtrasRig, type Person } from './extras-rig.ts'

let rig: ExtrasRig

beforeAll(async () => {
  rig = await ExtrasRig.start(8)
})

beforeEach(() => rig.openLedger())

afterEach(() => rig.closeLedger())

afterAll(async () => {
  await rig.close()
  expect(rig.pair.defects).toEqual([])
})

const rules = { recipientMap: { domains: { 'contoso.onmicrosoft.com': 'fabrikam.onmicrosoft.com' }, addresses: {} } }
const share = (owner: Person, folder: string, user: string, accessRights: readonly string[], verb = 'Add') =>
  owner.exchange.run({ name: `${verb}-MailboxFolderPermission`, parameters: { Identity: `${owner.address}:\\${folder}`, User: user, AccessRights: accessRights } })

/** Somebody with a mailbox in the source's tenant, or in the target's. */
function addPerson(index: 0 | 1, name: string, displayName: string): string {
  const { tenant, store } = rig.pair.sandbox.tenants[index]!
  const address = `${name}@${tenant.initialDomain}`
  const user = addUser(tenant, { userPrincipalName: address, displayName, mail: address, proxyAddresses: [`SMTP:${address}`] })
  store.create({ userId: user.id, address })
  return address
}

async function permissions(): Promise<Readonly<Record<string, readonly string[]>>> {
  const records = (await rig.ledger.extras()).filter((record) => record.kind === 'permission' && record.fate === 'handwork' && record.isPresent)
  return Object.fromEntries(records.map(({ name, handwork }) => [name, handwork?.commands ?? []]))
}

describe('who may do what in the folders of a mailbox', () => {
  it('is told exactly, with the commands for the folders and the addresses that are the target\'s, until it is done there', async () => {
    const { anna, annas, run } = rig.mailboxes()
    const bob = addPerson(0, 'bob', "Bob O'Neil")
    const eve = addPerson(0, 'eve', 'Eve; Remove-Mailbox $(x)')
    for (const address of [bob, eve]) addPerson(1, address.split('@')[0]!, `Now ${address} of the target`)
    const nowBob = bob.replace('contoso', 'fabrikam')
    const nowEve = eve.replace('contoso', 'fabrikam')
    const customers = await anna.folder("O'Neil; & $Co")
    await anna.folder('Slash/es', customers)
    await anna.folder('Own')
    await share(anna, '', bob, ['FolderVisible'])
    await share(anna, 'Inbox', 'Default', ['Reviewer'], 'Set')
    await share(anna, "O'Neil; & $Co", bob, ['Editor'])
    await share(anna, "O'Neil; & $Co\\Slash/es", eve, ['ReadItems', 'FolderVisible'])
    await run({ rules })
    const to = (folder: string) => `'${annas.address}:\\${folder.replaceAll("'", "''")}'`
    const expected = {
      'top of the mailbox': [`Add-MailboxFolderPermission -Identity ${to('')} -User '${nowBob}' -AccessRights FolderVisible`],
      Inbox: [`Set-MailboxFolderPermission -Identity ${to('Inbox')} -User Default -AccessRights Reviewer`],
      "O'Neil; & $Co": [`Add-MailboxFolderPermission -Identity ${to("O'Neil; & $Co")} -User '${nowBob}' -AccessRights Editor`],
      "O'Neil; & $Co/Slash\\/es": [`Add-MailboxFolderPermission -Identity ${to("O'Neil; & $Co\\Slash/es")} -User '${nowEve}' -AccessRights ReadItems,FolderVisible`],
    }
    expect(await permissions()).toEqual(expected)
    expect(await rig.comesTo('permission')).toContain(`O'Neil; & $Co: handwork The folder "O'Neil; & $Co" is shared with ${nowBob} (Editor): give the rights to the addresses that they have in the target's organization.`)
    // None of it was done for anybody.
    expect((await annas.exchange.run({ name: 'Get-MailboxFolderPermission', parameters: { Identity: `${annas.address}:\\Inbox` } })).map(({ AccessRights }) => AccessRights)).toEqual([['None'], ['None']])
    expect((await run({ rules })).extras?.changed).toBe(0)
    await share(annas, 'Inbox', 'Default', ['Reviewer'], 'Set')
    await share(annas, '', nowBob, ['FolderVisible'])
    await share(annas, "O'Neil; & $Co", nowBob, ['Reviewer'])
    await run({ rules })
    expect(await permissions()).toEqual({
      "O'Neil; & $Co": [expected["O'Neil; & $Co"][0]!.replace('Add-', 'Set-')],
      "O'Neil; & $Co/Slash\\/es": expected["O'Neil; & $Co/Slash\\/es"],
    })
    expect(rig.sent()).toBe(0)
  })

  it('is told for the folders where they went, in whatever language the target has', async () => {
    const { anna, annas, run } = rig.mailboxes('de-DE')
    const eve = addPerson(0, 'eve2', 'Eve Two')
    await anna.folder('Below', 'inbox')
    await anna.folder('Left behind')
    const inbox = String((await anna.call('GET', '/mailFolders/inbox'))['displayName'])
    await share(anna, `${inbox}\\Below`, eve, ['Reviewer'])
    await share(anna, 'Left behind', eve, ['Reviewer'])
    await run({ rules: { ...rules, excludeFolders: ['Left behind'] } })
    expect(await permissions()).toEqual({
      [`${inbox}/Below`]: [`Add-MailboxFolderPermission -Identity '${annas.address}:\\Posteingang\\Below' -User '${eve.replace('contoso', 'fabrikam')}' -AccessRights Reviewer`],
      'Left behind': [],
    })
  })

  it('is not told of folders that no command can name, which is said', async () => {
    const { anna, run } = rig.mailboxes()
    await anna.folder('A\\B')
    await run()
    expect(await rig.comesTo('permission')).toEqual([expect.stringMatching(/^folders shared with others, and delegates: handwork Of 1 folder it is not known who may do what in them/)])
  })

  it('is told for people whom a name does not tell apart, or nobody has, with the name for a person to look at', async () => {
    const { anna, annas, source, run } = rig.mailboxes()
    const twins = ['twin1', 'twin2'].map((name) => addPerson(0, name, 'The Twins'))
    await share(anna, 'Inbox', twins[0]!, ['Reviewer'])
    source.changeSettings({ sendOnBehalf: [rig.pair.source(0).row.userId] })
    await run({ rules })
    expect((await permissions())['Inbox']).toEqual([`Add-MailboxFolderPermission -Identity '${annas.address}:\\Inbox' -User PERSON -AccessRights Reviewer # 'The Twins' at the source`])
    const somebody = rig.pair.source(0).row.address.replace('contoso', 'fabrikam')
    expect((await permissions())['sending on behalf of this mailbox']).toEqual([`Set-Mailbox -Identity '${annas.address}' -GrantSendOnBehalfTo @{Add='${somebody}'}`])
  })
})

describe('who may do what with a whole mailbox, and where its mail goes', () => {
  it('is told with the addresses that are the target\'s, and no longer once it is so there', async () => {
    const { anna, annas, run } = rig.mailboxes()
    const ben = addPerson(0, 'ben', 'Ben')
    const nowBen = addPerson(1, 'ben', 'Ben')
    const give = async (owner: Person, user: string) => {
      await owner.exchange.run({ name: 'Add-MailboxPermission', parameters: { Identity: owner.address, User: user, AccessRights: ['FullAccess'] } })
      await owner.exchange.run({ name: 'Add-RecipientPermission', parameters: { Identity: owner.address, Trustee: user, AccessRights: ['SendAs'] } })
      await owner.exchange.run({ name: 'Set-Mailbox', parameters: { Identity: owner.address, GrantSendOnBehalfTo: { '@odata.type': '#Exchange.GenericHashTable', Add: [user] }, ForwardingAddress: user, ForwardingSmtpAddress: 'ignored@elsewhere.example', DeliverToMailboxAndForward: true } })
    }
    await give(anna, ben)
    await run({ rules })
    expect(await permissions()).toEqual({
      'full access of others': [`Add-MailboxPermission -Identity '${annas.address}' -User '${nowBen}' -AccessRights FullAccess`],
      'sending as this mailbox': [`Add-RecipientPermission -Identity '${annas.address}' -Trustee '${nowBen}' -AccessRights SendAs -Confirm:$false`],
      'sending on behalf of this mailbox': [`Set-Mailbox -Identity '${annas.address}' -GrantSendOnBehalfTo @{Add='${nowBen}'}`],
    })
    expect(await rig.commandsFor('forwarding of the whole mailbox')).toEqual([`Set-Mailbox -Identity '${annas.address}' -ForwardingSmtpAddress '${nowBen}' -DeliverToMailboxAndForward $true`])
    await give(annas, nowBen)
    await run({ rules })
    expect([await permissions(), await rig.comesTo('forwarding')]).toEqual([{}, ['forwarding of the whole mailbox: alreadyThere']])
  })

  it('is told in general words, and how to see it, where the app may not run Exchange\'s own commands', async () => {
    const { anna, annas, run } = rig.mailboxes()
    const { roleAssignments } = rig.pair.sandbox.tenants[0]!.tenant.directory
    const roles = [...roleAssignments.all()]
    for (const { id } of roles) roleAssignments.erase(id)
    await run({ rules })
    for (const role of roles) roleAssignments.insert(role)
    const general = await permissions()
    expect(Object.keys(general)).toEqual(['folders shared with others, and delegates', 'full access of others', 'sending as this mailbox', 'sending on behalf of this mailbox'])
    expect(general['folders shared with others, and delegates']).toEqual([
      expect.stringMatching(`^Get-MailboxFolderStatistics -Identity '${anna.address}'.* # in the source's organization$`),
      `Add-MailboxFolderPermission -Identity ('${annas.address}' + ':\\FOLDER') -User PERSON -AccessRights RIGHTS # for each that the first command shows`,
    ])
  })
})

describe('a calendar that is shared in a way of its own', () => {
  it('is told in Exchange\'s words, until it is shared so at the target', async () => {
    const { anna, annas, run } = rig.mailboxes()
    const eve = addPerson(0, 'eve3', 'Eve Three')
    const nowEve = addPerson(1, 'eve3', 'Eve Three')
    const calendar = String((await anna.call('GET', '/calendar'))['name'])
    await share(anna, calendar, eve, ['CreateItems', 'FolderVisible'])
    await run({ rules })
    const command = `-MailboxFolderPermission -Identity '${annas.address}:\\Calendar' -User '${nowEve}' -AccessRights CreateItems,FolderVisible`
    expect(await rig.commandsFor(`${calendar}: ${eve}`)).toEqual([`Add${command}`])
    await share(annas, 'Calendar', nowEve, ['ReadItems', 'FolderVisible'])
    await run({ rules })
    expect(await rig.commandsFor(`${calendar}: ${eve}`)).toEqual([`Set${command}`])
    await share(annas, 'Calendar', nowEve, ['FolderVisible', 'CreateItems'], 'Set')
    await run({ rules })
    expect(await rig.comesTo('sharing')).toEqual([`${calendar}: ${eve}: alreadyThere`])
    expect(rig.sent()).toBe(0)
  })
})
