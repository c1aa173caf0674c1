/** A row of a list for `mailvan migrate --mailboxes`. */
export interface MailboxPair {
  readonly source: string
  readonly target: string
}

/** The list as a file holds it; with `name` as the display name of each, also for `mailvan provision`. */
export function toMailboxList(pairs: readonly MailboxPair[], name?: (pair: MailboxPair) => string): string {
  const rows = pairs.map((pair) => [pair.source, pair.target, ...(name === undefined ? [] : [name(pair)])])
  return [['source', 'target', ...(name === undefined ? [] : ['display_name'])], ...rows].map((cells) => `${cells.join(',')}\n`).join('')
}
