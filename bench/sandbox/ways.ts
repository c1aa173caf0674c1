import type { WorkMeasurement } from './timed-work.ts'

/** A way by which items go into or out of the sandbox. */
export interface Way {
  readonly id: 'import' | 'append' | 'export' | 'fetch' | 'value'
  readonly direction: 'in' | 'out'
  readonly title: string
}

/** In the order in which they are shown. */
export const ways: readonly Way[] = [
  { id: 'import', direction: 'in', title: 'import URL, one item a POST, 4 at once to each of 4 mailboxes' },
  { id: 'append', direction: 'in', title: 'IMAP APPEND, pipelined literals, 4 connections' },
  { id: 'export', direction: 'out', title: 'exportItems, 20 items a request, 4 at once from each of 4 mailboxes' },
  { id: 'fetch', direction: 'out', title: 'IMAP FETCH BODY.PEEK[], 4 connections' },
  { id: 'value', direction: 'out', title: 'Graph GET message/$value, 4 at once from each of 4 mailboxes' },
]

/** Items a second that a migration must never have to wait for. */
export const itemsPerSecondMin: Readonly<Record<Way['direction'], number>> = { in: 2_000, out: 4_000 }

/** One run of one way. */
export interface WayResult {
  readonly way: Way['id']
  readonly round: number
  readonly measurement: WorkMeasurement
  /** How many items came back other than they went in, or not at all. */
  readonly differing: number
}
