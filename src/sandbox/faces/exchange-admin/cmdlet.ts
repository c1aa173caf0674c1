import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import type { ParameterKind } from './parameter-kinds.ts'

/** A parameter that a call must give. */
export interface Mandatory<T> {
  readonly kind: ParameterKind<T>
}

/** Parameters by name, as Exchange writes them. */
export type Parameters = Readonly<Record<string, ParameterKind<unknown> | Mandatory<unknown>>>

/** What a call gave. */
export type ValuesOf<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Mandatory<infer T> ? T : P[Name] extends ParameterKind<infer T> ? T | undefined : never
}

/** What a cmdlet works on. */
export interface CmdletScope {
  readonly tenant: Tenant
  readonly store: MailboxStore
  /** Says something besides the results. */
  warn(message: string): void
}

/** An object that a cmdlet gives out. */
export type ResultRow = Readonly<Record<string, unknown>>

/** A cmdlet of Exchange's. */
export interface Cmdlet {
  readonly name: string
  readonly parameters: Parameters
  /** Whether it changes nothing: whoever may only look may call it. */
  readonly isReading: boolean
  /** Runs within one transaction. Throws `CmdletError`. */
  readonly run: (values: Readonly<Record<string, unknown>>, scope: CmdletScope) => readonly ResultRow[]
}

/** Requires a parameter. */
export function mandatory<T>(kind: ParameterKind<T>): Mandatory<T> {
  return { kind }
}

/** Declares a cmdlet; those whose verb is Get or Test only look. */
export function cmdlet<const P extends Parameters>(
  name: string,
  parameters: P,
  run: (values: ValuesOf<P>, scope: CmdletScope) => readonly ResultRow[],
): Cmdlet {
  // The values were read by these very parameters (`readCall`).
  return { name, parameters, isReading: /^(?:Get|Test)-/.test(name), run: (values, scope) => run(values as ValuesOf<P>, scope) }
}
