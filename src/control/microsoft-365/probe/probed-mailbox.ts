import type { Context } from '../../../core/ports/context.ts'
import type { PatientConnection } from '../check/probe-tenant.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import type { Scratch } from '../scratch/scratch.ts'
import type { Measurement, Question } from './measurement.ts'

/** What is told while it is measured. */
export type ProbeEvent =
  | ({ readonly type: 'measurement' } & Measurement)
  | { readonly type: 'measuring'; readonly name: string }
  | { readonly type: 'importing'; readonly sizeBytes: number }
  | { readonly type: 'waiting'; readonly delayMs: number }
  /** Something that was made and could not be removed. */
  | { readonly type: 'left'; readonly what: string; readonly why: string }

/** A mailbox that is looked at. */
export interface ProbedMailbox {
  readonly endpoint: MicrosoftEndpoint
  readonly connection: PatientConnection
  readonly context: Context
  /** What the app's token for Graph says that it may do. */
  readonly roles: readonly string[]
  readonly user: string
  /** Empty where the cloud has no interface for whole items: then only what needs none is asked. */
  readonly mailboxId: string
  readonly archiveId: string | undefined
  readonly tell: (event: ProbeEvent) => void
}

/** How something is written into a mailbox to be measured. */
export interface Writing {
  readonly scratch: Scratch
  /** Bytes of items that may be imported to find the largest. */
  readonly uploadBytesMax: number
  /** An item that an Exchange server has exported. */
  readonly exportedItem: Uint8Array | undefined
}

/** A question, and how it is answered. */
export interface Measure {
  readonly question: Question
  /** Whether it is about whole items, which not every cloud has. */
  readonly isOfItems: boolean
  /** What reading alone shows; absent where it shows nothing. */
  readonly read?: (mailbox: ProbedMailbox) => Promise<Measurement>
  /** What writing shows; absent where reading shows everything. */
  readonly write?: (mailbox: ProbedMailbox, writing: Writing) => Promise<Measurement>
}
