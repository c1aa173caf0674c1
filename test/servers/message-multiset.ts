import type { ProbedMessage } from './imap-probe.ts'

/** How often each (folder, digest) pair occurs: what a copy must have in common with its source, counted. */
export type MessageMultiset = ReadonlyMap<string, number>

/** Counts messages by folder and digest of their bytes, and by arrival date and flags where `also` says so. */
export function toMultiset(
  messages: Iterable<ProbedMessage>,
  also: { readonly dates?: boolean; readonly flags?: boolean } = {},
): MessageMultiset {
  const counts = new Map<string, number>()
  for (const message of messages) {
    const key = [
      message.folder,
      message.sha256,
      ...(also.dates ? [message.internalDate.toISOString()] : []),
      ...(also.flags ? [message.flags.join(' ')] : []),
    ].join(' | ')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** What a copy lacks and what it has too much of, one entry per message, at most `entriesMax` of each. */
export function differenceOf(
  source: MessageMultiset,
  target: MessageMultiset,
  entriesMax = 20,
): { readonly missing: readonly string[]; readonly surplus: readonly string[] } {
  return { missing: excess(source, target, entriesMax), surplus: excess(target, source, entriesMax) }
}

function excess(of: MessageMultiset, over: MessageMultiset, entriesMax: number): readonly string[] {
  const entries: string[] = []
  for (const [key, count] of of) {
    for (let n = over.get(key) ?? 0; n < count; n++) {
      if (entries.length === entriesMax) return entries
      entries.push(key)
    }
  }
  return entries
}
