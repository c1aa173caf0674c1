/** What one app has asked of one mailbox since the sandbox was started. */
export interface MailboxTotal {
  readonly appId: string
  /** As the budgets know it: a GUID, or whatever a request named that is no mailbox. */
  readonly mailboxId: string
  /** Refused ones among them. */
  readonly requests: number
  /** Those that a budget refused. */
  readonly refused: number
  /** Of the bodies that were let in. */
  readonly uploadBytes: number
}

type Counts = { -readonly [Name in keyof MailboxTotal]: MailboxTotal[Name] }

/** Pairs of app and mailbox that are counted; further ones are not, since a caller may name anything. */
const pairsMax = 10_000

/** Counts what budgets let pass and what they refuse, which they forget themselves. */
export class MailboxTotals {
  readonly #counts = new Map<string, Counts>()

  /** A request that was let in, or refused. */
  count(appId: string, mailboxId: string, wasRefused: boolean): void {
    const counts = this.#of(appId, mailboxId)
    if (counts === undefined) return
    counts.requests++
    if (wasRefused) counts.refused++
  }

  /** A body that was let in, or refused once it had been read. */
  countBody(appId: string, mailboxId: string, bytes: number, wasRefused = false): void {
    const counts = this.#of(appId, mailboxId)
    if (counts === undefined) return
    if (wasRefused) counts.refused++
    else counts.uploadBytes += bytes
  }

  all(): readonly MailboxTotal[] {
    return [...this.#counts.values()].map((counts) => ({ ...counts }))
  }

  #of(appId: string, mailboxId: string): Counts | undefined {
    const key = `${appId}\n${mailboxId}`
    const known = this.#counts.get(key)
    if (known !== undefined || this.#counts.size >= pairsMax) return known
    const counts = { appId, mailboxId, requests: 0, refused: 0, uploadBytes: 0 }
    this.#counts.set(key, counts)
    return counts
  }
}
