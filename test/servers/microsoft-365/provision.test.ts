import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GraphCall } from '../../../src/connectors/kit/microsoft/graph-client.ts'
import { AppTokens } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import { makeInitialPassword } from '../../../src/control/microsoft-365/provision/initial-password.ts'
import { PasswordFile } from '../../../src/control/microsoft-365/provision/password-file.ts'
import type { PersonToProvision } from '../../../src/control/microsoft-365/provision/person-plan.ts'
import { planProvision, type Provision, type ProvisionEvent, type ProvisionOptions, provisionPeople } from '../../../src/control/microsoft-365/provision/provision-people.ts'
import { findSubscription, readSubscriptions } from '../../../src/control/microsoft-365/subscriptions.ts'
import type { TenantAccess } from '../../../src/control/microsoft-365/tenant-access.ts'
import type { ProfileName } from '../../../src/sandbox/pace/fault-profiles.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { toSeconds } from '../../../src/sandbox/tenant/create-tenant.ts'
import { grantRequiredAccess } from '../../../src/sandbox/tenant/grant-consent.ts'
import { graphPermissions } from '../../../src/sandbox/tenant/graph-permissions.ts'
import { graphAppId } from '../../../src/sandbox/tenant/well-known-apps.ts'
import { accessOf } from './access-of.ts'
import { MicrosoftRig } from './microsoft-rig.ts'
import { addPerson, personOf } from './tenant-people.ts'

let rig: MicrosoftRig
let folder: string

beforeAll(async () => {
  rig = await MicrosoftRig.start(1, 1)
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-provision-'))
})

afterEach(async () => {
  rig.standing.sandbox.profiles.use('none')
  await rm(folder, { recursive: true, force: true })
})

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

const passwordsFile = () => join(folder, 'passwords.csv')
const person = (address: string, fields: Partial<PersonToProvision> = {}): PersonToProvision => ({
  line: 2,
  address,
  displayName: `Name of ${address.split('@')[0]}`,
  firstName: undefined,
  lastName: undefined,
  usageLocation: undefined,
  ...fields,
})
const addresses = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}@${rig.tenant.domain}`)

interface Run {
  readonly provisions: readonly Provision[]
  readonly events: readonly ProvisionEvent[]
}

async function provision(people: readonly PersonToProvision[], options: Partial<ProvisionOptions> & { readonly sku?: string; readonly access?: TenantAccess } = {}): Promise<Run> {
  const { sku = 'SPE_E3', access = accessOf(rig), ...rest } = options
  const events: ProvisionEvent[] = []
  const observe = (event: ProvisionEvent) => events.push(event)
  const licence = findSubscription(await readSubscriptions(rig.graph()), sku)
  const rules = { licence, usageLocation: 'de', ...rest.rules }
  const passwords = await PasswordFile.open(passwordsFile(), () => makeInitialPassword(randomBytes))
  try {
    const plans = await planProvision(access, people, { rules, observe })
    const provisions = await provisionPeople(access, plans, { peopleAtOnceMax: 6, waitsForMailboxes: true, passwords, observe, ...rest, rules })
    return { provisions, events }
  } finally {
    await passwords.close()
  }
}

/** The passwords as the file has them, by address. */
async function passwordsKept(): Promise<ReadonlyMap<string, string>> {
  const [, ...lines] = (await readFile(passwordsFile(), 'utf8')).trim().split('\n')
  return new Map(lines.map((line) => line.split(',') as [string, string]))
}

/** The tenant, with every call told before it is made. */
function watched(access: TenantAccess, before: (call: GraphCall) => void): TenantAccess {
  const { graph } = access
  return { ...access, graph: { call: async (call) => (before(call), graph.call(call)), batch: async (calls) => (calls.forEach(before), graph.batch(calls)) } }
}

const writesOf = (access: TenantAccess) => {
  const writes: string[] = []
  return { writes, access: watched(access, ({ method, path }) => void (method !== 'GET' && writes.push(`${method} ${path}`))) }
}

describe('provisioning', () => {
  it('makes users with licences and waits for their mailboxes; again it does nothing', async () => {
    const names = addresses('new', 20)
    const people = names.map((address, i) => person(address, { firstName: 'F', lastName: `L${i}`, ...(i === 3 && { usageLocation: 'at' }) }))
    const { provisions, events } = await provision(people)
    expect(provisions.map(({ state }) => state)).toEqual(names.map(() => 'ready'))
    const passwords = await passwordsKept()
    for (const [i, address] of names.entries()) {
      const user = personOf(rig, address)
      expect(user).toMatchObject({ displayName: `Name of new${i}`, mailNickname: `new${i}`, givenName: 'F', surname: `L${i}`, accountEnabled: true, usageLocation: i === 3 ? 'AT' : 'DE', password: passwords.get(address) })
      expect(user.assignedLicenses).toHaveLength(1)
      expect(rig.tenant.store.isReady(rig.tenant.store.ofUser(user.id)!)).toBe(true)
    }
    expect(new Set(passwords.values()).size).toBe(20)
    expect((await stat(passwordsFile())).mode & 0o777).toBe(0o600)
    // Mailboxes take a minute: they were waited for, not asked for without end.
    expect(events.flatMap((event) => (event.type === 'waitingForMailboxes' ? event.delayMs : []))).toEqual([15_000, 30_000, 60_000])
    const { writes, access } = writesOf(accessOf(rig))
    const again = await provision(people, { access })
    expect(writes).toEqual([])
    expect(again.provisions.map(({ state, provided }) => [state, provided?.wasMade, provided?.wasLicensed])).toEqual(names.map(() => ['ready', false, false]))
    expect(await passwordsKept()).toEqual(passwords)
  })

  it('shows beforehand what is lacking, and changes nothing', async () => {
    const there = `there@${rig.tenant.domain}`
    addPerson(rig, { userPrincipalName: there, displayName: 'There' })
    const { writes, access } = writesOf(accessOf(rig))
    const licence = findSubscription(await readSubscriptions(rig.graph()), 'Microsoft 365 E3')
    const plans = await planProvision(access, [person(`absent@${rig.tenant.domain}`), person(there), person(rig.standing.user())], { rules: { licence, usageLocation: 'DE' }, observe: () => undefined })
    expect(plans.map(({ user, needsLicence, usageLocation }) => [user === undefined, needsLicence, usageLocation])).toEqual([
      [true, true, 'DE'],
      [false, true, 'DE'],
      [false, false, undefined],
    ])
    expect(writes).toEqual([])
  })

  it.each<ProfileName>(['throttled', 'flaky'])('comes to the same end in a tenant that is %s', async (profile) => {
    const names = addresses(profile, 25)
    rig.standing.sandbox.profiles.use(profile)
    const { provisions } = await provision(names.map((address) => person(address)))
    expect(provisions.map(({ state, error }) => error?.message ?? state)).toEqual(names.map(() => 'ready'))
    const passwords = await passwordsKept()
    for (const address of names) expect(personOf(rig, address).password).toBe(passwords.get(address))
  })

  it('goes on where it was cut short, wherever that was', async () => {
    for (let callsMax = 1; ; callsMax++) {
      const names = addresses(`cut${callsMax}-`, 2)
      const people = names.map((address) => person(address))
      let calls = 0
      const cut = watched(accessOf(rig), () => {
        if (++calls > callsMax) throw new Error('cut short')
      })
      const wasCut = await provision(people, { access: cut }).then(() => false, () => true)
      const { provisions } = await provision(people)
      expect(provisions.map(({ state }) => state)).toEqual(['ready', 'ready'])
      const passwords = await passwordsKept()
      for (const address of names) expect(personOf(rig, address).password).toBe(passwords.get(address))
      if (!wasCut) break
      expect(callsMax).toBeLessThan(40)
    }
  })

  it('gives seats to who comes first, and makes nobody without one', async () => {
    const names = addresses('seat', 12)
    const { provisions } = await provision(names.map((address) => person(address)), { sku: 'EXCHANGESTANDARD' })
    expect(provisions.filter(({ state }) => state === 'ready')).toHaveLength(10)
    expect(provisions.slice(10).map(({ error }) => [error?.code, error?.message])).toEqual(
      names.slice(10).map((address) => ['provision.no-seats', `${address} gets no licence: no seat of Exchange Online (Plan 1) is free.`]),
    )
    expect(() => personOf(rig, names[11] as string)).toThrow('no user')
    // Seats that somebody else took meanwhile.
    const licence = { ...findSubscription(await readSubscriptions(rig.graph()), 'EXCHANGESTANDARD'), seatsFree: 5 }
    const late = await provision([person(`late@${rig.tenant.domain}`)], { sku: 'EXCHANGESTANDARD', rules: { licence, usageLocation: 'DE' } })
    expect(late.provisions[0]?.error).toMatchObject({ kind: 'config', code: 'provision.no-seats' })
  })

  it('says in one sentence what stands in the way of each, and stops nobody else', async () => {
    const { domain } = rig.tenant
    const synchronised = `synced@${domain}`
    addPerson(rig, { userPrincipalName: synchronised, displayName: 'Synced', onPremisesSyncEnabled: true })
    const { provisions } = await provision([
      person('anna@foreign.example'),
      person(`a b@${domain}`),
      person(synchronised),
      person(`nowhere@${domain}`, { usageLocation: 'Germany' }),
      person(`fine@${domain}`),
    ])
    expect(provisions.map(({ error, state }) => error?.code ?? state)).toEqual([
      'provision.domain-foreign',
      'provision.address-invalid',
      'provision.synchronised',
      'provision.usage-location',
      'ready',
    ])
    for (const { error } of provisions) expect(error?.message ?? '').not.toMatch(/password/i)
    // No password stays for somebody who was not made.
    expect([...(await passwordsKept()).keys()]).toEqual([`fine@${domain}`])
    const nowhere = await provision([person(`lost@${domain}`)], { rules: { licence: findSubscription(await readSubscriptions(rig.graph()), 'SPE_E3'), usageLocation: undefined } })
    expect(nowhere.provisions[0]?.error?.code).toBe('provision.usage-location')
  })

  it('takes only a licence that gives a mailbox', async () => {
    const subscriptions = await readSubscriptions(rig.graph())
    expect(findSubscription(subscriptions, 'deskLESSpack').title).toBe('Office 365 F3')
    expect(() => findSubscription(subscriptions, 'POWER_BI_STANDARD')).toThrow(expect.objectContaining({ code: 'provision.licence-without-mailbox', hint: expect.stringContaining('SPE_E3 (Microsoft 365 E3, ') }))
    expect(() => findSubscription(subscriptions, 'NOPE')).toThrow(expect.objectContaining({ code: 'provision.licence-unknown' }))
  })

  it('waits an hour for a mailbox, and says that it is late; later it goes on', async () => {
    const { settings } = rig.tenant.tenant
    const people = [person(`slow@${rig.tenant.domain}`)]
    settings.mailboxDelayMs = 2 * 60 * 60_000
    try {
      const { provisions, events } = await provision(people)
      expect(provisions[0]).toMatchObject({ state: 'waiting', error: { code: 'provision.mailbox-late' } })
      const waits = events.flatMap((event) => (event.type === 'waitingForMailboxes' ? event.delayMs : []))
      expect(waits.slice(0, 5)).toEqual([15_000, 30_000, 60_000, 120_000, 120_000])
      expect(waits.reduce((sum, delayMs) => sum + delayMs, 0)).toBe(60 * 60_000)
    } finally {
      settings.mailboxDelayMs = 60_000
    }
    rig.standing.clock.advance(60 * 60_000)
    expect((await provision(people)).provisions[0]?.state).toBe('ready')
  })

  describe('permissions', () => {
    const needed = ['User.Read.All', 'User.ReadWrite.All', 'LicenseAssignment.ReadWrite.All', 'Organization.Read.All']
    const appWith = (graphRoles: readonly string[]) => {
      const { application, servicePrincipal, secret } = addApplication(rig.tenant.tenant, { displayName: 'Fresh', graphRoles, withSecret: true })
      const tokens = new AppTokens(rig.context, rig.appWith({ type: 'secret', secret: secret ?? '' }, application.appId))
      return { application, servicePrincipal, access: accessOf(rig, tokens) }
    }

    it('that were granted a moment ago are waited for', async () => {
      const { tenant } = rig.tenant
      const { application, servicePrincipal, access } = appWith(['User.Read.All'])
      tenant.settings.roleDelayMs = 4 * 60_000
      const resourceAccess = graphPermissions.flatMap(({ value, applicationId }) => (applicationId !== undefined && needed.includes(value) ? { id: applicationId, type: 'Role' as const } : []))
      grantRequiredAccess(tenant, servicePrincipal.id, { ...application, requiredResourceAccess: [{ resourceAppId: graphAppId, resourceAccess }] }, undefined, toSeconds(rig.standing.clock.nowMs()))
      const { provisions, events } = await provision([person(`granted@${rig.tenant.domain}`)], { access })
      expect(provisions[0]?.state).toBe('ready')
      expect(events.flatMap((event) => (event.type === 'waitingForConsent' ? event.permission : []))).toContain('User.ReadWrite.All')
    })

    it('that do not come are named', async () => {
      const { access } = appWith(['User.Read.All'])
      const startMs = rig.standing.clock.nowMs()
      const { provisions } = await provision([person(`denied@${rig.tenant.domain}`), person(`denied2@${rig.tenant.domain}`)], { access })
      for (const { error } of provisions) expect(error).toMatchObject({ kind: 'auth', code: 'graph.permission-missing', message: expect.stringContaining('User.ReadWrite.All') })
      const waitedMs = rig.standing.clock.nowMs() - startMs
      expect(waitedMs).toBeGreaterThan(10 * 60_000)
      expect(waitedMs).toBeLessThan(20 * 60_000)
    })
  })
})
