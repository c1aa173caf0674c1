import { MigrationError } from '../../../core/errors.ts'
import type { ExtraKind } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, FoundExtra, ListedExtra, Successors } from '../../../core/ports/connector.ts'
import type { ExchangeAdmin } from '../../kit/microsoft/exchange-admin.ts'
import type { GraphCaller } from '../../kit/microsoft/graph-client.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import type { MailboxTree } from '../list-folders.ts'

/** A way to the ordinary interfaces of a mailbox. */
export interface ExtrasAccess {
  readonly graph: GraphCaller
  /** The address or object id of its user. */
  readonly user: string
  /** Exchange's own commands, which only some apps may run. */
  readonly exchange?: ExchangeAdmin
  /** The folders as they were last listed. */
  readonly folders?: () => MailboxTree | undefined
}

/** An extra that can be written, as it was found. */
export type PossibleExtra = ExtraStanding & { readonly type: 'possible' }

/** Everything about some kinds of extras. All throw as `GraphCaller.call`, and change nothing but by `write`. */
export interface ExtraFamily {
  readonly kinds: readonly ExtraKind[]
  list(access: ExtrasAccess): Promise<readonly ListedExtra[]>
  /** In the order of `asked`, which are of these kinds. */
  find(access: ExtrasAccess, asked: readonly AskedExtra[], successors: Successors): Promise<readonly ExtraStanding[]>
  /** Absent where nothing is ever possible. */
  write?(access: ExtrasAccess, extra: AskedExtra, standing: PossibleExtra): Promise<FoundExtra>
}

/** `/users/{user}` with what is below it, which is encoded already. */
export function userPath({ user }: ExtrasAccess, below: string): string {
  return `${graphPath`/users/${user}`}${below}`
}

/** What `work` gives, or the refusal that more attempts would not change. */
export async function unlessRefused<T>(work: () => Promise<T>): Promise<T | MigrationError> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof MigrationError) || error.kind === 'transient' || error.kind === 'throttled') throw error
    return error
  }
}
