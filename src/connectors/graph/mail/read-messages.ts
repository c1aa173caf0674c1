import { MigrationError } from '../../../core/errors.ts'
import type { ItemRef, ReadResult } from '../../../core/model/item.ts'
import { describeMessage } from '../../../formats/message-description.ts'
import { mapAhead } from '../../kit/map-ahead.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import type { Room } from '../byte-budget.ts'
import { dropContent, toGiven } from '../content-pieces.ts'
import type { MailAccess } from './mail-access.ts'

/** The largest message that Exchange holds (exchange.md 4.3). */
const messageBytesMax = 160 * 1024 * 1024
/** What a message has as MIME, about, of what the mailbox counts: files are in base64 there. */
const mimeBytesOf = ({ sizeBytes }: ItemRef): number => Math.ceil(sizeBytes * 1.4) + 16_384

/** A message, and the room that it takes in memory. */
interface HeldResult {
  readonly result: ReadResult
  release(): void
}

/**
 * `Reader.read`: each message as MIME, several under way at once. Those under way, of all streams, share `room`; that of a
 * message is free once the next one is asked for.
 */
export async function* readMessages(access: MailAccess, room: Room, requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
  const ended = new AbortController()
  const signal = AbortSignal.any([access.signal, ended.signal])
  const releases = new Set<() => void>()
  const work = async (ref: ItemRef): Promise<HeldResult> => {
    const free = await room.take(mimeBytesOf(ref), signal)
    // Let in at the moment when the stream ended: nobody else gives this back.
    if (signal.aborted) free()
    signal.throwIfAborted()
    const release = (): void => {
      free()
      releases.delete(release)
    }
    releases.add(release)
    return { result: await readOne(access, ref), release }
  }
  try {
    for await (const { result, release } of mapAhead(refsOf(requests), access.requestsAtOnce, work)) {
      yield result
      if (result.type === 'item') dropContent(result.item.content)
      release()
    }
  } finally {
    ended.abort()
    for (const release of releases) release()
  }
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
      answerBytesExpected: mimeBytesOf(ref),
      permission: 'Mail.Read',
    })
    if (status === 404) return { type: 'gone', ref }
    return { type: 'item', item: toGiven({ ref, sizeBytes: body.byteLength, description: describeMessage(body), content: body }, true) }
  } catch (error) {
    if (error instanceof MigrationError && error.kind === 'item') return { type: 'failed', ref, error }
    throw error
  }
}
