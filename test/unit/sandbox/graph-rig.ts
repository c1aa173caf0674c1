import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createGraphApp, type GraphAppOptions } from '../../../src/sandbox/http/graph-app.ts'
import type { Route } from '../../../src/sandbox/http/route.ts'
import { addUser, openTenant, type TenantOptions } from '../../../src/sandbox/tenant/create-tenant.ts'
import type { UserRecord } from '../../../src/sandbox/tenant/directory-records.ts'
import type { DirectoryStore } from '../../../src/sandbox/tenant/directory-store.ts'
import { openDatabase } from '../../../src/sandbox/tenant/open-database.ts'
import type { MailboxProvisioning, Tenant } from '../../../src/sandbox/tenant/tenant.ts'
import { SigningKeys } from '../../../src/sandbox/tokens/signing-keys.ts'
import { createStandingClock, type StandingClock } from './standing-clock.ts'

/** The hosts of a rig; nothing listens there. */
export const rigEndpoints = { signIn: 'https://login.test', graph: 'https://graph.test', outlook: 'https://outlook.test' }

/** One key for all rigs of a file: making one takes longer than most tests. */
export const rigSigningKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

/** A provisioned mailbox, as the rig writes it down. */
export interface Provisioned {
  readonly userId: string
  readonly readyAtMs: number | undefined
}

/** A tenant without a mailbox store: what is provisioned is only written down. */
export function createTestTenant(
  clock: StandingClock,
  options: Partial<TenantOptions> & {
    readonly provisioned?: Provisioned[]
    readonly mailboxes?: (directory: DirectoryStore) => MailboxProvisioning
  } = {},
): Tenant {
  const { provisioned = [], mailboxes, ...tenantOptions } = options
  const writeDown: MailboxProvisioning = {
    provision: (userId, readyAtMs) => void provisioned.push({ userId, readyAtMs }),
    deprovision: (userId) => void provisioned.push({ userId, readyAtMs: undefined }),
  }
  return openTenant(openDatabase(':memory:'), clock, mailboxes ?? (() => writeDown), { name: 'contoso', ...tenantOptions })
}

/** Who calls: an application with roles, or a user with scopes. */
export interface RigCaller {
  readonly tenant?: Tenant
  readonly roles?: readonly string[]
  readonly scopes?: readonly string[]
  readonly user?: UserRecord
  readonly directoryRoleIds?: readonly string[]
  readonly appId?: string
  readonly audience?: string
  readonly expiresAtMs?: number
}

/** One call and its answer, read. */
export interface RigAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; a test names the shape it expects. */
  readonly body: Readonly<Record<string, unknown>>
  readonly bytes: Uint8Array
}

/** Graph over some tables of routes, with a clock that stands and callers made up at will. */
export class GraphRig {
  readonly clock: StandingClock
  readonly tenant: Tenant
  readonly keys: SigningKeys
  readonly app: ReturnType<typeof createGraphApp>
  readonly defects: unknown[] = []

  constructor(
    routes: readonly Route[],
    options: {
      readonly clock?: StandingClock
      readonly tenant?: Tenant
      readonly others?: readonly Tenant[]
      readonly keys?: SigningKeys
      readonly around?: GraphAppOptions['around']
    } = {},
  ) {
    this.clock = options.clock ?? createStandingClock()
    this.tenant = options.tenant ?? createTestTenant(this.clock)
    this.keys = options.keys ?? new SigningKeys(this.clock, { first: rigSigningKey })
    this.app = createGraphApp({
      tenants: { all: [this.tenant, ...(options.others ?? [])] },
      keys: this.keys,
      clock: this.clock,
      endpoints: rigEndpoints,
      routes,
      onDefect: (error) => this.defects.push(error),
      ...(options.around === undefined ? {} : { around: options.around }),
    })
  }

  /** An access token of this caller, signed as the sign-in face signs. */
  token(caller: RigCaller): string {
    const tenant = caller.tenant ?? this.tenant
    const nowSeconds = Math.floor(this.clock.nowMs() / 1000)
    const common = {
      aud: caller.audience ?? 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${tenant.id}/`,
      nbf: nowSeconds,
      exp: caller.expiresAtMs === undefined ? nowSeconds + 3600 : Math.floor(caller.expiresAtMs / 1000),
      appid: caller.appId ?? '11111111-2222-4333-8444-555555555555',
      tid: tenant.id,
      ver: '1.0',
    }
    if (caller.user === undefined)
      return this.keys.sign({ ...common, idtyp: 'app', oid: randomUUID(), roles: caller.roles ?? [] })
    const delegated = {
      oid: caller.user.id,
      upn: caller.user.userPrincipalName,
      idtyp: 'user',
      wids: caller.directoryRoleIds ?? [],
    }
    return this.keys.sign({ ...common, ...delegated, scp: (caller.scopes ?? []).join(' ') })
  }

  /** Calls a path below the host; an object as body goes as JSON. */
  async call(
    method: string,
    path: string,
    caller: RigCaller,
    options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<RigAnswer> {
    const { body } = options
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
    const response = await this.app.fetch(
      new Request(`${rigEndpoints.graph}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.token(caller)}`,
          ...(isRaw ? {} : { 'Content-Type': 'application/json' }),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
      }),
    )
    const bytes = new Uint8Array(await response.arrayBuffer())
    const isJson = response.headers.get('content-type')?.includes('json') === true && bytes.byteLength > 0
    const parsed: unknown = isJson ? JSON.parse(new TextDecoder().decode(bytes)) : {}
    return { status: response.status, headers: response.headers, body: parsed as RigAnswer['body'], bytes }
  }

  /** Adds a user of the rig's tenant. */
  addUser(name: string, fields: Partial<UserRecord> = {}): UserRecord {
    return addUser(this.tenant, { userPrincipalName: `${name}@${this.tenant.initialDomain}`, displayName: name, ...fields })
  }
}
