import { writeFastTransfer } from '../../../../src/formats/fast-transfer/write-fast-transfer.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { createImportApp, type ImportAppOptions } from '../../../../src/sandbox/faces/transfer/import-app.ts'
import type { TransferSettings } from '../../../../src/sandbox/faces/transfer/transfer-settings.ts'
import { transferRoutes } from '../../../../src/sandbox/faces/transfer/transfer-routes.ts'
import { toFolderId, toItemId, toMailboxId } from '../../../../src/sandbox/mailbox/ids.ts'
import type { Mailbox } from '../../../../src/sandbox/mailbox/mailbox.ts'
import { MailboxStore, type NewMailbox } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import type { UserRecord } from '../../../../src/sandbox/tenant/directory-records.ts'
import { SigningKeys } from '../../../../src/sandbox/tokens/signing-keys.ts'
import { createTestTenant, GraphRig, type RigAnswer, type RigCaller, rigEndpoints } from '../graph-rig.ts'
import { createStandingClock } from '../standing-clock.ts'

/** Every permission that a migration's app has in source and target. */
export const everything: RigCaller = {
  roles: ['User.Read.All', 'MailboxFolder.ReadWrite.All', 'MailboxItem.ReadWrite.All', 'MailboxItem.ImportExport.All'],
}

/** An answer of the import URL. */
export interface ImportAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly itemId: string
    readonly changeKey: string
    readonly error: { readonly code: string; readonly message: string }
    readonly Message: string
    readonly '@odata.context': string
  }
}

/** One tenant with mailboxes, Graph's import and export and the host of the import URLs. */
export class TransferRig {
  readonly graph: GraphRig
  readonly store: MailboxStore
  readonly defects: unknown[] = []
  readonly user: UserRecord
  readonly mailbox: Mailbox
  readonly mailboxId: string
  readonly #imports: ReturnType<typeof createImportApp>

  constructor(
    options: {
      readonly settings?: Partial<TransferSettings>
      readonly around?: ImportAppOptions['around']
    } = {},
  ) {
    const { settings = {}, around } = options
    const clock = createStandingClock()
    const tenant = createTestTenant(clock)
    this.store = new MailboxStore(tenant.database, clock)
    const keys = new SigningKeys(clock)
    const stores = () => this.store
    this.graph = new GraphRig(transferRoutes(stores, keys, settings), { clock, tenant })
    this.#imports = createImportApp({
      tenants: { all: [tenant] },
      stores,
      keys,
      clock,
      endpoints: rigEndpoints,
      settings,
      onDefect: (error) => this.defects.push(error),
      ...(around === undefined ? {} : { around }),
    })
    this.user = this.graph.addUser('anna')
    this.mailbox = this.addMailbox({ userId: this.user.id })
    this.mailboxId = this.idOf(this.mailbox)
  }

  addMailbox(mailbox: Partial<NewMailbox> & { readonly userId: string }): Mailbox {
    return this.store.create({ address: `${mailbox.userId}@contoso.example`, ...mailbox })
  }

  idOf(mailbox: Mailbox): string {
    return toMailboxId(mailbox.row.guid, this.graph.tenant.id)
  }

  folderId(wellKnown: string, mailbox = this.mailbox): string {
    return toFolderId(mailbox.row.guid, mailbox.folders.wellKnown(wellKnown)!.id)
  }

  /** Puts an item into a folder and answers its id. */
  addItem(message: MapiMessage, wellKnown = 'inbox', isAssociated = false): string {
    const item = this.mailbox.items.create(this.mailbox.folders.wellKnown(wellKnown)!.id, {
      message,
      isAssociated,
    })
    return toItemId(this.mailbox.row.guid, item)
  }

  /** Calls below the mailbox, with all permissions unless told otherwise. */
  call(
    method: string,
    path: string,
    options: {
      body?: unknown
      headers?: Record<string, string>
      caller?: RigCaller
      version?: string
      mailboxId?: string
    } = {},
  ): Promise<RigAnswer> {
    const { version = 'v1.0', mailboxId = this.mailboxId, caller = everything } = options
    return this.graph.call(method, `/${version}/admin/exchange/mailboxes/${mailboxId}${path}`, caller, options)
  }

  /** Follows a link as it was given. */
  follow(link: string, headers: Record<string, string> = {}): Promise<RigAnswer> {
    return this.graph.call('GET', link.slice(rigEndpoints.graph.length), everything, { headers })
  }

  async importUrl(options: { version?: string; mailboxId?: string } = {}): Promise<string> {
    const { status, body } = await this.call('POST', '/createImportSession', options)
    if (status !== 200) throw new Error(`no import session: ${JSON.stringify(body)}`)
    return body['importUrl'] as string
  }

  async post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<ImportAnswer> {
    const response = await this.#imports.fetch(
      new Request(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as ImportAnswer['body'],
    }
  }

  /** Imports a new item through a session of its own. */
  async create(message: MapiMessage, wellKnown = 'inbox'): Promise<ImportAnswer> {
    return this.post(await this.importUrl(), {
      FolderId: this.folderId(wellKnown),
      Mode: 'create',
      Data: toData(message),
    })
  }

  /** The FastTransfer stream of one item, through Graph. */
  async exported(itemId: string): Promise<Buffer> {
    const { status, body } = await this.call('POST', '/exportItems', {
      body: { itemIds: [itemId] },
    })
    const [item] = body['value'] as readonly { readonly data: string }[]
    if (status !== 200 || item === undefined) throw new Error(JSON.stringify(body))
    return Buffer.from(item.data, 'base64')
  }
}

export function toData(message: MapiMessage): string {
  return writeFastTransfer(message).toString('base64')
}

/** A mail with as little as it needs. */
export function mail(subject: string, set: (properties: PropertyBag) => void = () => {}): MapiMessage {
  const properties = new PropertyBag()
    .set(messageProperties.messageClass, 'IPM.Note')
    .set(messageProperties.subject, subject)
  set(properties)
  return { properties, recipients: [], attachments: [] }
}

/** The `value` of a collection's answer, as a test names its shape. */
export function valueOf<T = Readonly<Record<string, unknown>>>(answer: RigAnswer): readonly T[] {
  return (answer.body['value'] ?? []) as readonly T[]
}

/** The code of a refusal of Graph's. */
export function codeOf(answer: RigAnswer): string {
  return (answer.body['error'] as { readonly code: string } | undefined)?.code ?? ''
}
