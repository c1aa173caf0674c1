/** Whose mailbox is to be moved, as a list or a discovery tells. */
export interface SourcePerson {
  /** Where it stands: a line of a list, or the how-manieth of a discovery. */
  readonly line: number
  /** How the source knows the mailbox: a URL, or a login or an address that becomes one. */
  readonly source: string
  /** Everything that may be an address of the person, the main one first. */
  readonly addresses: readonly string[]
  readonly firstName?: string
  readonly lastName?: string
  readonly displayName?: string
  /** Of the mailbox at the source, where its column was named. */
  readonly password?: string
  /** A mailbox that nobody signs in to, which Graph cannot make (exchange.md 6.2). */
  readonly resource?: ResourceKind
  /** An in-place archive, which is a mailbox of its own, is there too. */
  readonly hasArchive?: boolean
}

/** Kinds of mailboxes that only Exchange's own commands make. */
export type ResourceKind = 'shared' | 'room' | 'equipment'

/** The kind of such a mailbox; undefined for any other. */
export function toResourceKind(kind: string): ResourceKind | undefined {
  return (['shared', 'room', 'equipment'] as const).find((one) => one === kind.toLowerCase())
}

/** The name that the person goes by, as far as one is known. */
export function nameOf({ displayName, firstName, lastName }: Pick<SourcePerson, 'displayName' | 'firstName' | 'lastName'>): string | undefined {
  const whole = displayName ?? [firstName, lastName].filter((part) => part !== undefined).join(' ')
  return whole === '' ? undefined : whole
}
