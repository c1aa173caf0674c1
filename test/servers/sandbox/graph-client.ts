import { readFile } from 'node:fs/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import {
  AuthenticationHandler,
  type AuthenticationProvider,
  Client,
  type Context,
  HTTPMessageHandler,
  type Middleware,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client'
import type { Sandbox } from '../../../src/sandbox/start-sandbox.ts'

/** Microsoft's own client for JavaScript on one sandbox, and what it went through. */
export interface GraphClient {
  readonly client: Client
  /** How often each status was answered, those that the client itself tried again among them. */
  readonly statuses: ReadonlyMap<number, number>
}

/** Lets this thread's `fetch` trust a sandbox's authority; the answer takes it back. */
export async function trustAuthority({ access }: Sandbox): Promise<() => void> {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, await readFile(access.authorityFile ?? '', 'utf8')])
  return () => setDefaultCACertificates(before)
}

/** The client as an app would make it for a tenant's Graph, with a real token and its usual chain but for redirects. */
export function createGraphClient({ access }: Sandbox): GraphClient {
  const statuses = new Map<number, number>()
  const chain: readonly Middleware[] = [
    new AuthenticationHandler(new ClientCredentials(access)),
    new RetryHandler(new RetryHandlerOptions(0, 10)),
    new TelemetryHandler(),
    new CountingHandler(statuses),
    new HTTPMessageHandler(),
  ]
  const client = Client.initWithMiddleware({
    baseUrl: access.graph,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(access.graph).hostname]),
    middleware: [...chain],
  })
  return { client, statuses }
}

/** Signs in as an app does (exchange.md 5.2), once. */
class ClientCredentials implements AuthenticationProvider {
  readonly #access: Sandbox['access']
  #token: string | undefined

  constructor(access: Sandbox['access']) {
    this.#access = access
  }

  async getAccessToken(): Promise<string> {
    return (this.#token ??= await this.#signIn())
  }

  async #signIn(): Promise<string> {
    const [tenant] = this.#access.tenants
    if (tenant === undefined) throw new Error('the sandbox has no tenant')
    const body = new URLSearchParams({
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    })
    const answer = await fetch(`${tenant.authority}/oauth2/v2.0/token`, { method: 'POST', body })
    const { access_token: token } = (await answer.json()) as { access_token?: string }
    if (token === undefined) throw new Error(`no token: ${answer.status}`)
    return token
  }
}

class CountingHandler implements Middleware {
  readonly #statuses: Map<number, number>
  #next: Middleware | undefined

  constructor(statuses: Map<number, number>) {
    this.#statuses = statuses
  }

  async execute(context: Context): Promise<void> {
    await this.#next?.execute(context)
    const status = context.response?.status ?? 0
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
  }

  setNext(next: Middleware): void {
    this.#next = next
  }
}
