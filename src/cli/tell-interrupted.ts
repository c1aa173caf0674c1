import type { Environment } from './environment.ts'
import { styleFor } from './output/style.ts'

/** Tells on standard error that a person ended the run, and how it goes on. */
export function tellInterrupted(environment: Environment): void {
  const style = styleFor(environment.errors, environment.env)
  environment.errors.write(`${style.paint(['yellow', 'bold'], 'mailvan:')} interrupted; run the same command again to go on.\n`)
}
