import type { ItemRef, ReadResult } from '../../../core/model/item.ts'
import type { Room } from '../byte-budget.ts'
import { dropContent, toGiven } from '../content-pieces.ts'
import type { MailboxClient } from '../mailbox-client.ts'
import { answerBytesOf, exportItems } from './export-items.ts'

/** Of one request (exchange.md 2.3). */
const requestItemsMax = 20
/** Of the items of one request at most: more would be held for no gain. */
const requestBytesMax = 4 * 1024 * 1024
/** Requests that a stream has under way or answered and not yet given on. */
const aheadMax = 3

/** How much may be in memory. */
export interface ReadingRoom {
  /** Of all streams: of answers under way or not yet given on. */
  readonly budget: Room
  /** Of the items of one request, as the mailbox counts them. */
  readonly portionBytesMax: () => number
}

/** A request on its way, and the room that it holds. */
interface UnderWay {
  readonly results: Promise<readonly ReadResult[]>
  release(): void
}

/**
 * Reads items request by request, a few requests ahead of the answers. Those under way, of all streams, share a budget of
 * bytes; the room of an answer is free once the next one is begun.
 */
export async function* readItems(
  client: MailboxClient,
  { budget, portionBytesMax }: ReadingRoom,
  requests: AsyncIterable<readonly ItemRef[]>,
): AsyncGenerator<ReadResult> {
  const ended = new AbortController()
  const signal = AbortSignal.any([client.signal, ended.signal])
  const asked = askedFor(client, budget, portionsOf(requests, portionBytesMax), signal)
  const underWay: UnderWay[] = []
  let pulling: Promise<IteratorResult<UnderWay>> | undefined
  try {
    for (let isOpen = true; isOpen || underWay.length > 0; ) {
      // The next portion is begun while the first one is waited for, whichever comes first.
      if (isOpen && underWay.length < aheadMax) pulling ??= asked.next()
      const [first] = underWay
      const pulled = pulling === undefined ? undefined : await (first === undefined ? pulling : Promise.race([pulling, first.results.then(() => undefined)]))
      if (pulled !== undefined) {
        pulling = undefined
        if (pulled.done === true) isOpen = false
        else underWay.push(pulled.value)
        continue
      }
      if (first === undefined) continue
      const results = await first.results
      underWay.shift()
      try {
        for (const result of results) {
          yield result
          if (result.type === 'item') dropContent(result.item.content)
        }
      } finally {
        first.release()
      }
    }
  } finally {
    ended.abort()
    for (const { release } of underWay) release()
    void pulling?.then(
      ({ value }: IteratorResult<UnderWay, UnderWay | undefined>) => value?.release(),
      () => undefined,
    )
    void asked.return(undefined).catch(() => undefined)
  }
}

async function* askedFor(
  client: MailboxClient,
  budget: Room,
  portions: AsyncIterable<readonly ItemRef[]>,
  signal: AbortSignal,
): AsyncGenerator<UnderWay, undefined> {
  for await (const refs of portions) {
    const release = await budget.take(answerBytesOf(refs), signal)
    if (signal.aborted) {
      release()
      return undefined
    }
    const results = exportItems(client, refs).then((all) => all.map((result) => toGivenResult(result, all.length === 1)))
    // Whoever waits for it hears of a failure.
    results.catch(() => undefined)
    yield { results, release }
  }
  return undefined
}

function toGivenResult(result: ReadResult, isAlone: boolean): ReadResult {
  return result.type === 'item' ? { ...result, item: toGiven(result.item, isAlone) } : result
}

async function* portionsOf(requests: AsyncIterable<readonly ItemRef[]>, portionBytesMax: () => number): AsyncGenerator<readonly ItemRef[]> {
  for await (const refs of requests) {
    let portion: ItemRef[] = []
    let sizeBytes = 0
    for (const ref of refs) {
      const isFull = portion.length >= requestItemsMax || (portion.length > 0 && sizeBytes + ref.sizeBytes > Math.min(requestBytesMax, portionBytesMax()))
      if (isFull) {
        yield portion
        portion = []
        sizeBytes = 0
      }
      portion.push(ref)
      sizeBytes += ref.sizeBytes
    }
    if (portion.length > 0) yield portion
  }
}
