import { Buffer } from 'node:buffer'
import type { SandboxAccess } from '../../src/sandbox/start-sandbox.ts'
import { HttpClient } from './http-client.ts'

const graphScope = 'https://graph.microsoft.com/.default'
const exchangeScope = 'https://outlook.office365.com/.default'

/** The sandbox's first tenant as the app of a migration sees it. */
export class TenantClient {
  readonly http = new HttpClient()
  readonly access: SandboxAccess
  readonly #tokens = new Map<string, string>()

  constructor(access: SandboxAccess) {
    this.access = access
  }

  /** User principal names. */
  get users(): readonly string[] {
    return this.#tenant.users
  }

  /** Headers of a signed-in request to Graph. */
  async graphHeaders(): Promise<Readonly<Record<string, string>>> {
    return { Authorization: `Bearer ${await this.#token(graphScope)}` }
  }

  /** What AUTHENTICATE XOAUTH2 takes. */
  async imapResponse(user: string): Promise<string> {
    const token = await this.#token(exchangeScope)
    return Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64')
  }

  url(path: string): URL {
    return new URL(`${this.access.graph}/v1.0${path}`)
  }

  async get(path: string): Promise<Record<string, unknown>> {
    return this.http.json({ method: 'GET', url: this.url(path), headers: await this.graphHeaders() })
  }

  close(): void {
    this.http.close()
  }

  get #tenant() {
    const [tenant] = this.access.tenants
    if (tenant === undefined) throw new Error('the sandbox has no tenant')
    return tenant
  }

  async #token(scope: string): Promise<string> {
    const known = this.#tokens.get(scope)
    if (known !== undefined) return known
    const { authority, clientId, clientSecret } = this.#tenant
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope }
    const answer = await this.http.json({
      method: 'POST',
      url: new URL(`${authority}/oauth2/v2.0/token`),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: [Buffer.from(new URLSearchParams(form).toString())],
    })
    const token = String(answer['access_token'])
    this.#tokens.set(scope, token)
    return token
  }
}
