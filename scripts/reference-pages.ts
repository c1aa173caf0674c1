import { makeProgram } from '../src/cli/program.ts'
import { toCommandReference } from './command-reference.ts'
import { findErrorCodes, toErrorReference } from './error-reference.ts'

/** Every generated page below docs/reference, by its name. */
export function referencePages(root: string): ReadonlyMap<string, string> {
  const environment = {
    env: {},
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    signal: new AbortController().signal,
    secrets: new Set<string>(),
  }
  return new Map([
    ['commands.md', toCommandReference(makeProgram(environment, () => undefined))],
    ['error-codes.md', toErrorReference(findErrorCodes(root))],
  ])
}
