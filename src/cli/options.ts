import type { PaceInput } from '../control/settings/pass-settings.ts'
import type { RulesInput } from '../control/settings/parse-rules.ts'

/** Options of every command that works with the home. */
export interface CommonOptions {
  readonly home?: string
  readonly json?: boolean
}

/** Where the two passwords are. */
export interface SecretOptions {
  readonly sourcePasswordFile?: string
  readonly targetPasswordFile?: string
}

/** Options of `migrate`, and of the commands that take a part of them. */
export interface MigrateOptions extends CommonOptions, SecretOptions, PaceInput, RulesInput {
  readonly verify?: string
  readonly mailboxes?: string
  readonly atOnce?: string
  readonly delimiter?: string
}

/** Options of `report`. */
export interface ReportOptions extends CommonOptions {
  readonly failed?: boolean
  readonly items?: string
}
