import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { makeAppCertificate } from '../../../src/connectors/kit/microsoft/sign-in/app-credential.ts'
import { checkTenant, type TenantCheckOptions } from '../../../src/control/microsoft-365/check/check-tenant.ts'
import type { Finding } from '../../../src/control/microsoft-365/check/finding.ts'
import type { MicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import { workNames } from '../../../src/control/microsoft-365/work.ts'
import type { Context } from '../../../src/core/ports/context.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { BootstrapRig } from './bootstrap-rig.ts'

let rig: BootstrapRig

beforeAll(async () => {
  rig = await BootstrapRig.start()
})

afterEach(() => {
  Object.assign(rig.tenant.tenant, { cloud: 'worldwide' })
  rig.standing.sandbox.profiles.use('none')
})

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

/** An endpoint of the app that every sandbox has. */
const full = (change: Partial<MicrosoftEndpoint> = {}): MicrosoftEndpoint =>
  rig.endpoint({
    app: { clientId: rig.tenant.clientId, principalId: rig.tenant.servicePrincipalId, isOurs: false },
    credential: { type: 'secret', secret: rig.tenant.clientSecret },
    work: workNames.filter((name) => name !== 'exchange'),
    ...change,
  })

/** The sandbox's time, and the machine's own patience: IMAP has time limits that would end at once. */
const context = () => ({ ...rig.context, clock: { ...rig.context.clock, sleep: realContext(rig.context.signal).clock.sleep } })

async function check(endpoint: MicrosoftEndpoint, options: Partial<TenantCheckOptions> = {}, world: Context = context()): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const given = { mayWrite: false, authorityFile: join(rig.home.endpointsFolder, 'authority.pem'), ...options }
  for await (const finding of checkTenant(endpoint, given, world, randomBytes)) findings.push(finding)
  for (const { state, fix, name } of findings) if (state === 'bad') expect(fix, name).not.toBe('')
  return findings
}

const of = (findings: readonly Finding[], name: string) => findings.find((finding) => finding.name === name)
const statesOf = (findings: readonly Finding[]) => Object.fromEntries(findings.map(({ name, state }) => [name, state]))
const badOf = (findings: readonly Finding[]) => findings.filter(({ state }) => state === 'bad').map(({ name }) => name)

describe('a check', () => {
  it('finds everything well in a tenant that is set up, without writing anything', async () => {
    const before = rig.standing.mailbox(0).row
    const findings = await check(full())
    expect(badOf(findings)).toEqual([])
    expect(statesOf(findings)).toMatchObject({
      cloud: 'good',
      'Microsoft Graph': 'good',
      'Exchange Online': 'good',
      'MailboxItem.ImportExport.All': 'good',
      users: 'good',
      licences: 'good',
      mailbox: 'good',
      archive: 'absent',
      'import/export': 'good',
      'own items': 'unknown',
      'native MIME': 'unknown',
      mail: 'good',
      calendars: 'good',
      contacts: 'good',
      tasks: 'good',
      settings: 'good',
      imap: 'good',
    })
    expect(rig.standing.mailbox(0).row).toEqual(before)
  })

  it('finds out by writing what only that shows, and leaves nothing behind', async () => {
    const folders = async () => (await rig.standing.call('GET', `${rig.standing.path()}/mailFolders?includeHiddenFolders=true&$top=100`)).json['value']
    const before = JSON.stringify((await folders() as { displayName: string }[]).map(({ displayName }) => displayName))
    const findings = await check(full(), { mailbox: rig.standing.user(), mayWrite: true })
    expect(badOf(findings)).toEqual([])
    expect(of(findings, 'own items')).toMatchObject({ state: 'good', says: expect.stringContaining('Exchange takes items as they are made here') as string })
    expect(of(findings, 'native MIME')).toMatchObject({ state: 'absent' })
    expect(JSON.stringify((await folders() as { displayName: string }[]).map(({ displayName }) => displayName))).toBe(before)
  })

  it('names each permission that is missing, what it is for and how to get it, and what there is too many of', async () => {
    const { application, secret } = addApplication(rig.tenant.tenant, {
      displayName: 'Weak',
      graphRoles: ['User.Read.All', 'Organization.Read.All', 'MailboxSettings.Read', 'Mail.Send'],
      withSecret: true,
    })
    const endpoint = full({ work: ['discovery', 'mail', 'items'], app: { clientId: application.appId, isOurs: false }, credential: { type: 'secret', secret: secret ?? '' } })
    const findings = await check(endpoint)
    expect(badOf(findings).filter((name) => name.includes('.'))).toEqual([
      'MailboxFolder.ReadWrite.All',
      'MailboxItem.Read.All',
      'MailboxItem.ReadWrite.All',
      'MailboxItem.ImportExport.All',
      'Mail.ReadWrite',
    ])
    expect(of(findings, 'Mail.ReadWrite')).toMatchObject({
      says: 'not granted, needed to read and write mail one message at a time',
      fix: expect.stringContaining('--without mail') as string,
    })
    expect(of(findings, 'Mail.Send')).toMatchObject({ state: 'absent', says: expect.stringContaining('nothing that was chosen needs it') as string })
    expect(of(findings, 'import/export')).toMatchObject({ state: 'bad', says: 'The app lacks the permission MailboxFolder.Read.All (403 ErrorAccessDenied)' })
  })

  it('tells a wrong secret, and asks nothing more', async () => {
    const findings = await check(full({ credential: { type: 'secret', secret: 'wr0ng' } }))
    expect(of(findings, 'Microsoft Graph')).toMatchObject({ state: 'bad', says: 'The client secret is wrong (AADSTS7000215)' })
    expect(of(findings, 'Mail.ReadWrite')).toMatchObject({ state: 'unknown' })
    expect(findings.filter(({ about }) => about === 'probe')).toEqual([])
    expect(JSON.stringify(findings)).not.toContain('wr0ng')
  })

  it('tells a certificate that has expired, or will soon', async () => {
    const dayMs = 24 * 60 * 60_000
    const nowMs = rig.standing.clock.nowMs()
    const certificateOf = async (ageDays: number) => makeAppCertificate({ name: 'x', nowMs: nowMs - ageDays * dayMs, randomBytes, lifetimeDays: 180 })
    for (const [ageDays, words] of [[181, 'has expired'], [170, 'expires soon']] as const) {
      const findings = await check(full({ work: ['mail'], credential: await certificateOf(ageDays) }))
      expect(of(findings, 'certificate')).toMatchObject({ state: 'bad', says: expect.stringContaining(words) as string })
    }
  })

  it('tells a wrong cloud, naming the right one', async () => {
    Object.assign(rig.tenant.tenant, { cloud: 'gcc-high' })
    const findings = await check(full({ work: ['mail'] }))
    expect(of(findings, 'cloud')).toMatchObject({
      state: 'bad',
      says: expect.stringContaining('is in GCC High, not in the world-wide cloud') as string,
      fix: expect.stringContaining('--cloud gcc-high') as string,
    })
  })

  it('tells of a cloud that has no interface for whole items', async () => {
    Object.assign(rig.tenant.tenant, { cloud: 'gcc-high' })
    const hosts = { ...rig.endpoint().hosts!, cloud: 'gcc-high' as const }
    const findings = await check(full({ cloud: 'gcc-high', hosts, work: ['discovery', 'items', 'mail'] }), { mailbox: rig.standing.user() })
    expect(statesOf(findings)).toMatchObject({ cloud: 'good', mailbox: 'unknown', 'import/export': 'bad', mail: 'good' })
    expect(of(findings, 'import/export')?.fix).toContain('IMAP')
  })

  it('tells a tenant that there is not, and a mailbox that there is not', async () => {
    const nowhere = await check(full({ tenantId: '11111111-2222-3333-4444-555555555555' }))
    expect(statesOf(nowhere)).toMatchObject({ cloud: 'bad', 'Microsoft Graph': 'bad' })
    const findings = await check(full(), { mailbox: 'nobody@contoso.example' })
    expect(of(findings, 'mailbox')).toMatchObject({ state: 'bad', says: expect.stringContaining('nobody@contoso.example: The tenant has no such user') as string })
    expect(of(findings, 'import/export')).toBeUndefined()
  })

  it('waits where it is asked to', async () => {
    rig.standing.sandbox.profiles.use('throttled')
    for (let i = 0; i < 5; i++) expect(badOf(await check(full({ work: ['discovery', 'items', 'mail'] }), {}, rig.context))).toEqual([])
  })

  it('says what an administrator has taken away meanwhile', async () => {
    const { profiles } = rig.standing.sandbox
    profiles.use('revoked', { requestsBefore: 2, revokes: 'permission' })
    const findings = await check(full({ work: ['discovery', 'mail'] }), { mailbox: rig.standing.user() }, rig.context)
    expect(of(findings, 'Mail.ReadWrite')).toMatchObject({ state: 'good' })
    expect(of(findings, 'mailbox')).toMatchObject({ state: 'bad', says: expect.stringContaining('although it has the permission User.Read.All') as string })
    profiles.use('revoked', { requestsBefore: 0, revokes: 'token' })
    expect(badOf(await check(full({ work: ['discovery', 'mail'] }), {}, rig.context))).toEqual([])
  })
})
