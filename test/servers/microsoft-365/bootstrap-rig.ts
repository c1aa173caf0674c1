import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpClient, type HttpClientOptions } from '../../../src/connectors/kit/http/http-client.ts'
import { connectMicrosoft, type MicrosoftConnection } from '../../../src/connectors/kit/microsoft/microsoft-access.ts'
import { EndpointStore } from '../../../src/control/endpoints/endpoint-store.ts'
import { findHome, type Home } from '../../../src/control/home.ts'
import { bootstrap, type BootstrapOptions, type BootstrapParts } from '../../../src/control/microsoft-365/bootstrap/bootstrap.ts'
import { CallRecord } from '../../../src/control/microsoft-365/bootstrap/call-record.ts'
import { cleanUp } from '../../../src/control/microsoft-365/bootstrap/clean-up.ts'
import type { Told } from '../../../src/control/microsoft-365/bootstrap/told.ts'
import { accessOf, type MicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import type { SandboxOptions } from '../../../src/sandbox/sandbox-options.ts'
import { MicrosoftRig } from './microsoft-rig.ts'
import { type Answers, enterCode, openPage } from './person.ts'

const openHttp = (options: HttpClientOptions) => new HttpClient(options)

/** A home beside a sandbox, and an administrator who does what is asked. */
export class BootstrapRig extends MicrosoftRig {
  readonly home: Home
  readonly store: EndpointStore
  readonly told: Told[] = []
  readonly #folder: string
  readonly #open: MicrosoftConnection[] = []
  /** What the administrator answers. */
  answers: Partial<Answers> = {}

  private constructor(rig: MicrosoftRig, folder: string) {
    super(rig.standing)
    this.#folder = folder
    this.home = findHome(join(folder, 'home'), {}, () => false)
    this.store = new EndpointStore(this.home, {}, randomBytes)
  }

  static override async start(users = 2, messagesPerUser = 1, change: Partial<SandboxOptions> = {}): Promise<BootstrapRig> {
    return new BootstrapRig(await MicrosoftRig.start(users, messagesPerUser, change), await mkdtemp(join(tmpdir(), 'mailvan-bootstrap-')))
  }

  /** An endpoint that is not set up yet. */
  endpoint(change: Partial<MicrosoftEndpoint> = {}): MicrosoftEndpoint {
    const { signIn: authority, graph, outlook, imap } = this.standing.sandbox.access
    const hosts = { authority, graph, outlook, imap }
    return { name: 'target', tenantId: this.tenant.id, cloud: 'worldwide', hosts, verifiesCertificates: true, side: 'target', work: ['items'], ...change }
  }

  bootstrap(endpoint: MicrosoftEndpoint, options: Partial<BootstrapOptions> = {}, change: Partial<BootstrapParts> = {}): Promise<MicrosoftEndpoint> {
    return this.#with((parts) =>
      bootstrap(endpoint, { way: { type: 'browser' }, imapMailboxes: [], leavesExchange: true, ...options }, { ...parts, ...change }),
    )
  }

  cleanUp(endpoint: MicrosoftEndpoint, leavesExchange = true): Promise<void> {
    return this.#with((parts) => cleanUp(endpoint, { way: { type: 'browser' }, leavesExchange }, parts))
  }

  /** Hears what is told, and does what is asked. */
  hear(told: Told): void {
    this.told.push(told)
    if (told.type === 'sign-in') void this.#answer(told)
  }

  /** The tenant as an endpoint's app reaches it. */
  connect(endpoint: MicrosoftEndpoint): MicrosoftConnection {
    const connection = connectMicrosoft(accessOf(endpoint), this.context, randomBytes)
    this.#open.push(connection)
    return connection
  }

  /** What was told, without what only waited. */
  saidOf(type: Told['type']): readonly string[] {
    return this.told.flatMap((told) => (told.type === type && 'what' in told ? [told.what] : []))
  }

  async record(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const text = await readFile(join(this.home.endpointsFolder, 'target.calls.jsonl'), 'utf8')
    return text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  async #with<T>(work: (parts: BootstrapParts) => Promise<T>): Promise<T> {
    const { context } = this
    const record = new CallRecord(join(this.home.endpointsFolder, 'target.calls.jsonl'), () => context.clock.now())
    const tell = (told: Told) => this.hear(told)
    try {
      return await work({ store: this.store, record, context, randomBytes, openHttp, tell })
    } finally {
      record.close()
    }
  }

  #answer({ page, userCode }: Extract<Told, { type: 'sign-in' }>): Promise<unknown> {
    const answers: Answers = { user: this.tenant.administrator, ...this.answers }
    return userCode === undefined ? openPage(page, answers) : enterCode(page, userCode, answers)
  }

  override async close(): Promise<void> {
    this.#open.forEach((connection) => connection.close())
    await super.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
