import { MigrationError } from '../core/errors.ts'

/** Something given to the program that cannot be meant: it is told before anything is opened or written. */
export class UsageError extends MigrationError {
  constructor(code: string, message: string, hint: string, cause?: unknown) {
    super('config', `usage.${code}`, { message, hint, cause })
    this.name = 'UsageError'
  }
}
