import type { FailureKind } from '../../src/core/errors.ts'
import type { Role } from '../../src/core/model/folder.ts'
import type { ZonedTime } from '../../src/core/model/item.ts'
import type { Connector } from '../../src/core/ports/connector.ts'

/** A message to put into a mailbox without the product's help. */
export interface SeedMessage {
  readonly path: readonly string[]
  readonly bytes: Uint8Array
  readonly keywords?: readonly string[]
  readonly receivedAt?: ZonedTime
}

/** A message as an independent reader finds it. */
export interface FoundMessage {
  readonly path: readonly string[]
  /** SHA-256 of the bytes as stored, hex. */
  readonly digest: string
  /** The same of the canonical form, where the two may differ. */
  readonly canonicalDigest?: string
  readonly sizeBytes: number
  /** Sorted, in the words of RFC 8621 (`$seen`). */
  readonly keywords: readonly string[]
  readonly receivedAtMs: number
}

/** What the mailbox's user does with another client. Messages are named by folder and digest. */
export interface Mutations {
  remove?(path: readonly string[], digest: string): Promise<void>
  setKeywords?(path: readonly string[], digest: string, keywords: readonly string[]): Promise<void>
  move?(path: readonly string[], digest: string, into: readonly string[]): Promise<void>
  /** All ids of the folder change. */
  renumber?(path: readonly string[]): Promise<void>
  /** Cursors given so far hold no longer. */
  forgetHistory?(): Promise<void>
}

/** A configuration with which something must go wrong, and how. */
export interface BadConfig<Config> {
  readonly name: string
  readonly config: Config
  readonly kind: FailureKind
  readonly retryAfterMs?: number
  /** When only one side can fail. */
  readonly side?: 'source' | 'target'
}

/** A configuration of a mailbox that refuses one message. */
export interface Refusal<Config> {
  readonly name: string
  readonly config: Config
  readonly bytes: Uint8Array
  readonly kind: FailureKind
}

/** A fresh mailbox. What is optional and absent is named in a skip, with its reason. */
export interface ConformanceMailbox<Config> {
  readonly config: Config
  addFolder(path: readonly string[], role?: Role): Promise<void>
  seed(messages: readonly SeedMessage[]): Promise<void>
  /** Read independently of the product. */
  contents(): Promise<readonly FoundMessage[]>
  /** Equal before and after exactly when nothing at all was changed. */
  state?(): Promise<string>
  readonly mutate?: Mutations
  /** Bodies that were opened so far. */
  bodiesOpened?(): Promise<number>
  /** The most sessions that were open at once so far. */
  sessionsMost?(): Promise<number>
  /** A configuration with which the first answer to a write is lost after the effect, with the session. */
  withLostAnswer?(): Promise<Config>
  refusals?(): Promise<readonly Refusal<Config>[]>
}

/** A running server, or whatever stands in its place, of which every test takes a mailbox of its own. */
export interface ConformanceServer<Config> {
  readonly connector: Connector<Config>
  /** How many of the kills and failures of P2 and P3 are tried, spread evenly; all unless said. */
  readonly pairRunsMax?: number
  /** A date that it makes something else of is not seeded; all are kept unless said. */
  keepsDate?(receivedAt: ZonedTime): boolean
  /** A name that its folders cannot have is left out of the tests of names. */
  canName(name: string): boolean
  /** Of the largest museum piece. */
  readonly bigBytes: number
  freshMailbox(): Promise<ConformanceMailbox<Config>>
  badConfigs(): Promise<readonly BadConfig<Config>[]>
  /** Everything in configurations that must not show up in a message. */
  readonly secrets: readonly string[]
  stop(): Promise<void>
}

/** Tests that do not apply, and why. */
export interface Skip {
  readonly reason: string
  /** By number: `S4`, `T5`. */
  readonly tests: readonly string[]
}

/** What a connector's own test file says. */
export interface ConformanceOptions<Config> {
  readonly name: string
  readonly start: () => Promise<ConformanceServer<Config>>
  readonly skips: readonly Skip[]
}
