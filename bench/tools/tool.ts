import type { Command, Measurement } from '../measure.ts'
import type { Phase } from '../scenarios.ts'

/** One side of a copy: all servers are on 127.0.0.1, and every password is the rig's. */
export interface Leg {
  readonly user: string
  /** Plain, through the delay proxy where there is one. */
  readonly port: number
  readonly tlsPort: number
  readonly password: string
  /** The authority that vouches for the server. */
  readonly caFile: string
}

/** One tool's copy in one run, over all its phases. */
export interface Job {
  readonly source: Leg
  readonly target: Leg
  readonly tls: boolean
  readonly multiAppend: boolean
  /** Of the target's Dovecot, for tools that write into its store. */
  readonly targetConfigFile: string
  /** The tool's own, empty before its first phase and kept until the last. */
  readonly stateFolder: string
}

/** Somebody who can move a mailbox. */
export interface Tool {
  readonly name: string
  /** What the table says about how it was run. */
  readonly note: string
  readonly phases: readonly Phase[]
  /** The version when the tool can be run here, undefined when it cannot. */
  findVersion(): Promise<string | undefined>
  /** Prepares a phase, outside the measured time, and says what to run. */
  prepare(job: Job, phase: Phase): Promise<Command>
  /** Why a run that ended did not succeed; by default any exit code but 0. */
  refusal?(measurement: Measurement, phase: Phase): string | undefined
  /** Undoes what the tool is known to do to every message; what then still differs is an error. */
  readonly normalize?: { readonly note: string; undo(bytes: Buffer): Buffer }
}
