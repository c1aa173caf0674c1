import { graphPeopleRoutes } from '../../../../src/sandbox/faces/graph-people/people-routes.ts'
import type { Mailbox } from '../../../../src/sandbox/mailbox/mailbox.ts'
import { MailboxStore, type NewMailbox } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import type { UserRecord } from '../../../../src/sandbox/tenant/directory-records.ts'
import { createTestTenant, GraphRig, type RigAnswer, type RigCaller } from '../graph-rig.ts'
import { createStandingClock } from '../standing-clock.ts'

/** Everything the face may ask for, as an application. */
export const migrator: RigCaller = {
  roles: ['Contacts.ReadWrite', 'MailboxSettings.ReadWrite', 'Mail.ReadWrite', 'User.Read.All'],
}

/** The face over one real mailbox, Anna's. */
export class PeopleRig {
  readonly clock = createStandingClock()
  readonly store: MailboxStore
  readonly rig: GraphRig
  readonly user: UserRecord
  readonly mailbox: Mailbox
  readonly user$: string

  constructor(mailbox: Partial<NewMailbox> = {}) {
    const tenant = createTestTenant(this.clock)
    this.store = new MailboxStore(tenant.database, this.clock)
    this.rig = new GraphRig(graphPeopleRoutes(() => this.store), { clock: this.clock, tenant })
    this.user = this.rig.addUser('anna')
    this.mailbox = this.store.create({ userId: this.user.id, address: this.user.userPrincipalName, ...mailbox })
    this.user$ = `/v1.0/users/${this.user.id}`
  }

  /** Calls a path below the user. */
  call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<RigAnswer> {
    return this.rig.call(method, `${this.user$}${path}`, migrator, { body, headers })
  }

  /** The answer's body as the test expects it; a status other than the expected one fails with what came. */
  async ok<T = Readonly<Record<string, unknown>>>(status: number, method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T> {
    const answer = await this.call(method, path, body, headers)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as unknown as T
  }

  /** Status and code of a refusal. */
  async refusal(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<readonly [number, string]> {
    const answer = await this.call(method, path, body, headers)
    return [answer.status, (answer.body as { error?: { code: string } }).error?.code ?? '']
  }

  /** All pages of a listing, following its links. */
  async pages(path: string, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly pages: readonly (readonly Entity[])[]; readonly deltaLink: string }> {
    const pages: (readonly Entity[])[] = []
    let next: string | undefined = `${this.user$}${path}`
    let deltaLink = ''
    while (next !== undefined) {
      const answer: RigAnswer = await this.rig.call('GET', next, migrator, { headers })
      if (answer.status !== 200) throw new Error(`${next}: ${answer.status} ${JSON.stringify(answer.body)}`)
      const body = answer.body as unknown as { value: Entity[]; '@odata.nextLink'?: string; '@odata.deltaLink'?: string }
      pages.push(body.value)
      deltaLink = below(body['@odata.deltaLink'] ?? '')
      next = body['@odata.nextLink'] === undefined ? undefined : below(body['@odata.nextLink'])
      if (pages.length > 100) throw new Error('the listing does not end')
    }
    return { pages, deltaLink }
  }
}

/** An entity of an answer. */
export type Entity = Readonly<Record<string, unknown>> & { readonly id: string }

function below(link: string): string {
  return link.replace('https://graph.test', '')
}
