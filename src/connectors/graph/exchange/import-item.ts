import type { ItemId } from '../../../core/model/ids.ts'
import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { HttpAnswer } from '../../kit/http/http-client.ts'
import { readGraphRefusal } from '../../kit/microsoft/graph-errors.ts'
import { readJson } from '../../kit/microsoft/read-json.ts'
import { retryAfterMsOf } from '../../kit/microsoft/retry-after.ts'
import { importError, saysMissing, sessionRefused } from '../errors.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import type { MailboxClient } from '../mailbox-client.ts'
import { type ImportBody, importBody } from './import-body.ts'
import type { ImportSessions } from './import-session.ts'

/** What one import needs. */
export interface ImportParts {
  readonly client: MailboxClient
  readonly sessions: ImportSessions
  /** Folders that an auxiliary archive was found to hold. */
  readonly homes: Map<string, string>
}

/** A session that ended, one that was mistaken in the archive, and the one that it should be. */
const attemptsMax = 4

/**
 * Imports one item. A refusal is a result: nothing was stored. Throws when it is not known whether it was stored, and what a
 * streamed content throws.
 */
export async function importItem(parts: ImportParts, delivery: Delivery): Promise<WriteResult> {
  const { client, sessions, homes } = parts
  const { ref } = delivery.item
  for (let attempt = 1; ; attempt++) {
    const mailboxId = homes.get(delivery.into) ?? client.mailboxId
    const session = await sessions.url(mailboxId)
    const body = importBody(delivery)
    const answer = await post(client, session, body)
    if (answer.status === 200) return toWritten(delivery, answer)
    const isLast = attempt === attemptsMax || !body.isWhole
    if (answer.status === 401) {
      await sessions.discard(mailboxId, session)
      if (isLast) return { type: 'refused', refs: [ref], error: sessionRefused() }
      continue
    }
    const home = homeOf(answer)
    if (home !== undefined && home !== mailboxId) {
      homes.set(delivery.into, home)
      if (isLast) return { type: 'refused', refs: [ref], error: sessionRefused() }
      continue
    }
    return toRefused(client, delivery, answer)
  }
}

async function post(client: MailboxClient, url: string, { body, sizeBytes }: ImportBody): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'content-length': String(sizeBytes) }
  return client.post(url, { headers, body }, sizeBytes)
}

function toWritten({ item: { ref } }: Delivery, { body }: HttpAnswer): WriteResult {
  const json = readJson(body)
  const targetId = json === undefined ? '' : jsonText(json, 'itemId')
  if (json === undefined || targetId === '') throw unnamed()
  return { type: 'written', ref, targetId: targetId as ItemId, targetVersion: jsonText(json, 'changeKey') }
}

/** Which mailbox of the archive the folder is in by now (exchange.md 2.3). */
function homeOf({ status, body }: HttpAnswer): string | undefined {
  if (status !== 409) return undefined
  return /expected in mailbox (MBX:[0-9a-f-]{36}@[0-9a-f-]{36})/i.exec(jsonText(readJson(body) ?? {}, 'Message'))?.[1]
}

function toRefused(client: MailboxClient, { item: { ref }, replaces }: Delivery, answer: HttpAnswer): WriteResult {
  const { code } = readGraphRefusal(answer.status, answer.headers, answer.body)
  if (replaces !== undefined) {
    if (answer.status === 412 || code === 'ErrorIrresolvableConflict') return { type: 'conflict', ref, reason: 'changed-at-target' }
    if (answer.status === 404 && saysMissing(code)) return { type: 'conflict', ref, reason: 'deleted-at-target' }
  }
  const error = importError(answer, retryAfterMsOf(answer.headers, client.clock.now()))
  // A gateway that lost its patience may have passed the item on.
  if (answer.status >= 500 && answer.status !== 507) throw error
  return { type: 'refused', refs: [ref], error }
}

function unnamed(): MigrationError {
  return new MigrationError('transient', 'graph.answer.cut-short', {
    message: 'The answer to an import ended before it was whole.',
    hint: 'It is looked whether the item was stored.',
  })
}
