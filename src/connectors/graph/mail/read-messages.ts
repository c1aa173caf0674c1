import { MigrationError } from '../../../core/errors.ts'
import type { ItemRef, ReadResult } from '../../../core/model/item.ts'
import { describeMessage } from '../../../formats/message-description.ts'
import { mapAhead } from '../../kit/map-ahead.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import type { MailAccess } from './mail-access.ts'

/** The largest message that Exchange holds (exchange.md 4.3). */
const messageBytesMax = 160 * 1024 * 1024

/** `Reader.read`: each message as MIME, several under way at once. */
export async function* readMessages(access: MailAccess, requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
  yield* mapAhead(refsOf(requests), access.requestsAtOnce, (ref) => readOne(access, ref))
}

async function* refsOf(requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ItemRef> {
  for await (const refs of requests) yield* refs
}

async function readOne({ graph, userPath }: MailAccess, ref: ItemRef): Promise<ReadResult> {
  try {
    const { status, body } = await graph.call({
      method: 'GET',
      path: userPath + graphPath`/messages/${ref.id}/$value`,
      expects: [404],
      answerBytesMax: messageBytesMax,
      permission: 'Mail.Read',
    })
    if (status === 404) return { type: 'gone', ref }
    return { type: 'item', item: { ref, sizeBytes: body.byteLength, description: describeMessage(body), content: body } }
  } catch (error) {
    if (error instanceof MigrationError && error.kind === 'item') return { type: 'failed', ref, error }
    throw error
  }
}
