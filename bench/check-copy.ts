import { withProbe } from '../test/servers/imap-probe.ts'
import type { ProbedMessage } from '../test/servers/imap-probe.ts'
import { differenceOf, toMultiset } from '../test/servers/message-multiset.ts'
import type { Tool } from './tools/tool.ts'

/** How a copy compares with its source, message by message. */
export interface CopyCheck {
  /** False when a message is missing, too much, in the wrong folder or has bytes that the tool is not known to make. */
  readonly isRight: boolean
  /** For the table: `identical`, or what differs. */
  readonly text: string
}

/** Reads all messages of a user: around proxies, by a reader that shares no code with any tool. */
export function readMessages(
  at: { readonly port: number; readonly user: string },
  normalize?: (bytes: Buffer) => Buffer,
): Promise<readonly ProbedMessage[]> {
  return withProbe(at, (probe) => probe.allMessages(normalize))
}

/** Compares (folder, digest) pairs as multisets, and then arrival dates and flags of what has equal bytes. */
export async function checkCopy(
  source: readonly ProbedMessage[],
  target: { readonly port: number; readonly user: string },
  tool: Tool,
): Promise<CopyCheck> {
  const copy = await readMessages(target, tool.normalize?.undo)
  const { missing, surplus } = differenceOf(toMultiset(source), toMultiset(copy), source.length)
  if (missing.length > 0 || surplus.length > 0) {
    return { isRight: false, text: `WRONG: ${missing.length} missing, ${surplus.length} surplus` }
  }
  const otherDates = countDiffering(source, copy, { dates: true })
  const otherFlags = countDiffering(source, copy, { flags: true })
  const remarks = [
    ...(tool.normalize ? [tool.normalize.note] : []),
    ...(otherDates > 0 ? [`${otherDates} with another date`] : []),
    ...(otherFlags > 0 ? [`${otherFlags} with other flags`] : []),
  ]
  return { isRight: true, text: remarks.length === 0 ? 'identical' : remarks.join('; ') }
}

function countDiffering(
  source: readonly ProbedMessage[],
  copy: readonly ProbedMessage[],
  also: { readonly dates?: boolean; readonly flags?: boolean },
): number {
  return differenceOf(toMultiset(source, also), toMultiset(copy, also), source.length).missing.length
}
