/** What a mailbox is for (Graph's `userPurpose`); `none` where there is none, `unknown` where it could not be asked. */
export type MailboxKind = 'user' | 'shared' | 'room' | 'equipment' | 'linked' | 'other' | 'none' | 'unknown'

/** Why a user's mailbox cannot be migrated through the tenant. */
export type Obstacle = 'on-premises' | 'not-licensed' | 'not-ready' | 'no-mailbox' | 'denied'

/** A user of a tenant, and the mailbox. */
export interface DiscoveredMailbox {
  readonly userId: string
  /** The primary address, as far as the user has one. */
  readonly address: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName: string | undefined
  readonly surname: string | undefined
  /** Every address that mail comes in by, the primary first. */
  readonly addresses: readonly string[]
  readonly kind: MailboxKind
  readonly isEnabled: boolean
  readonly isLicensed: boolean
  /** In words. */
  readonly licences: readonly string[]
  readonly hasArchive: boolean
  /** Absent where it was not asked for or may not be seen. */
  readonly size: MailboxSize | undefined
  readonly archiveSize: MailboxSize | undefined
  readonly obstacle: Obstacle | undefined
}

/** What a mailbox holds, hidden folders left out. */
export interface MailboxSize {
  readonly items: number
  readonly sizeBytes: number
  /** When an item last came, changed or went, where the server tells. */
  readonly lastChangeAt: string | undefined
}

const obstacleTexts: Readonly<Record<Obstacle, string>> = {
  'on-premises': 'the mailbox is on a server of your own',
  'not-licensed': 'no licence with Exchange Online',
  'not-ready': 'licensed, but the mailbox is not there yet',
  'no-mailbox': 'an address, but no mailbox: inactive, or elsewhere',
  denied: 'the app may not open the mailbox',
}

/** An obstacle in words. */
export function explainObstacle(obstacle: Obstacle): string {
  return obstacleTexts[obstacle]
}
