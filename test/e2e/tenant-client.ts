import type { TenantAccess } from '../../src/sandbox/sandbox-options.ts'
import type { StageAnswer, TenantStage } from './tenant-stage.ts'

/** JSON as Graph answers it; a test names the fields it expects. */
export type GraphObject = Readonly<Record<string, unknown>>

/** A tenant of a stage as an app of its administrator sees it by Graph; shares no code with the product. */
export class TenantClient {
  readonly #stage: TenantStage
  readonly #tenant: TenantAccess
  #token: string | undefined

  /** Of the tenant with this name. */
  constructor(stage: TenantStage, name: string) {
    const tenant = stage.sandbox.ready.tenants.find((one) => one.name === name)
    if (tenant === undefined) throw new Error(`the sandbox has no tenant ${name}`)
    this.#stage = stage
    this.#tenant = tenant
  }

  /** One call; a path below the version, or a link as it was given. Throws what was refused. */
  async call(method: string, path: string, body?: object): Promise<GraphObject> {
    return (await this.#answered(method, path, body)).json ?? {}
  }

  /** What a path holds that is no JSON. */
  async bytes(path: string): Promise<Buffer> {
    return (await this.#answered('GET', path)).bytes
  }

  async #answered(method: string, path: string, body?: object): Promise<StageAnswer> {
    const first = await this.#send(method, path, body)
    // A token's hour is short on a clock that goes faster.
    const answer = first.status === 401 ? await this.#send(method, path, body, true) : first
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }

  /** The values of all pages of a list. */
  async list(path: string): Promise<readonly GraphObject[]> {
    const values: GraphObject[] = []
    for (let next: string | undefined = path; next !== undefined; ) {
      const page: GraphObject = await this.call('GET', next)
      values.push(...(page['value'] as readonly GraphObject[]))
      next = page['@odata.nextLink'] as string | undefined
    }
    return values
  }

  async #send(method: string, path: string, body: object | undefined, anew = false): Promise<StageAnswer> {
    if (anew || this.#token === undefined) this.#token = await this.#signIn()
    const url = path.startsWith('https:') ? path : `${this.#stage.sandbox.ready.graph}/v1.0${path}`
    const headers = { Authorization: `Bearer ${this.#token}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) }
    return this.#stage.send(method, url, { headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  }

  async #signIn(): Promise<string> {
    const { authority, clientId, clientSecret } = this.#tenant
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'https://graph.microsoft.com/.default' }
    const answer = await this.#stage.send('POST', `${authority}/oauth2/v2.0/token`, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
    const token = answer.json?.['access_token']
    if (typeof token !== 'string') throw new Error(`not signed in: ${answer.text}`)
    return token
  }
}
