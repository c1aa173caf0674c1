import { randomUUID } from 'node:crypto'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { directoryRoles } from '../../../src/sandbox/tenant/directory-roles.ts'
import { commandLineToolsAppId } from '../../../src/sandbox/tenant/well-known-apps.ts'
import { type Answer, type CallOptions, refusalOf, type StandingSandbox } from './standing-sandbox.ts'

type RoleName = keyof typeof directoryRoles

/** An app of its own, with what it was granted. */
export interface TestApp {
  readonly clientId: string
  readonly clientSecret: string
  readonly applicationObjectId: string
  readonly servicePrincipalId: string
}

/** Calls Exchange's administration of a running sandbox. */
export class ExchangeAdminClient {
  readonly #run: StandingSandbox

  constructor(run: StandingSandbox) {
    this.#run = run
  }

  get scope(): string {
    return `${this.#run.sandbox.access.outlook}/.default`
  }

  /** One cmdlet by `InvokeCommand`, as the sandbox's own app unless a token is given. */
  invoke(CmdletName: string, Parameters: object = {}, options: CallOptions = {}): Promise<Answer> {
    return this.post(`beta/${this.#run.tenant.id}/InvokeCommand`, { CmdletInput: { CmdletName, Parameters } }, options)
  }

  /** Any path below `/adminapi/`. */
  async post(path: string, body: object | string, { token, headers }: CallOptions = {}): Promise<Answer> {
    const Authorization = `Bearer ${token ?? (await this.#run.token(this.scope))}`
    return this.#run.post(`${this.#run.sandbox.access.outlook}/adminapi/${path}`, { body, headers: { Authorization, ...headers } })
  }

  /** An app that has existed for a while. */
  addApp(exchangeRoles: readonly string[], roles: readonly RoleName[] = []): TestApp {
    const { tenant } = this.#run.tenant
    const { application, servicePrincipal, secret } = addApplication(tenant, { displayName: 'Other', exchangeRoles, withSecret: true })
    this.giveRoles(servicePrincipal.id, roles)
    return {
      clientId: application.appId,
      clientSecret: secret ?? '',
      applicationObjectId: application.id,
      servicePrincipalId: servicePrincipal.id,
    }
  }

  giveRoles(principalId: string, roles: readonly RoleName[]): void {
    for (const role of roles) {
      const roleDefinitionId = directoryRoles[role].id
      const assignment = { id: randomUUID(), principalId, roleDefinitionId, directoryScopeId: '/', deletedDateTime: null }
      this.#run.tenant.tenant.directory.roleAssignments.insert(assignment)
    }
  }

  /** A token for Exchange of an app, or of a user who signs in with Microsoft's command line tools and consents. */
  tokenOf(who: TestApp | string, scope = `${this.#run.sandbox.access.outlook}/Exchange.Manage`): Promise<string> {
    return typeof who === 'string' ? this.#signIn(who, scope) : this.#run.signIn(who, this.scope)
  }

  async #signIn(user: string, scope: string): Promise<string> {
    const { authority, tenant } = this.#run.tenant
    const form = { client_id: commandLineToolsAppId, redirect_uri: 'http://localhost', scope }
    const pressed = { ...form, response_type: 'code', sandbox_user: user, sandbox_consent: 'accept' }
    const { settings } = tenant
    const before = settings.replicationDelayMs
    settings.replicationDelayMs = 0
    const answer = await fetch(`${authority}/oauth2/v2.0/authorize`, { method: 'POST', body: new URLSearchParams(pressed), redirect: 'manual' })
    const code = new URL(answer.headers.get('location') ?? 'about:blank').searchParams.get('code') ?? ''
    const redeemed = { ...form, grant_type: 'authorization_code', code }
    const tokens = await fetch(`${authority}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(redeemed) })
    settings.replicationDelayMs = before
    const body = (await tokens.json()) as { access_token?: string; error_description?: string }
    if (body.access_token === undefined) throw new Error(body.error_description)
    return body.access_token
  }
}

/** Status, code and the reason of a refusal without its prefix. */
export function reasonOf(answer: Answer): readonly [number, string, string] {
  const { details = [] } = (answer.json['error'] ?? {}) as { details?: readonly { message: string }[] }
  const [, type = '', ...reason] = (details[0]?.message ?? '').split('|')
  return [refusalOf(answer)[0], type.split('.').at(-1) ?? '', reason.join('|')]
}

/** What a cmdlet said besides its results. */
export function warningsOf({ json }: Answer): readonly string[] {
  return (json['@adminapi.warnings'] ?? []) as readonly string[]
}
