import type { ExchangeAdmin } from '../../../src/connectors/kit/microsoft/exchange-admin.ts'
import { exchangeCommands } from '../../../src/connectors/kit/microsoft/exchange-commands.ts'
import type { GraphCaller } from '../../../src/connectors/kit/microsoft/graph-client.ts'
import { connectMicrosoft, type MicrosoftConnection } from '../../../src/connectors/kit/microsoft/microsoft-access.ts'
import { graphValues } from '../../../src/connectors/kit/microsoft/graph-pages.ts'
import { graphPath } from '../../../src/connectors/kit/microsoft/graph-path.ts'
import type { JsonObject } from '../../../src/connectors/kit/microsoft/read-json.ts'
import { patientGraph } from '../../../src/connectors/kit/microsoft/with-patience.ts'
import type { ExtraRecord } from '../../../src/core/model/extra.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { type PassWishes, TenantPair } from './tenant-pair.ts'

export const rulesPath = '/mailFolders/inbox/messageRules'

/** What the user of a mailbox does and sees with another client. */
export class Person {
  readonly graph: GraphCaller
  /** Exchange's own commands in the tenant. */
  readonly exchange: ExchangeAdmin
  readonly address: string

  constructor(pair: TenantPair, connection: MicrosoftConnection, tenantId: string, address: string) {
    this.graph = patientGraph(connection.graph, pair.context())
    this.exchange = exchangeCommands(connection, tenantId, pair.context(), (size) => Buffer.alloc(size, 7))
    this.address = address
  }

  async call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', below: string, body?: object): Promise<JsonObject> {
    return (await this.graph.call({ method, path: `${graphPath`/users/${this.address}`}${below}`, ...(body && { body }) })).json
  }

  async list(below: string): Promise<readonly JsonObject[]> {
    const found: JsonObject[] = []
    for await (const one of graphValues(this.graph, { method: 'GET', path: `${graphPath`/users/${this.address}`}${below}` })) found.push(one)
    return found
  }

  async rule(name: string): Promise<JsonObject | undefined> {
    return (await this.list(rulesPath)).find(({ displayName }) => displayName === name)
  }

  async folder(displayName: string, parent = ''): Promise<string> {
    return String((await this.call('POST', parent === '' ? '/mailFolders' : `/mailFolders/${parent}/childFolders`, { displayName }))['id'])
  }

  /** All that the carrying of extras may change. */
  async everything(): Promise<string> {
    const settings = await this.call('GET', '/mailboxSettings')
    return JSON.stringify([await this.list('/outlook/masterCategories'), await this.list(rulesPath), settings, await this.list('/calendar/calendarPermissions')])
  }
}

/** A mailbox of each tenant, and who they belong to. */
export interface Movers {
  readonly source: Mailbox
  readonly target: Mailbox
  readonly anna: Person
  readonly annas: Person
  run(wishes?: PassWishes): Promise<Tally>
}

/** Mailboxes to be moved from tenant to tenant with what they have beside their items, each test with a ledger of its own. */
export class ExtrasRig {
  readonly pair: TenantPair
  readonly #connections: MicrosoftConnection[] = []
  #store: Store | undefined
  #ledger: MailboxLedger | undefined
  #used = 0

  private constructor(pair: TenantPair) {
    this.pair = pair
  }

  static async start(users: number): Promise<ExtrasRig> {
    return new ExtrasRig(await TenantPair.start(users, 3))
  }

  get ledger(): MailboxLedger {
    if (this.#ledger === undefined) throw new Error('there is no ledger before a test has begun')
    return this.#ledger
  }

  /** Before each test, and for mailboxes that are others within one. */
  async openLedger(name = 'a'): Promise<void> {
    this.#store ??= await openStore({ path: ':memory:' })
    this.#ledger = await this.#store.mailbox({ sourceUrl: `m365://a/${name}`, targetUrl: 'm365://b/b' })
  }

  async closeLedger(): Promise<void> {
    this.pair.sandbox.profiles.use('none')
    await this.#store?.close()
    this.#store = undefined
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close()
    await this.pair.close()
  }

  /** The next seeded mailbox of the source, and a fresh one of the target. */
  mailboxes(language?: string): Movers {
    const source = this.pair.source(this.#used++)
    const target = this.pair.freshTarget('primary', language)
    const run = (wishes: PassWishes = {}): Promise<Tally> => this.pair.run(source, target, this.ledger, wishes)
    return { source, target, run, anna: this.#person('source', source), annas: this.#person('target', target) }
  }

  async comesTo(kind: ExtraRecord['kind']): Promise<readonly string[]> {
    const records = (await this.ledger.extras()).filter((record) => record.kind === kind && record.isPresent)
    return records.map(({ name, fate, reason, handwork }) => `${name}: ${fate} ${reason ?? handwork?.sentence ?? ''}`.trim()).toSorted()
  }

  async commandsFor(name: string): Promise<readonly string[]> {
    return (await this.ledger.extras()).find((record) => record.name === name)?.handwork?.commands ?? []
  }

  /** How many messages the tenants have sent. */
  sent(): number {
    return this.pair.sandbox.tenants.reduce((sum, { store }) => sum + store.outbox.count, 0)
  }

  #person(side: 'source' | 'target', mailbox: Mailbox): Person {
    const access = this.pair.configOf(side, mailbox).access!
    const connection = connectMicrosoft(access, this.pair.context(), (size) => Buffer.alloc(size, 7))
    this.#connections.push(connection)
    return new Person(this.pair, connection, access.app.tenantId, mailbox.row.address)
  }
}
