import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { ExchangeAdmin, ExchangeCommand } from '../../../src/connectors/kit/microsoft/exchange-admin.ts'
import type { MicrosoftAccess } from '../../../src/connectors/kit/microsoft/microsoft-access.ts'
import { type AddressOutcome, type AddressParts, carryOldAddresses } from '../../../src/control/microsoft-365/old-addresses/carry-old-addresses.ts'
import { mailboxesOfPairs } from '../../../src/control/microsoft-365/old-addresses/mailboxes-of-pairs.ts'
import { type OpenedTenant, openTenant } from '../../../src/control/microsoft-365/open-tenant.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import { messageProperties as known } from '../../../src/formats/mapi/message-properties.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { TenantPair } from '../graph/tenant-pair.ts'

let pair: TenantPair
const opened: OpenedTenant[] = []

beforeAll(async () => {
  pair = await TenantPair.start(24, 2)
})

afterEach(() => {
  pair.sandbox.profiles.use('none')
  for (const tenant of opened.splice(0)) tenant.close()
})

afterAll(async () => {
  await pair.close()
  expect(pair.defects).toEqual([])
})

const accessOf = (side: 'source' | 'target') => pair.configOf(side, side === 'source' ? pair.source() : target).access as MicrosoftAccess

function open(access: MicrosoftAccess): OpenedTenant {
  const tenant = openTenant(access, pair.context())
  opened.push(tenant)
  return tenant
}

/** The access of an app that has everything but Exchange's own commands. */
function withoutExchange(side: 'source' | 'target'): MicrosoftAccess {
  const { tenant } = pair.sandbox.tenants[side === 'source' ? 0 : 1]!
  const { application, secret } = addApplication(tenant, { displayName: `Without ${side}`, graphRoles: ['User.Read.All', 'Organization.Read.All'], withSecret: true })
  const access = accessOf(side)
  return { ...access, app: { ...access.app, clientId: application.appId, credential: { type: 'secret', secret: secret ?? '' } } }
}

interface Wishes extends Partial<Pick<AddressParts, 'changes'>> {
  readonly source?: MicrosoftAccess
  readonly target?: MicrosoftAccess
  /** Hears of every command before it is run. */
  readonly before?: (command: ExchangeCommand) => void
}

function carry(rows: readonly (readonly [source: string, target: string])[], wishes: Wishes = {}): Promise<readonly AddressOutcome[]> {
  const { before = () => undefined, changes = true } = wishes
  const watched = ({ exchange }: OpenedTenant): ExchangeAdmin => ({ run: async (command) => (before(command), exchange.run(command)) })
  const [from, to] = [open(wishes.source ?? accessOf('source')), open(wishes.target ?? accessOf('target'))]
  const pairs = rows.map(([source, address], at) => ({ line: at + 2, source, target: address }))
  const { mailboxes } = mailboxesOfPairs({ pairs, faulty: [] }, 'fabrikam')
  return carryOldAddresses(mailboxes, {
    target: { graph: to.graph, context: to.context, exchange: watched(to), endpoint: 'fabrikam' },
    sources: new Map<string, AddressParts['target'] | MigrationError>([
      ['contoso', { ...from, exchange: watched(from), endpoint: 'contoso' }],
      ['nowhere', new MigrationError('config', 'endpoint.unknown', { message: 'There is no endpoint "nowhere".', hint: '' })],
    ]),
    changes,
    mailboxesAtOnceMax: 3,
    observe: () => undefined,
  })
}

const userOf = (side: 0 | 1, { row }: Mailbox) => pair.sandbox.tenants[side]!.tenant.directory.users.find(row.userId)!
const addressesOf = (mailbox: Mailbox) => userOf(1, mailbox).proxyAddresses
const m365 = ({ row }: Mailbox) => `m365://contoso/${row.address}`

async function dnOf(mailbox: Mailbox): Promise<string> {
  const [row] = await open(accessOf('source')).exchange.run({ name: 'Get-Mailbox', parameters: { Identity: mailbox.row.address } })
  return String(row?.['LegacyExchangeDN'])
}

/** Whom the target's Exchange takes an EX address for. */
async function resolved(name: string): Promise<unknown> {
  const found = open(accessOf('target')).exchange.run({ name: 'Get-Mailbox', parameters: { Identity: name } })
  return found.then(([row]) => row?.['PrimarySmtpAddress'], (error: unknown) => (error as MigrationError).code)
}

function addDomain(side: 0 | 1, name: string): void {
  const { domains } = pair.sandbox.tenants[side]!.tenant.directory
  if (domains.find(name) === undefined) domains.insert({ ...[...domains.all()][0]!, id: name, isInitial: false, isDefault: false })
}

let source: Mailbox
let target: Mailbox
let made = 0

/** Everybody has the primary address alone. */
function freeAddresses(): void {
  for (const { tenant } of pair.sandbox.tenants) {
    const { users } = tenant.directory
    for (const user of users.all()) users.update({ ...user, proxyAddresses: user.proxyAddresses.filter((address) => address.startsWith('SMTP:')) })
  }
}

beforeEach(() => {
  freeAddresses()
  source = pair.source(made++ % 8)
  target = pair.freshTarget()
})

describe('old addresses', () => {
  it('go to the target: X500 ones, and SMTP ones of domains that are its tenant\'s; again nothing is written', async () => {
    const { directory } = pair.sandbox.tenants[0]!.tenant
    addDomain(1, 'moved.example')
    const before = userOf(0, source)
    directory.users.update({ ...before, proxyAddresses: [...before.proxyAddresses, 'smtp:Old.Name@Moved.example', 'X500:/o=Before/cn=x', 'SIP:anna@contoso.com'] })
    const dn = await dnOf(source)
    expect(await resolved(dn)).toBe('exchange.not-found')
    const writes: string[] = []
    const watch = { before: ({ name }: ExchangeCommand) => void (name.startsWith('Set-') && writes.push(name)) }
    const [planned] = await carry([[m365(source), target.row.address]], { ...watch, changes: false })
    expect([planned?.state, writes, addressesOf(target)]).toEqual(['lacking', [], [`SMTP:${target.row.address}`]])
    const [done] = await carry([[m365(source), target.row.address]], watch)
    const added = [`X500:${dn}`, 'X500:/o=Before/cn=x', 'smtp:Old.Name@Moved.example']
    expect(planned?.lacking).toEqual(added)
    expect(done).toMatchObject({ state: 'complete', present: [], added, lacking: [], errors: [], handwork: [] })
    expect(done?.foreign).toEqual(before.proxyAddresses.map((address) => address.replace('SMTP:', 'smtp:')))
    expect(addressesOf(target)).toEqual([`SMTP:${target.row.address}`, ...added])
    expect(await resolved(dn)).toBe(target.row.address)
    expect(writes).toEqual(['Set-Mailbox'])
    const [again] = await carry([[m365(source), target.row.address]], watch)
    expect(again).toMatchObject({ state: 'complete', present: added, added: [] })
    expect(writes).toHaveLength(1)
  })

  it.each([
    ['throttled', { spellShare: 0.2 }],
    ['flaky', { intensity: 5 }],
  ] as const)('go there in tenants that are %s', async (profile, settings) => {
    const sources = Array.from({ length: 24 }, (_, index) => pair.source(index))
    const targets = sources.map(() => pair.freshTarget())
    const names = await Promise.all(sources.map(dnOf))
    pair.sandbox.profiles.use(profile, settings)
    const before = pair.clock.nowMs()
    const outcomes = await carry(sources.map((one, at) => [m365(one), targets[at]!.row.address]))
    // Some were refused, and waited for.
    expect(pair.clock.nowMs()).toBeGreaterThan(before)
    expect(outcomes.map(({ state, errors }) => errors[0]?.message ?? state)).toEqual(sources.map(() => 'complete'))
    for (const [at, one] of targets.entries()) expect(addressesOf(one)).toEqual([`SMTP:${one.row.address}`, `X500:${names[at]}`])
  })

  it('go on where they were cut short, wherever that was', async () => {
    const names = await Promise.all([0, 1].map((index) => dnOf(pair.source(index))))
    for (let commandsMax = 0; ; commandsMax++) {
      const targets = [pair.freshTarget(), pair.freshTarget()]
      const rows = targets.map((one, at) => [m365(pair.source(at)), one.row.address] as const)
      freeAddresses()
      let commands = 0
      const cut = () => {
        if (++commands > commandsMax) throw new Error('cut short')
      }
      const wasCut = await carry(rows, { before: cut }).then(() => false, () => true)
      const outcomes = await carry(rows)
      expect(outcomes.map(({ state }) => state)).toEqual(['complete', 'complete'])
      for (const [at, one] of targets.entries()) expect(addressesOf(one).filter((address) => address.startsWith('X500:'))).toEqual([`X500:${names[at]}`])
      if (!wasCut) break
      expect(commandsMax).toBeLessThan(20)
    }
  })

  it('that another recipient has are named, and the others are added', async () => {
    addDomain(1, 'moved.example')
    const { directory } = pair.sandbox.tenants[0]!.tenant
    const before = userOf(0, source)
    directory.users.update({ ...before, proxyAddresses: [...before.proxyAddresses, `smtp:taken${made}@moved.example`] })
    const holder = pair.freshTarget()
    const holding = userOf(1, holder)
    pair.sandbox.tenants[1]!.tenant.directory.users.update({ ...holding, proxyAddresses: [...holding.proxyAddresses, `smtp:taken${made}@moved.example`] })
    const dn = await dnOf(source)
    const [outcome] = await carry([[m365(source), target.row.address]])
    expect(outcome).toMatchObject({ state: 'lacking', lacking: [`smtp:taken${made}@moved.example`] })
    expect(outcome?.added).toContain(`X500:${dn}`)
    expect(outcome?.errors.map(({ code, message }) => [code, message])).toEqual([
      ['provision.old-address-taken', `${target.row.address} cannot have smtp:taken${made}@moved.example: another recipient of the tenant has it.`],
    ])
  })

  it('that a hostile source names are data, in requests and in commands', async () => {
    const { directory } = pair.sandbox.tenants[0]!.tenant
    const hostile = "X500:/o=x'}; Remove-Mailbox all; $(evil) \u2019\u202e"
    const before = userOf(0, source)
    directory.users.update({ ...before, proxyAddresses: [...before.proxyAddresses, hostile] })
    const [byHand] = await carry([[m365(source), target.row.address]], { target: withoutExchange('target') })
    expect(byHand?.handwork[0]?.commands[0]).toContain("('X500:/o=x''}; Remove-Mailbox all; $(evil) \u2019\u2019' + [char]0x202e)}")
    await carry([[m365(source), target.row.address]])
    expect(addressesOf(target)).toContain(hostile)
    directory.users.update(before)
  })

  it('are left to a person where an app may not run the commands; the rest goes on', async () => {
    const dn = await dnOf(source)
    const rows = [[m365(source), target.row.address], ['imaps://ann@moved.example@old.example', pair.freshTarget().row.address]] as const
    const [unread, other] = await carry(rows, { source: withoutExchange('source') })
    expect(unread).toMatchObject({ state: 'handwork', errors: [] })
    expect(unread?.handwork).toEqual([
      {
        sentence: expect.stringContaining('mailvan endpoint bootstrap contoso --also exchange') as string,
        commands: [
          `Get-EXOMailbox -Identity '${source.row.address}' -Properties LegacyExchangeDN, EmailAddresses | Format-List LegacyExchangeDN, EmailAddresses # in the source's organization`,
          `Set-Mailbox -Identity '${target.row.address}' -EmailAddresses @{Add='X500:LEGACYEXCHANGEDN'} # for each that the first command shows`,
        ],
      },
    ])
    expect(other?.state).toBe('complete')
    let asked = 0
    const unwritten = await carry([[m365(source), target.row.address], [m365(pair.source(made % 8)), pair.freshTarget().row.address]], {
      target: withoutExchange('target'),
      before: () => void asked++,
    })
    expect(unwritten.map(({ state }) => state)).toEqual(['handwork', 'handwork'])
    expect(unwritten[0]?.handwork[0]?.commands).toEqual([`Set-Mailbox -Identity '${target.row.address}' -EmailAddresses @{Add='X500:${dn}'}`])
    expect(addressesOf(target)).toEqual([`SMTP:${target.row.address}`])
  })

  it('stay where a directory of one\'s own looks after the mailbox', async () => {
    pair.sandbox.tenants[1]!.tenant.directory.users.update({ ...userOf(1, target), onPremisesSyncEnabled: true })
    const dn = await dnOf(source)
    const [outcome] = await carry([[m365(source), target.row.address]])
    expect(outcome?.handwork[0]?.commands).toEqual([`Set-RemoteMailbox -Identity '${target.row.address}' -EmailAddresses @{Add='X500:${dn}'}`])
  })

  it('are told of each mailbox that is not there, and of an endpoint that is not', async () => {
    const outcomes = await carry([
      ['m365://contoso/nobody@contoso.onmicrosoft.com', target.row.address],
      [m365(source), 'nobody@fabrikam.onmicrosoft.com'],
      ['m365://nowhere/ann@contoso.com', pair.freshTarget().row.address],
      ['maildir:/home/ann', pair.freshTarget().row.address],
    ])
    expect(outcomes.map(({ state, errors }) => errors[0]?.message ?? state)).toEqual([
      'Exchange finds no mailbox of nobody@contoso.onmicrosoft.com in the tenant of contoso.',
      'Exchange finds no mailbox of nobody@fabrikam.onmicrosoft.com in the tenant of fabrikam.',
      'There is no endpoint "nowhere".',
      'complete',
    ])
  })

  it('of an IMAP login become an alias, once its domain is the tenant\'s', async () => {
    const [url, name] = [`imaps://ann${made}%40late.example@old.example`, `smtp:ann${made}@late.example`]
    expect(await carry([[url, target.row.address]])).toMatchObject([{ state: 'complete', foreign: [name], added: [] }])
    addDomain(1, 'late.example')
    expect(await carry([[url, target.row.address]])).toMatchObject([{ state: 'complete', foreign: [], added: [name] }])
  })
})

test('an old item can be answered after a migration, once its mailbox has its old addresses', async () => {
  const store = await openStore({ path: ':memory:' })
  try {
    const ledger = await store.mailbox({ sourceUrl: 'm365://a/a', targetUrl: 'm365://b/b' })
    const dn = await dnOf(source)
    const inbox = (mailbox: Mailbox) => mailbox.items.list(mailbox.folders.wellKnown('inbox')!.id)
    for (const { id } of inbox(source)) {
      source.items.edit(id, (properties) => {
        properties.set(known.senderAddressType, 'EX')
        properties.set(known.senderAddress, dn)
      })
    }
    const addresses = async () => (await ledger.extras()).filter(({ kind }) => kind === 'address').map(({ fate, handwork }) => [fate, handwork?.commands.length])
    await pair.run(source, target, ledger)
    expect(await addresses()).toEqual([['handwork', 1]])
    const senders = inbox(target).map(({ id }) => target.items.head(id).properties.get(known.senderAddress))
    expect(senders.length).toBeGreaterThan(0)
    for (const sender of senders) expect(await resolved(String(sender))).toBe('exchange.not-found')
    await carry([[m365(source), target.row.address]])
    for (const sender of senders) expect(await resolved(String(sender))).toBe(target.row.address)
    await pair.run(source, target, ledger)
    expect(await addresses()).toEqual([['alreadyThere', undefined]])
  } finally {
    await store.close()
  }
})
