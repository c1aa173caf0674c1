import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ExchangeAdminClient } from '../../../src/connectors/kit/microsoft/exchange-admin.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { checkTenant } from '../../../src/control/microsoft-365/check/check-tenant.ts'
import type { Finding } from '../../../src/control/microsoft-365/check/finding.ts'
import type { MicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import { directoryRoles } from '../../../src/sandbox/tenant/directory-roles.ts'
import { BootstrapRig } from './bootstrap-rig.ts'

let rig: BootstrapRig

beforeAll(async () => {
  rig = await BootstrapRig.start(3)
})

afterEach(() => {
  rig.told.length = 0
  rig.answers = {}
  rig.standing.sandbox.profiles.use('none')
})

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

const errorOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => error)
const settings = (index: number) => rig.standing.mailbox(index).settings

/** The sandbox's time, and the machine's own patience: IMAP has time limits that would end at once. */
const context = () => ({ ...rig.context, clock: { ...rig.context.clock, sleep: realContext(rig.context.signal).clock.sleep } })

async function probe(endpoint: MicrosoftEndpoint, name: string, mailbox: string): Promise<Finding | undefined> {
  const options = { mailbox, mayWrite: false, authorityFile: join(rig.home.endpointsFolder, 'authority.pem') }
  for await (const finding of checkTenant(endpoint, options, context(), randomBytes)) if (finding.name === name && finding.about === 'probe') return finding
  return undefined
}

describe('mailboxes are opened to an app by IMAP', () => {
  it('by an administrator who signs in to Exchange once, and no others are', async () => {
    const [anna, bert] = [rig.standing.user(0), rig.standing.user(1)]
    const endpoint = await rig.bootstrap(rig.endpoint({ work: ['imap', 'discovery'] }), { leavesExchange: false, imapMailboxes: [anna, 'nobody@contoso.example'] })
    const principalId = endpoint.app?.principalId ?? ''
    expect([settings(0).fullAccess.includes(principalId), settings(1).fullAccess.includes(principalId)]).toEqual([true, false])
    expect(rig.saidOf('done')).toEqual(expect.arrayContaining(['the app was made known to Exchange', `${anna} was opened to the app`]))
    expect(rig.saidOf('warning')).toEqual(['Exchange does not find the mailbox nobody@contoso.example'])
    expect(rig.told.filter(({ type }) => type === 'sign-in')).toHaveLength(2)
    expect(await probe(endpoint, 'imap', anna)).toMatchObject({ state: 'good' })
    expect(await probe(endpoint, 'imap', bert)).toMatchObject({
      state: 'bad',
      says: `Exchange does not let the app open the mailbox of ${bert} by IMAP`,
      fix: expect.stringContaining(`--imap-mailbox ${bert}`) as string,
    })

    rig.told.length = 0
    await rig.bootstrap(endpoint, { leavesExchange: false, imapMailboxes: [anna, bert] })
    expect(rig.saidOf('kept')).toContain('the app is known to Exchange')
    expect(settings(0).fullAccess.filter((id) => id === principalId)).toHaveLength(1)
    expect(await probe(endpoint, 'imap', bert)).toMatchObject({ state: 'good' })

    const record = await rig.record()
    const commands = record.filter((line) => String(line['url']).endsWith('/InvokeCommand'))
    expect(commands.map((line) => line['as'])).toEqual(commands.map(() => 'administrator'))
    expect(commands.length).toBeGreaterThanOrEqual(6)

    await rig.cleanUp(endpoint, false)
    expect([...rig.tenant.tenant.directory.exchangePrincipals.all()].map(({ id }) => id)).not.toContain(principalId)
  })

  it('never by the object id of the registration, with which Exchange would refuse for good', async () => {
    const anna = rig.standing.user(0)
    const endpoint = await rig.bootstrap({ ...rig.endpoint({ work: ['imap', 'discovery'] }), name: 'second' }, { leavesExchange: false, imapMailboxes: [anna] })
    const { objectId = '', principalId = '' } = endpoint.app ?? {}
    expect(objectId).not.toBe(principalId)
    const known = [...rig.tenant.tenant.directory.exchangePrincipals.all()].map(({ id }) => id)
    expect([known.includes(principalId), known.includes(objectId)]).toEqual([true, false])
  })

  it('not by who is no administrator of Exchange', async () => {
    const user = rig.standing.user(2)
    const endpoint = await rig.bootstrap({ ...rig.endpoint({ work: ['imap', 'discovery'] }), name: 'third' })
    const answering = rig.bootstrap(endpoint, { leavesExchange: false, imapMailboxes: [user] }, { tell: (told) => {
      // The first sign-in is the administrator's, the one to Exchange somebody else's.
      if (told.type === 'sign-in') rig.answers = told.why.includes('Exchange') ? { user } : {}
      rig.hear(told)
    } })
    expect(await errorOf(answering)).toMatchObject({ kind: 'auth', code: 'exchange.denied' })
    expect(settings(2).fullAccess).not.toContain(endpoint.app?.principalId)
  })
})

describe("Exchange's own commands", () => {
  it('are run by an app that was made an Exchange Administrator', async () => {
    const made = await rig.bootstrap({ ...rig.endpoint({ work: ['exchange', 'discovery'] }), name: 'fourth' })
    expect(rig.saidOf('done')).toContain('the app was made an Exchange Administrator')
    const roles = [...rig.tenant.tenant.directory.roleAssignments.all()].filter(({ principalId }) => principalId === made.app?.principalId)
    expect(roles.map(({ roleDefinitionId }) => roleDefinitionId)).toEqual([directoryRoles.exchangeAdministrator.id])
    expect(await probe(made, 'exchange', rig.standing.user())).toMatchObject({ state: 'good' })
    rig.tenant.tenant.directory.roleAssignments.erase(roles[0]?.id ?? '')
    expect(await probe(made, 'exchange', rig.standing.user())).toMatchObject({ state: 'bad', says: expect.stringContaining('Exchange does not allow Get-Mailbox') as string })
  })

  it('give all their pages, and name what they refuse', async () => {
    const made = await rig.bootstrap({ ...rig.endpoint({ work: ['exchange', 'discovery'] }), name: 'fifth' })
    const connection = rig.connect(made)
    const { id: tenantId, domain } = rig.tenant
    const admin = new ExchangeAdminClient({ ...rig.context, ...connection, tenantId, domain, randomBytes })
    const all = await admin.run({ name: 'Get-Mailbox', parameters: {} })
    expect(all.length).toBeGreaterThanOrEqual(3)
    const small = new ExchangeAdminClient({ ...rig.context, ...connection, tenantId, domain, randomBytes, pageItems: 1 })
    expect(await small.run({ name: 'Get-Mailbox', parameters: {} })).toEqual(all)
    expect(await errorOf(admin.run({ name: 'Get-Mailbox', parameters: { Identity: 'nobody@contoso.example' } }))).toMatchObject({ code: 'exchange.not-found' })
    expect(await errorOf(admin.run({ name: 'Remove-Everything', parameters: {} }))).toMatchObject({ code: 'exchange.role-missing' })
    expect(await errorOf(admin.run({ name: 'Get-Mailbox', parameters: { Nonsense: 1 } }))).toMatchObject({ code: 'exchange.refused' })
  })
})
