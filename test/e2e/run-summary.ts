import { expect } from 'vitest'
import type { ProgramResult } from './run-program.ts'

/** The last line of a run with `--json` that came to its end without a complaint; fails the test for any other. */
export function summaryOf({ exitCode, errors, lines }: ProgramResult): Readonly<Record<string, unknown>> {
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
  const summary = lines.at(-1)
  expect(summary?.['type']).toBe('summary')
  return summary as Readonly<Record<string, unknown>>
}
