/** How much of something is in use, and how much there may be at most. */
export interface Usage {
  readonly used: number
  readonly limit: number
}

/** What a mailbox may hold; what has no limit is left out. */
export interface Quota {
  readonly storageBytes?: Usage
  readonly messages?: Usage
}
