import type { SandboxOptions } from '../../../src/sandbox/sandbox-options.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/start-sandbox.ts'
import { toMailboxId } from '../../../src/sandbox/mailbox/ids.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import { createStandingClock, type StandingClock } from '../../unit/sandbox/standing-clock.ts'
import { ImapConnection } from '../imap-connection.ts'

/** An answer, read whole. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body where it is JSON, otherwise empty; a test names the shape it expects. */
  readonly json: Readonly<Record<string, unknown>>
}

/** What goes with a call; an object as body goes as JSON. */
export interface CallOptions {
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
  /** Of another app than the sandbox's own. */
  readonly token?: string
}

interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

const tokenAgeMsMax = 30 * 60_000

/** A sandbox that listens, on a clock that stands still, and an app that calls it over the wire. */
export class StandingSandbox {
  readonly clock: StandingClock
  readonly sandbox: Sandbox
  readonly defects: readonly unknown[]
  readonly #tokens = new Map<string, { readonly token: string; readonly atMs: number }>()

  private constructor(sandbox: Sandbox, clock: StandingClock, defects: readonly unknown[]) {
    this.sandbox = sandbox
    this.clock = clock
    this.defects = defects
  }

  /** One tenant with so many users. */
  static async start(users: number, messagesPerUser: number, change: Partial<SandboxOptions> = {}): Promise<StandingSandbox> {
    const clock = createStandingClock()
    const defects: unknown[] = []
    const onDefect = (error: unknown) => defects.push(error)
    const options = { tenants: ['contoso'], port: 0, profile: 'none', timeFactor: 1, isSecure: false } as const
    return new StandingSandbox(await startSandbox({ ...options, users, messagesPerUser, clock, onDefect, ...change }), clock, defects)
  }

  get tenant() {
    const [tenant] = this.sandbox.access.tenants
    const [open] = this.sandbox.tenants
    if (tenant === undefined || open === undefined) throw new Error('the sandbox has no tenant')
    return { ...tenant, ...open }
  }

  /** The address of a seeded user. */
  user(index = 0): string {
    return this.tenant.users[index] as string
  }

  /** `/users/...` of a seeded user. */
  path(index = 0): string {
    return `/users/${this.user(index)}`
  }

  mailbox(index = 0): Mailbox {
    const { store } = this.tenant
    const mailbox = store.byGuid(store.all()[index]?.guid ?? '')
    if (mailbox === undefined) throw new Error(`there is no mailbox ${index}`)
    return mailbox
  }

  /** An access token by client credentials; the app's own, kept for a while. */
  async token(scope = 'https://graph.microsoft.com/.default'): Promise<string> {
    const known = this.#tokens.get(scope)
    if (known !== undefined && this.clock.nowMs() - known.atMs < tokenAgeMsMax) return known.token
    const token = await this.signIn(this.tenant, scope)
    this.#tokens.set(scope, { token, atMs: this.clock.nowMs() })
    return token
  }

  /** A new token of any app. Throws what the sign-in refused. */
  async signIn({ clientId, clientSecret }: Credentials, scope = 'https://graph.microsoft.com/.default'): Promise<string> {
    const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', scope }
    const url = `${this.tenant.authority}/oauth2/v2.0/token`
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
    const body = (await answer.json()) as { access_token?: string; error_description?: string }
    if (body.access_token === undefined) throw new Error(body.error_description)
    return body.access_token
  }

  /** Calls Graph: a path below the version, or a whole URL as it was given. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const url = path.startsWith('http')
      ? path
      : `${this.sandbox.access.graph}${/^\/(?:v1\.0|beta)\//.test(path) ? '' : '/v1.0'}${path}`
    const headers = { Authorization: `Bearer ${options.token ?? (await this.token())}`, ...options.headers }
    return send(method, url, { ...options, headers })
  }

  /** The same without a token: import and upload URLs. */
  post(url: string, options: CallOptions): Promise<Answer> {
    return send('POST', url, options)
  }

  /** `/admin/exchange/mailboxes/MBX:...` of a seeded user, or of any mailbox. */
  transferPath(mailbox: number | Mailbox = 0): string {
    return `/admin/exchange/mailboxes/${this.mailboxId(mailbox)}`
  }

  mailboxId(mailbox: number | Mailbox = 0): string {
    const { row } = typeof mailbox === 'number' ? this.mailbox(mailbox) : mailbox
    return toMailboxId(row.guid, this.tenant.id)
  }

  /** Makes a mail folder and answers its id. */
  async makeFolder(displayName: string, index = 0): Promise<string> {
    return idOf(await this.call('POST', `${this.path(index)}/mailFolders`, { body: { displayName } }))
  }

  /** An item's data as `exportItems` gives them. */
  async exportItem(itemId: string, index = 0): Promise<string> {
    const answer = await this.call('POST', `${this.transferPath(index)}/exportItems`, { body: { itemIds: [itemId] } })
    return String(valuesOf(answer)[0]?.['data'])
  }

  async importUrl(index = 0): Promise<string> {
    return String((await this.call('POST', `${this.transferPath(index)}/createImportSession`)).json['importUrl'])
  }

  /** An IMAP connection signed in to a seeded user's mailbox. */
  async imap(index = 0): Promise<ImapConnection> {
    const { port } = this.sandbox.access.imap
    const connection = await ImapConnection.connect({ port })
    const response = `user=${this.user(index)}\x01auth=Bearer ${await this.token(`${this.sandbox.access.outlook}/.default`)}\x01\x01`
    await connection.command(`AUTHENTICATE XOAUTH2 ${Buffer.from(response).toString('base64')}`)
    return connection
  }
}

async function send(method: string, url: string, { body, headers }: CallOptions): Promise<Answer> {
  const isObject = typeof body === 'object'
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(isObject && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isObject ? JSON.stringify(body) : body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): Answer['json'] {
  try {
    return JSON.parse(text) as Answer['json']
  } catch {
    return {}
  }
}

/** Status and code of a refusal. */
export function refusalOf({ status, json }: Answer): readonly [number, string] {
  return [status, (json['error'] as { readonly code: string } | undefined)?.code ?? '']
}

/** The id of the entity that was answered. */
export function idOf({ json }: Answer): string {
  return String(json['id'])
}

/** The `value` of a collection. */
export function valuesOf<T = Readonly<Record<string, unknown>>>({ json }: Answer): readonly T[] {
  return (json['value'] ?? []) as readonly T[]
}
