import { graphRoutes } from '../../../../src/sandbox/graph-routes.ts'
import type { Route } from '../../../../src/sandbox/http/route.ts'
import { toMailboxId } from '../../../../src/sandbox/mailbox/ids.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import type { UserRecord } from '../../../../src/sandbox/tenant/directory-records.ts'
import { SigningKeys } from '../../../../src/sandbox/tokens/signing-keys.ts'
import { createTestTenant, GraphRig, type RigCaller, rigEndpoints, rigSigningKey } from '../graph-rig.ts'
import { createStandingClock } from '../standing-clock.ts'

/** What a walk looks at of an answer. */
export interface Refusal {
  readonly status: number
  /** The error's code; empty where there is none. */
  readonly code: string
}

/** Graph with all faces over one tenant with one mailbox, made to be called at every route by every caller. */
export class EveryRouteRig {
  readonly routes: readonly Route[]
  readonly graph: GraphRig
  /** Has the mailbox, and is who signs in. */
  readonly user: UserRecord
  readonly #mailboxId: string
  readonly #tokens = new Map<string, string>()

  constructor() {
    const clock = createStandingClock()
    const tenant = createTestTenant(clock)
    const store = new MailboxStore(tenant.database, clock)
    const keys = new SigningKeys(clock, { first: rigSigningKey })
    this.routes = graphRoutes({ tenants: { all: [tenant] }, stores: () => store, keys })
    this.graph = new GraphRig(this.routes, { clock, tenant, keys })
    this.user = this.graph.addUser('anna')
    const { row } = store.create({ userId: this.user.id, address: this.user.userPrincipalName })
    this.#mailboxId = toMailboxId(row.guid, tenant.id)
  }

  /** Another user, without a mailbox. */
  addOther(): UserRecord {
    return this.graph.addUser(`u${this.graph.tenant.directory.users.count()}`)
  }

  /** A token of this caller; the same again for the same caller, since signing takes longest. */
  token(caller: RigCaller): string {
    const key = JSON.stringify({ ...caller, user: caller.user?.id })
    const token = this.#tokens.get(key) ?? this.graph.token(caller)
    this.#tokens.set(key, token)
    return token
  }

  /** Calls a route about `user`, with ids of nothing in its other places and an empty object as body. */
  async call(route: Route, user: UserRecord, authorization: string | undefined): Promise<Refusal> {
    const [version] = route.versions ?? ['v1.0']
    const hasBody = route.method !== 'GET' && route.method !== 'DELETE'
    const response = await this.graph.app.fetch(
      new Request(`${rigEndpoints.graph}/${version}${this.#pathOf(route, user)}`, {
        method: route.method,
        headers: {
          ...(authorization !== undefined && { Authorization: authorization }),
          ...(hasBody && { 'Content-Type': 'application/json' }),
        },
        ...(hasBody && { body: '{}' }),
      }),
    )
    const text = await response.text()
    const code = response.status < 400 || text === '' ? '' : (JSON.parse(text) as { error: { code: string } }).error.code
    return { status: response.status, code }
  }

  #pathOf({ path }: Route, user: UserRecord): string {
    return path
      .replace(/^\/users\/\{id\}/, `/users/${user.id}`)
      .replace('{mailboxId}', this.#mailboxId)
      .replaceAll(/=\{\w+\}/g, "='none'")
      .replaceAll(/\{\w+\}/g, 'none')
  }
}
