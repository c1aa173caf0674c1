import { Buffer } from 'node:buffer'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { newFileAttachment } from '../graph-json/new-attachment.ts'
import { GraphError } from '../http/graph-error.ts'
import { toAttachmentId } from '../mailbox/ids.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { ItemRow } from '../mailbox/rows.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { changing } from './changing.ts'

/** A file that is being uploaded piece by piece (exchange.md 3.2, Graph's page on large attachments). */
export interface AttachmentSession {
  readonly id: string
  readonly mailboxGuid: string
  readonly itemId: number
  readonly file: UploadedFile
  readonly receivedBytes: number
  readonly expiresMs: number
  readonly authToken: string
}

/** What the session was opened for. */
export interface UploadedFile {
  readonly name: string
  readonly sizeBytes: number
  readonly contentType: string | null
  readonly isInline: boolean
  readonly contentId: string | null
}

/** `Content-Range: bytes 0-2097151/3483322`. */
export interface ByteRange {
  readonly start: number
  /** The last byte itself. */
  readonly end: number
  readonly total: number
}

const sessionMs = 3 * 3600 * 1000

/** The upload sessions of a tenant, with the bytes received so far; kept in its database, whatever their size. */
export class AttachmentSessions {
  readonly #tenant: Tenant

  constructor(tenant: Tenant) {
    this.#tenant = tenant
    tenant.database.exec(`
      create table if not exists attachment_sessions (
        id text primary key,
        document text not null,
        received_bytes integer not null,
        expires_ms integer not null
      ) without rowid;
      create table if not exists attachment_pieces (
        session_id text not null,
        start integer not null,
        bytes blob not null,
        primary key (session_id, start)
      );
    `)
  }

  open(mailbox: Mailbox, item: ItemRow, file: UploadedFile): AttachmentSession {
    this.#forgetExpired()
    const session: AttachmentSession = {
      id: `AAMk${randomBytes(30).toString('base64url')}`,
      mailboxGuid: mailbox.row.guid,
      itemId: item.id,
      file,
      receivedBytes: 0,
      expiresMs: Math.round(this.#tenant.clock.nowMs() + sessionMs),
      authToken: randomBytes(48).toString('base64url'),
    }
    this.#tenant.database
      .prepare('insert into attachment_sessions (id, document, received_bytes, expires_ms) values (?, ?, 0, ?)')
      .run(session.id, JSON.stringify(session), session.expiresMs)
    return session
  }

  /** Throws 404 `ErrorItemNotFound` for no session, 401 for a wrong or outlived token. */
  get(id: string, authToken: string): AttachmentSession {
    const row = this.#tenant.database
      .prepare('select document, received_bytes from attachment_sessions where id = ?')
      .get(id)
    if (row === undefined) throw new GraphError(404, 'ErrorItemNotFound', 'The upload session was not found.')
    const session = {
      ...(JSON.parse(String(row['document'])) as AttachmentSession),
      receivedBytes: Number(row['received_bytes']),
    }
    const isGenuine = isEqual(session.authToken, authToken)
    if (!isGenuine || session.expiresMs <= this.#tenant.clock.nowMs()) {
      throw new GraphError(401, 'InvalidAuthenticationToken', 'The token of the upload session is invalid or has expired.')
    }
    return session
  }

  /**
   * Takes the next bytes. Returns the attachment's id once all are there, undefined before. Throws 400 for a range that
   * does not fit the file or the body, and 416 for one that is not the next.
   */
  receive(session: AttachmentSession, mailbox: Mailbox, range: ByteRange, bytes: Uint8Array): string | undefined {
    const { file } = session
    if (range.total !== file.sizeBytes || range.end >= range.total || range.end - range.start + 1 !== bytes.byteLength) {
      throw new GraphError(400, 'InvalidContentRange', 'The Content-Range does not fit the file or the body.')
    }
    if (range.start !== session.receivedBytes) {
      throw new GraphError(
        416,
        'InvalidRange',
        `The next expected byte is ${session.receivedBytes}; the bytes of a file are uploaded in order.`,
      )
    }
    return changing({ tenant: this.#tenant }, () => {
      const { database } = this.#tenant
      database
        .prepare('insert into attachment_pieces (session_id, start, bytes) values (?, ?, ?)')
        .run(session.id, range.start, bytes)
      database.prepare('update attachment_sessions set received_bytes = ? where id = ?').run(range.end + 1, session.id)
      return range.end + 1 < file.sizeBytes ? undefined : this.#attach(session, mailbox)
    })
  }

  close(session: AttachmentSession): void {
    this.#remove(session.id)
  }

  #attach(session: AttachmentSession, mailbox: Mailbox): string {
    const { file, itemId } = session
    const item = mailbox.items.get(itemId)
    mailbox.checkRoom(item.sizeBytes + file.sizeBytes)
    const pieces = this.#tenant.database
      .prepare('select bytes from attachment_pieces where session_id = ? order by start')
      .all(session.id)
    const data = Buffer.concat(pieces.map((row) => row['bytes'] as Uint8Array))
    const number = mailbox.items.addAttachment(itemId, newFileAttachment(file, data, this.#tenant.clock.nowMs()))
    this.#remove(session.id)
    return toAttachmentId(mailbox.row.guid, itemId, number)
  }

  #remove(id: string): void {
    this.#tenant.database.prepare('delete from attachment_pieces where session_id = ?').run(id)
    this.#tenant.database.prepare('delete from attachment_sessions where id = ?').run(id)
  }

  #forgetExpired(): void {
    const nowMs = Math.round(this.#tenant.clock.nowMs())
    for (const row of this.#tenant.database.prepare('select id from attachment_sessions where expires_ms <= ?').all(nowMs)) {
      this.#remove(String(row['id']))
    }
  }
}

const sessionsByTenant = new WeakMap<Tenant, AttachmentSessions>()

/** The sessions of a tenant; the same at each call. */
export function attachmentSessionsOf(tenant: Tenant): AttachmentSessions {
  let sessions = sessionsByTenant.get(tenant)
  if (sessions === undefined) {
    sessions = new AttachmentSessions(tenant)
    sessionsByTenant.set(tenant, sessions)
  }
  return sessions
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
