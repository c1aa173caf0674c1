import type { ItemRef, ReadResult } from '../../../core/model/item.ts'
import { readOwnProperties } from '../../../formats/fast-transfer/read-own-properties.ts'
import { readFastTransfer } from '../../../formats/fast-transfer/read-fast-transfer.ts'
import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { describeObject, objectFacts } from '../../../formats/mapi/object-description.ts'
import { MigrationError } from '../../../core/errors.ts'
import { exportError, saysMissing } from '../errors.ts'
import type { MailboxClient } from '../mailbox-client.ts'
import { type Exported, readExportAnswer } from './export-answer.ts'

const answerBytesMax = 512 * 1024 * 1024
const timeoutMs = 300_000
/** Up to here it is looked whether an item can be read to its end; of a larger one that would take its size once more. */
const checkedBytesMax = 1024 * 1024

/** About how long the answer to one request is: in base64, with some around it. */
export const answerBytesOf = (refs: readonly ItemRef[]): number => refs.reduce((sum, { sizeBytes }) => sum + sizeBytes * 1.4 + 4_096, 0)

/**
 * Exports items by one request, in any order; what an auxiliary archive holds by now is asked for there, by one request for
 * each archive. Throws what is wrong with the request as a whole, or with an item only for the moment.
 */
export async function exportItems(client: MailboxClient, refs: readonly ItemRef[]): Promise<readonly ReadResult[]> {
  const { results, moved } = await exportFrom(client, client.mailboxId, refs)
  for (const [mailboxId, elsewhere] of moved) results.push(...(await exportFrom(client, mailboxId, elsewhere)).results)
  return results
}

interface ExportedRefs {
  readonly results: ReadResult[]
  /** By the archive that holds them. */
  readonly moved: ReadonlyMap<string, readonly ItemRef[]>
}

async function exportFrom(client: MailboxClient, mailboxId: string, refs: readonly ItemRef[]): Promise<ExportedRefs> {
  const { body } = await client.call(
    {
      method: 'POST',
      path: '/exportItems',
      body: { itemIds: refs.map(({ id }) => id) },
      permission: 'MailboxItem.Export.All',
      leavesBytes: true,
      answerBytesMax,
      answerBytesExpected: answerBytesOf(refs),
      timeoutMs,
    },
    mailboxId,
  )
  const answers = readExportAnswer(body)
  const byId = new Map(answers.map((answer) => [answer.itemId, answer]))
  const results: ReadResult[] = []
  const moved = new Map<string, ItemRef[]>()
  for (const ref of refs) {
    const answer = byId.get(ref.id)
    const archive = answer?.type === 'error' ? archiveOf(answer, mailboxId) : undefined
    if (archive === undefined) results.push(toResult(ref, answer))
    else moved.set(archive, [...(moved.get(archive) ?? []), ref])
  }
  return { results, moved }
}

/** The `MBX:` id in the URL that the message of a redirect is (exchange.md 2.3); undefined for any other error. */
function archiveOf({ code, text }: Extract<Exported, { type: 'error' }>, asked: string): string | undefined {
  if (code !== 'ErrorArchiveFolderMovedPermanently') return undefined
  const found = /(MBX:[0-9a-f-]{36}@[0-9a-f-]{36})/i.exec(decodeURIComponent(text))?.[1]
  return found?.toLowerCase() === asked.toLowerCase() ? undefined : found
}

function toResult(ref: ItemRef, answer: Exported | undefined): ReadResult {
  if (answer === undefined) return { type: 'gone', ref }
  if (answer.type === 'error') {
    if (saysMissing(answer.code)) return { type: 'gone', ref }
    const error = exportError(answer.code)
    if (error.kind !== 'item') throw error
    return { type: 'failed', ref, error }
  }
  const { data } = answer
  try {
    const properties = data.byteLength > checkedBytesMax ? readOwnProperties(data) : readFastTransfer(data).properties
    const description = describeObject(objectFacts(properties))
    return { type: 'item', item: { ref, sizeBytes: data.byteLength, description, content: data } }
  } catch (error) {
    if (!(error instanceof FastTransferError)) throw error
    return { type: 'failed', ref, error: unreadable(error) }
  }
}

function unreadable(cause: FastTransferError): MigrationError {
  return new MigrationError('item', 'graph.export.unreadable', {
    message: 'What Exchange exported of the item is damaged.',
    hint: 'Look at the item at the source with a mail program, or repair the mailbox there (New-MailboxRepairRequest).',
    cause,
  })
}
