import { setTimeout as delay } from 'node:timers/promises'
import type { GraphConfig } from '../../src/connectors/graph/config.ts'
import { graphConnector } from '../../src/connectors/graph/index.ts'
import { customHosts, type MicrosoftHosts } from '../../src/connectors/kit/microsoft/clouds.ts'
import type { AppCredential } from '../../src/connectors/kit/microsoft/sign-in/app-credential.ts'
import type { Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { addUser } from '../../src/sandbox/tenant/create-tenant.ts'
import { ExchangeMailbox, refusalsOf } from './exchange-mailbox.ts'
import type { ConformanceMailbox, ConformanceServer, Refusal } from './harness.ts'
import { type LosingProxy, startLosingProxy } from './losing-proxy.ts'
import { type Wrapping, wrapped } from './wrapping.ts'

const wrongSecret = 'wrong horse battery staple'
const longMs = 31 * 24 * 3_600_000

/**
 * A real sandbox; every mailbox is a user of its own, holding the messages of the suite wrapped. Its clock is the machine's,
 * and can be put forward.
 */
export async function startGraph(wrapping: Wrapping): Promise<ConformanceServer<GraphConfig>> {
  let aheadMs = 0
  const clock = {
    nowMs: () => Date.now() + aheadMs,
    advance: (durationMs: number) => void (aheadMs += durationMs),
    sleep: (ms: number, signal?: AbortSignal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
  }
  const defects: unknown[] = []
  const onDefect = (error: unknown) => void defects.push(error)
  const options = { tenants: ['contoso'], port: 0, users: 0, profile: 'none', timeFactor: 1, isSecure: false } as const
  const sandbox = await startSandbox({ ...options, clock, onDefect })
  const place = new Place(sandbox, wrapping, () => (aheadMs += longMs))
  return {
    connector: wrapped(graphConnector, wrapping),
    bigBytes: 20_000_000,
    pairRunsMax: 8,
    // Beside an object that travels whole there is no date but the one at which it was made.
    keepsDate: ({ epochMs }) => wrapping.form === 'mail' && epochMs >= 0,
    secrets: [wrongSecret, place.tenant.clientSecret],
    // Names are compared without case.
    canName: (name) => name !== 'CASE',
    freshMailbox: async () => place.freshMailbox(),
    badConfigs: async () => {
      const good = place.freshMailbox().config
      const unknownId = '11111111-2222-3333-4444-555555555555'
      return [
        { name: 'wrong secret', config: place.withApp(good, { type: 'secret', secret: wrongSecret }), kind: 'auth' },
        { name: 'unknown app', config: place.withApp(good, undefined, unknownId), kind: 'config' },
        { name: 'no such user', config: { ...good, mailbox: 'nobody@contoso.example' }, kind: 'config' },
        { name: 'no archive', config: { ...good, isArchive: true }, kind: 'config' },
        { name: 'nobody listens', config: place.withHosts(good, { authority: 'http://127.0.0.1:1' }), kind: 'config' },
        { name: 'an endpoint that is not known', config: withoutAccess(good), kind: 'config' },
      ]
    },
    stop: async () => {
      await place.stop()
      await sandbox.close()
      if (defects.length > 0) throw new AggregateError(defects, 'the sandbox has defects')
    },
  }
}

function withoutAccess(config: GraphConfig): GraphConfig {
  const { access: _, ...rest } = config
  return rest
}

/** Makes mailboxes and the configurations of them. */
class Place {
  readonly #sandbox: Sandbox
  readonly #wrapping: Wrapping
  readonly forgetHistory: () => void
  readonly #proxies: LosingProxy[] = []
  #users = 0

  constructor(sandbox: Sandbox, wrapping: Wrapping, forgetHistory: () => void) {
    this.#sandbox = sandbox
    this.#wrapping = wrapping
    this.forgetHistory = forgetHistory
  }

  get tenant() {
    const [tenant] = this.#sandbox.access.tenants
    const [open] = this.#sandbox.tenants
    if (tenant === undefined || open === undefined) throw new Error('the sandbox has no tenant')
    return { ...tenant, ...open }
  }

  freshMailbox(): GraphMailbox {
    const { tenant, store } = this.tenant
    const address = `user${++this.#users}@${tenant.initialDomain}`
    const user = addUser(tenant, { userPrincipalName: address, displayName: 'User', mail: address, proxyAddresses: [`SMTP:${address}`] })
    return new GraphMailbox(this, store.create({ userId: user.id, address }), this.#wrapping)
  }

  configOf(mailbox: Mailbox): GraphConfig {
    const { signIn, graph, outlook, imap } = this.#sandbox.access
    const { id, clientId, clientSecret, name } = this.tenant
    const hosts = customHosts({ authority: signIn, graph, outlook, imap })
    const app = { tenantId: id, clientId, credential: { type: 'secret', secret: clientSecret } as const }
    return { endpoint: name, access: { hosts, app, tls: {} }, mailbox: mailbox.row.address, isArchive: false, via: 'auto', sessionsMax: 2 }
  }

  withHosts(config: GraphConfig, hosts: Partial<MicrosoftHosts>): GraphConfig {
    const { access } = config
    if (access === undefined) throw new Error('the configuration has no access')
    return { ...config, access: { ...access, hosts: { ...access.hosts, ...hosts } } }
  }

  withApp(config: GraphConfig, credential?: AppCredential, clientId?: string): GraphConfig {
    const { access } = config
    if (access === undefined) throw new Error('the configuration has no access')
    const app = { ...access.app, ...(credential && { credential }), ...(clientId !== undefined && { clientId }) }
    return { ...config, access: { ...access, app } }
  }

  async withLostAnswer(config: GraphConfig): Promise<GraphConfig> {
    const proxy = await startLosingProxy(this.#sandbox.access.graph)
    this.#proxies.push(proxy)
    return this.withHosts(config, { graph: proxy.url })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()))
  }
}

class GraphMailbox extends ExchangeMailbox implements ConformanceMailbox<GraphConfig> {
  readonly config: GraphConfig
  readonly #place: Place

  constructor(place: Place, mailbox: Mailbox, wrapping: Wrapping) {
    super(mailbox, wrapping, { forgetHistory: async () => place.forgetHistory() })
    this.#place = place
    this.config = place.configOf(mailbox)
  }

  withLostAnswer(): Promise<GraphConfig> {
    // Without the specimen of the first message, whose answer would be the one that is lost.
    return this.#place.withLostAnswer({ ...this.config, via: 'stream' })
  }

  async refusals(): Promise<readonly Refusal<GraphConfig>[]> {
    return refusalsOf([this.#place.freshMailbox(), this.#place.freshMailbox()], 'config')
  }
}
