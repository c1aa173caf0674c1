import { graphMailRoutes } from '../../../../src/sandbox/faces/graph-mail/graph-mail-routes.ts'
import { createAttachmentUploadApp } from '../../../../src/sandbox/faces/graph-mail/attachment-upload-app.ts'
import { batchRoute } from '../../../../src/sandbox/http/batch.ts'
import type { GraphAppOptions } from '../../../../src/sandbox/http/graph-app.ts'
import { toFolderId } from '../../../../src/sandbox/mailbox/ids.ts'
import type { Mailbox } from '../../../../src/sandbox/mailbox/mailbox.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import type { UserRecord } from '../../../../src/sandbox/tenant/directory-records.ts'
import { createTestTenant, GraphRig, type RigAnswer, type RigCaller, rigEndpoints } from '../graph-rig.ts'
import { createStandingClock } from '../standing-clock.ts'

/** An object with an id, as answers have them. */
export type Entity = { readonly id: string } & Readonly<Record<string, unknown>>

/** Graph's mail over a real store: one tenant, one user with a mailbox, an application that may read and write. */
export class MailRig {
  readonly graph: GraphRig
  readonly store: MailboxStore
  readonly user: UserRecord
  readonly mailbox: Mailbox
  readonly upload: ReturnType<typeof createAttachmentUploadApp>

  constructor(options: { readonly around?: GraphAppOptions['around']; readonly nowMs?: number } = {}) {
    const clock = createStandingClock(options.nowMs)
    const tenant = createTestTenant(clock)
    this.store = new MailboxStore(tenant.database, clock)
    const stores = () => this.store
    this.graph = new GraphRig([...graphMailRoutes({ stores }), batchRoute], {
      clock,
      tenant,
      ...(options.around === undefined ? {} : { around: options.around }),
    })
    this.upload = createAttachmentUploadApp({
      tenants: { all: [tenant] },
      stores,
      endpoints: rigEndpoints,
      onDefect: (error) => this.graph.defects.push(error),
    })
    this.user = this.graph.addUser('alice')
    this.mailbox = this.store.create({ userId: this.user.id, address: this.user.userPrincipalName })
  }

  get application(): RigCaller {
    return { roles: ['Mail.ReadWrite', 'Mail.Send', 'User.Read.All'] }
  }

  /** Calls a path of the user's: `/messages`, `/mailFolders/inbox`. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    options: {
      readonly headers?: Readonly<Record<string, string>>
      readonly caller?: RigCaller
      readonly version?: 'v1.0' | 'beta'
    } = {},
  ): Promise<RigAnswer> {
    const { headers, caller = this.application, version = 'v1.0' } = options
    const answer = await this.graph.call(method, `/${version}/users/${this.user.id}${path}`, caller, {
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    })
    if (this.graph.defects.length > 0) throw this.graph.defects[0]
    return answer
  }

  /** Follows a link of an answer. */
  async follow(link: string, headers: Readonly<Record<string, string>> = {}): Promise<RigAnswer> {
    const url = new URL(link)
    const answer = await this.graph.call('GET', `${url.pathname}${url.search}`, this.application, { headers })
    if (this.graph.defects.length > 0) throw this.graph.defects[0]
    return answer
  }

  folderId(wellKnown: string): string {
    const folder = this.mailbox.folders.wellKnown(wellKnown)
    if (folder === undefined) throw new Error(`no folder ${wellKnown}`)
    return toFolderId(this.mailbox.row.guid, folder.id)
  }

  /** A message that is no draft, as migrations make it (exchange.md 3.2). */
  async received(subject: string, receivedDateTime: string, more: object = {}, folder = 'inbox'): Promise<Entity> {
    const answer = await this.call('POST', `/mailFolders/${folder}/messages`, {
      subject,
      ...more,
      singleValueExtendedProperties: [
        { id: 'Integer 0x0E07', value: '1' },
        { id: 'SystemTime 0x0E06', value: receivedDateTime },
      ],
    })
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body as Entity
  }
}

/** The refusal of an answer: status and code. */
export function refusalOf({ status, body }: RigAnswer): readonly [status: number, code: string] {
  return [status, (body as { error?: { code: string } }).error?.code ?? '']
}

/** The entities of a collection. */
export function valuesOf({ body }: RigAnswer): readonly Entity[] {
  return (body as { value?: Entity[] }).value ?? []
}

/** The id of the entity that was answered. */
export function idOf({ body }: RigAnswer): string {
  return (body as { id?: string }).id ?? ''
}

/** A link of a collection. */
export function linkOf({ body }: RigAnswer, name: 'nextLink' | 'deltaLink'): string {
  return (body as Record<string, string | undefined>)[`@odata.${name}`] ?? ''
}
