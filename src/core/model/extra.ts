/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/**
 * What belongs to a mailbox and is no item: categories with their colours, inbox rules, settings, who else may do what. `any`:
 * all of them, where nothing can be said of one.
 */
export type ExtraKind = 'category' | 'rule' | 'setting' | 'sharing' | 'permission' | 'forwarding' | 'address' | 'any'

/** Something beside the items. */
export interface Extra {
  readonly kind: ExtraKind
  /** Its side's own name for it, unique in its kind; the same from pass to pass. */
  readonly id: string
  /** For people; raw. */
  readonly name: string
  /** What a target of the same sort understands, and nobody else. */
  readonly value: Json
}

/** Work for a person; texts are raw. */
export interface Handwork {
  readonly sentence: string
  /** To be run in a shell as they are, names in them quoted. */
  readonly commands: readonly string[]
}

/** How an extra came out. `kept`: the target has something else, which stays. `handwork`: a person has something to do. */
export const extraFates = ['carried', 'alreadyThere', 'kept', 'handwork', 'failed'] as const
export type ExtraFate = (typeof extraFates)[number]

/** An extra in the ledger. */
export interface ExtraRecord {
  readonly kind: ExtraKind
  /** `Extra.id`; `*` stands for the whole kind, when it could not be looked at. */
  readonly sourceId: string
  readonly name: string
  /** Absent until it came out. */
  readonly fate?: ExtraFate
  /** Why the target's own was kept, or an error code. */
  readonly reason?: string
  readonly hint?: string
  readonly handwork?: Handwork
  readonly targetId?: string
  /** Digest of what was last carried, in the target's terms. */
  readonly carried?: string
  /** Digest of what the target made of it. While `intended` stands: of what was there before; absent when nothing was. */
  readonly kept?: string
  /** Digest of what is about to be written; stands until it is known whether it was. */
  readonly intended?: string
  /** The pass in which it came out as it did. */
  readonly pass: number
  /** False once it is no longer there at the source. */
  readonly isPresent: boolean
}

/** Sums over the extras that are at the source. */
export interface ExtraTally {
  readonly fates: Readonly<Record<ExtraFate, number>>
  /** How many came out anew in the pass. */
  readonly changed: number
}
