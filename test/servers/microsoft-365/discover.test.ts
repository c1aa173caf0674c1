import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AppTokens } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import type { DiscoveredMailbox } from '../../../src/control/microsoft-365/discover/discovered-mailbox.ts'
import { discoverMailboxes, type DiscoveryOptions } from '../../../src/control/microsoft-365/discover/discover-mailboxes.ts'
import { type MailboxFilterInput, parseMailboxFilter } from '../../../src/control/microsoft-365/discover/mailbox-filter.ts'
import type { ProfileName } from '../../../src/sandbox/pace/fault-profiles.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { accessOf } from './access-of.ts'
import { MicrosoftRig } from './microsoft-rig.ts'
import { addArchive, addPerson, addResource, personOf } from './tenant-people.ts'

let rig: MicrosoftRig
const unlicensed = 1_100

beforeAll(async () => {
  rig = await MicrosoftRig.start(4, 12)
  const { domain, tenant } = rig.tenant
  addResource(rig, 'info', 'shared')
  addResource(rig, 'boardroom', 'room')
  addResource(rig, 'van', 'equipment')
  addArchive(rig, personOf(rig, rig.standing.user(0)))
  addPerson(rig, { userPrincipalName: `guest#EXT#@${domain}`, displayName: 'A guest', mail: 'guest@elsewhere.example', userType: 'Guest' })
  const onPremises = `old@${domain}`
  addPerson(rig, { userPrincipalName: onPremises, displayName: 'Still here', mail: onPremises, proxyAddresses: [`SMTP:${onPremises}`], onPremisesSyncEnabled: true })
  const contact = `gone@${domain}`
  addPerson(rig, { userPrincipalName: contact, displayName: 'Mail user', mail: 'gone@elsewhere.example', proxyAddresses: ['SMTP:gone@elsewhere.example'] })
  const soon = `soon@${domain}`
  const plans = personOf(rig, rig.standing.user(0)).assignedPlans
  addPerson(rig, { userPrincipalName: soon, displayName: 'Soon', mail: soon, proxyAddresses: [`SMTP:${soon}`], assignedPlans: plans })
  for (let i = 0; i < unlicensed; i++) addPerson(rig, { userPrincipalName: `plain${i}@${tenant.initialDomain}`, displayName: `Plain ${i}` })
})

afterEach(() => rig.standing.sandbox.profiles.use('none'))

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

async function discover(input: MailboxFilterInput = {}, options: Partial<DiscoveryOptions> = {}, access = accessOf(rig)) {
  const mailboxes: DiscoveredMailbox[] = []
  let usersSeen = 0
  for await (const page of discoverMailboxes(access, { filter: parseMailboxFilter(input), withSizes: false, ...options })) {
    mailboxes.push(...page.mailboxes)
    usersSeen += page.usersSeen
  }
  return { mailboxes, usersSeen, of: (name: string) => mailboxes.find(({ userPrincipalName }) => userPrincipalName.startsWith(`${name}@`)) }
}

describe('discovery', () => {
  it('lists every user but guests, with what kind of mailbox there is or why there is none', async () => {
    const { mailboxes, usersSeen, of } = await discover()
    const listed = rig.standing.tenant.tenant.directory.users.all()
    expect(new Set(mailboxes.map(({ userId }) => userId))).toEqual(new Set([...listed].filter(({ userType }) => userType === 'Member').map(({ id }) => id)))
    expect(usersSeen).toBe(mailboxes.length)
    expect(['info', 'boardroom', 'van'].map((name) => of(name)?.kind)).toEqual(['shared', 'room', 'equipment'])
    expect(['old', 'gone', 'soon', 'plain7'].map((name) => [of(name)?.kind, of(name)?.obstacle])).toEqual([
      ['none', 'on-premises'],
      ['none', 'no-mailbox'],
      ['none', 'not-ready'],
      ['none', 'not-licensed'],
    ])
    const [first] = rig.standing.tenant.users
    expect(mailboxes.find(({ address }) => address === first)).toMatchObject({ kind: 'user', isLicensed: true, licences: ['Microsoft 365 E3'], hasArchive: true, obstacle: undefined, size: undefined })
  })

  it('tells what a mailbox holds by the same sums as its folders have', async () => {
    const user = rig.standing.user(1)
    const { mailboxes } = await discover({ match: [user] }, { withSizes: true })
    const { folders } = rig.standing.mailbox(1)
    const counts = folders
      .all()
      .filter((folder) => !folder.isHidden && !folder.isSearch && folders.pathTo(folder.id).some(({ wellKnown }) => wellKnown === 'msgfolderroot') && folder.wellKnown !== 'msgfolderroot')
      .map(({ id }) => folders.counts(id))
    expect(mailboxes).toHaveLength(1)
    expect(mailboxes[0]?.size).toMatchObject({
      items: counts.reduce((sum, { items }) => sum + items, 0),
      sizeBytes: counts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      lastChangeAt: new Date(Math.max(...counts.map(({ lastChangeMs }) => lastChangeMs ?? 0))).toISOString(),
    })
    expect(mailboxes[0]?.size?.items).toBeGreaterThan(12)
    const [withArchive] = (await discover({ match: [rig.standing.user(0)] }, { withSizes: true })).mailboxes
    expect(withArchive?.archiveSize).toMatchObject({ items: 0, sizeBytes: 0 })
  })

  it('is narrowed by kind, domain, pattern and licence', async () => {
    const names = async (input: MailboxFilterInput) => (await discover(input)).mailboxes.map(({ displayName }) => displayName).toSorted()
    expect(await names({ kind: ['shared,room'] })).toEqual(['boardroom', 'info'])
    expect(await names({ kind: ['shared', 'equipment'], match: ['V*'] })).toEqual(['van'])
    expect(await names({ domain: ['@Elsewhere.example'] })).toEqual(['Mail user'])
    expect(await names({ match: ['plain 10?'] })).toEqual(Array.from({ length: 10 }, (_, i) => `Plain ${100 + i}`))
    expect(await names({ licensed: true })).toHaveLength(5)
    expect(await names({ match: ['nobody/*'] })).toEqual([])
    expect(() => parseMailboxFilter({ kind: ['public'] })).toThrow(expect.objectContaining({ code: 'usage.mailbox-kind' }))
    expect(() => parseMailboxFilter({ match: [''] })).toThrow(expect.objectContaining({ code: 'usage.mailbox-match' }))
  })

  it('goes on behind a page, as a list that is shown piece by piece does', async () => {
    const options = { filter: parseMailboxFilter({}), withSizes: false }
    const whole = (await discover()).mailboxes.map(({ userId }) => userId)
    const pieces: string[] = []
    let after: string | undefined
    for (let rounds = 0; rounds === 0 || after !== undefined; rounds++) {
      expect(rounds).toBeLessThan(5)
      for await (const page of discoverMailboxes(accessOf(rig), { ...options, ...(after !== undefined && { after }) })) {
        pieces.push(...page.mailboxes.map(({ userId }) => userId))
        after = page.next
        if (after !== undefined) break
      }
    }
    expect(pieces).toEqual(whole)
  })

  it.each<ProfileName>(['throttled', 'flaky'])('finds the same in a tenant that is %s', async (profile) => {
    const quiet = await discover({ kind: ['user', 'shared', 'room', 'equipment'] }, { withSizes: true })
    rig.standing.sandbox.profiles.use(profile)
    for (let round = 0; round < 5; round++) {
      expect((await discover({ kind: ['user', 'shared', 'room', 'equipment'] }, { withSizes: true })).mailboxes).toEqual(quiet.mailboxes)
    }
  })

  it('does with what the app may see, and names what it cannot do without', async () => {
    const accessWith = (graphRoles: readonly string[]) => {
      const { application, secret } = addApplication(rig.tenant.tenant, { displayName: 'Weak', graphRoles, withSecret: true })
      return accessOf(rig, new AppTokens(rig.context, rig.appWith({ type: 'secret', secret: secret ?? '' }, application.appId)))
    }
    const few = await discover({ match: ['info', rig.standing.user(0)] }, { withSizes: true }, accessWith(['User.Read.All']))
    expect(few.mailboxes.map(({ kind, obstacle, size }) => [kind, obstacle, size])).toEqual([
      ['unknown', undefined, undefined],
      ['unknown', undefined, undefined],
    ])
    expect(few.mailboxes.flatMap(({ licences }) => licences)).toEqual(['05e9a617-0261-4cee-bb44-138d3ef5d965'])
    const none = discover({}, {}, accessWith(['MailboxSettings.Read']))
    await expect(none).rejects.toMatchObject({ kind: 'auth', code: 'graph.permission-missing', message: expect.stringContaining('User.Read.All') })
  })
})
