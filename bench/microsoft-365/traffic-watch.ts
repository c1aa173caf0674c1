import { setTimeout as sleep } from 'node:timers/promises'
import type { MailboxTraffic, SandboxState } from './tenant-rig.ts'

/** What some mailboxes had been asked together at an instant. */
export interface TrafficSample {
  readonly atMs: number
  readonly requests: number
  readonly uploadBytes: number
}

/** Looks at the sandbox several times a second while `work` goes on; the page costs no budget. Rejects as `work` does. */
export async function watchTraffic<T>(
  state: () => Promise<SandboxState>,
  isWatched: (mailbox: MailboxTraffic) => boolean,
  intervalMs: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly samples: readonly TrafficSample[] }> {
  const samples: TrafficSample[] = []
  const ended = new AbortController()
  const look = async (): Promise<void> => {
    const { mailboxes } = await state()
    const watched = mailboxes.filter(isWatched)
    const sum = (pick: (mailbox: MailboxTraffic) => number) => watched.reduce((total, mailbox) => total + pick(mailbox), 0)
    samples.push({ atMs: performance.now(), requests: sum(({ requests }) => requests), uploadBytes: sum(({ uploadBytes }) => uploadBytes) })
  }
  const watching = (async () => {
    while (!ended.signal.aborted) {
      await look()
      await sleep(intervalMs, undefined, { signal: ended.signal }).catch(() => undefined)
    }
  })()
  try {
    const result = await work()
    ended.abort()
    await watching
    await look()
    return { result, samples }
  } finally {
    ended.abort()
    await watching
  }
}

/**
 * What was let in during each of the whole windows, one after the other from the first use on, that had passed when the last
 * use came: in each of them there was more to do. The first is left out where there are others: it holds the beginning.
 */
export function wholeWindows(samples: readonly TrafficSample[], pick: (sample: TrafficSample) => number, windowMs: number): readonly number[] {
  const [beginning] = samples
  const last = samples.at(-1)
  if (beginning === undefined || last === undefined) return []
  const firstUse = samples.findLast((sample) => pick(sample) === pick(beginning))
  const lastUse = samples.find((sample) => pick(sample) === pick(last))
  if (firstUse === undefined || lastUse === undefined) return []
  const at = (ms: number) => pick(samples.findLast(({ atMs }) => atMs <= ms) ?? beginning)
  const count = Math.floor((lastUse.atMs - firstUse.atMs) / windowMs)
  const windows = Array.from({ length: count }, (_, index) => {
    const startMs = firstUse.atMs + index * windowMs
    return at(startMs + windowMs) - at(startMs)
  })
  return windows.length > 1 ? windows.slice(1) : windows
}
