import type { BudgetLimits } from './budget-limits.ts'
import type { FaultyAnswer, FaultyCommand, FaultyRequest, HttpFault, ImapFault } from './faults.ts'

/** Asked at each HTTP request: before it is carried out, and, when it was, before it is answered. */
export interface HttpFaults {
  before(request: FaultyRequest): HttpFault | undefined
  after(request: FaultyRequest, answer: FaultyAnswer): HttpFault | undefined
}

/** Asked at each IMAP command: before it is carried out, and, when it was, before it is answered. */
export interface ImapFaults {
  before(command: FaultyCommand): ImapFault | undefined
  /** `hasLiteral`: the answer holds a literal. */
  after(command: FaultyCommand, answer: { readonly hasLiteral: boolean }): ImapFault | undefined
}

/** What goes wrong in a tenant. The same requests in the same order, with the same chances, have the same faults. */
export interface FaultProfile {
  readonly limits: BudgetLimits
  readonly http: HttpFaults
  readonly imap: ImapFaults
  /** Gives back what was taken away, for good. */
  restore(): void
}
