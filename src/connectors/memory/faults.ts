import type { ItemRef } from '../../core/model/item.ts'
import type { ItemId } from '../../core/model/ids.ts'
import type { Side } from '../../core/ports/governor.ts'

/**
 * Every point at which a memory connector "goes over the wire". Names ending in `.done` and `write.stored` come after
 * the effect and before the caller learns of it; all others come before.
 */
export type StepName =
  | 'open'
  | 'discover'
  | 'enumerate.page'
  | 'describe'
  | 'read.request'
  | 'read.item'
  | 'read.chunk'
  | 'ensureFolder'
  | 'ensureFolder.done'
  | 'write.accept'
  | 'write.store'
  | 'write.stored'
  | 'inspect'
  | 'keptKeywords'
  | 'update'
  | 'update.done'
  | 'move'
  | 'move.done'
  | 'copy'
  | 'copy.done'
  | 'remove'
  | 'remove.done'
  | 'extras.list'
  | 'extras.find'
  | 'extras.write'
  | 'extras.write.done'

/** One step, described well enough for a fault to pick it. */
export interface Step {
  readonly name: StepName
  readonly side: Side
  readonly mailbox: string
  readonly path?: readonly string[]
  /** The item at hand; for the steps of `write` as the source named it. */
  readonly ref?: ItemRef
  readonly id?: ItemId
  /** `write.store`: what would be stored. */
  readonly bytes?: Uint8Array
}

/**
 * Called at every step. It may throw a `MigrationError` of any kind or a `Crash`, and it may wait (on an injected
 * clock). An `item` error touches the one item where the step has one; everything else breaks the session.
 */
export type Faults = (step: Step) => void | Promise<void>

/** The death of the process: no operating error and no defect, never to be caught by what runs in the simulation. */
export class Crash extends Error {
  constructor(at: string) {
    super(`crashed at ${at}`)
    this.name = 'Crash'
  }
}
