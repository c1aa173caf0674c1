import type { ItemRef, ReadResult } from '../../../core/model/item.ts'
import type { ByteBudget } from '../byte-budget.ts'
import type { MailboxClient } from '../mailbox-client.ts'
import { exportItems } from './export-items.ts'

/** Of one request (exchange.md 2.3). */
const requestItemsMax = 20
/** Of the items of one request, as the mailbox counts them. */
const requestBytesMax = 4 * 1024 * 1024
/** Requests that a stream has under way or answered and not yet given on. */
const aheadMax = 3
/** An answer is in base64, with some around it. */
const answerBytesOf = (refs: readonly ItemRef[]): number => refs.reduce((sum, { sizeBytes }) => sum + sizeBytes * 1.4 + 4_096, 0)

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
  budget: ByteBudget,
  requests: AsyncIterable<readonly ItemRef[]>,
): AsyncGenerator<ReadResult> {
  const ended = new AbortController()
  const signal = AbortSignal.any([client.signal, ended.signal])
  const asked = askedFor(client, budget, portionsOf(requests), signal)
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
        yield* results
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
  budget: ByteBudget,
  portions: AsyncIterable<readonly ItemRef[]>,
  signal: AbortSignal,
): AsyncGenerator<UnderWay, undefined> {
  for await (const refs of portions) {
    const release = await budget.take(answerBytesOf(refs), signal)
    const results = exportItems(client, refs)
    // Whoever waits for it hears of a failure.
    results.catch(() => undefined)
    yield { results, release }
  }
  return undefined
}

async function* portionsOf(requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<readonly ItemRef[]> {
  for await (const refs of requests) {
    let portion: ItemRef[] = []
    let sizeBytes = 0
    for (const ref of refs) {
      const isFull = portion.length >= requestItemsMax || (portion.length > 0 && sizeBytes + ref.sizeBytes > requestBytesMax)
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
