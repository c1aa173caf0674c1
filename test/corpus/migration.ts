import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Papa from 'papaparse'
import { expect } from 'vitest'
import { runProgram } from '../e2e/run-program.ts'
import { countBy } from './canonical-digest.ts'

/** What became of the items of one migration, as the program itself tells it. */
export interface Told {
  readonly exitCode: number | null
  readonly source: number
  readonly migrated: number
  /** How many copies differ from their original, by the names of the changes; `''` for those that do not. */
  readonly altered: Readonly<Record<string, number>>
  /** How many items failed, by code. */
  readonly failed: Readonly<Record<string, number>>
  /** Every item: a row of the report's CSV. */
  readonly items: readonly Readonly<Record<string, string>>[]
}

/**
 * Runs the real program from one URL to another with every copy read back and compared, and reads what it reports. `home` is
 * to be a folder of its own. Fails the test when the sums do not balance or the certificate does not hold.
 */
export async function migrate(source: string, target: string, home: string): Promise<Told> {
  const env = { MAILVAN_SOURCE_PASSWORD: 'pw', MAILVAN_TARGET_PASSWORD: 'pw', MAILVAN_HOME: home }
  const verbatim = ['--no-role-mapping', '--no-default-exclusions', '--verify', 'content']
  const run = await runProgram(['migrate', source, target, '--json', ...verbatim], { env })
  expect(run.errors).toBe('')
  expect([0, 1]).toContain(run.exitCode)
  const { counts } = run.lines.at(-1) as { readonly counts: Readonly<Record<string, number>> }
  const certificate = run.lines.find((line) => line['content'] === 'certificate')?.['file']
  const verified = await runProgram(['certificate', 'verify', String(certificate), '--json'], { env })
  expect(verified.exitCode, verified.output).toBe(0)

  const file = join(home, 'items.csv')
  await runProgram(['report', source, target, '--items', file, '--json'], { env })
  const items = Papa.parse<Record<string, string>>(await readFile(file, 'utf8'), { header: true, skipEmptyLines: true }).data
  expect(items.length).toBe(counts['source'])
  const copied = items.filter(({ fate }) => fate === 'migrated')
  const failed = items.filter(({ fate }) => fate === 'failed')
  expect(copied.length + failed.length).toBe(items.length)
  expect(copied.length).toBe(counts['migrated'])
  for (const { proof } of copied) expect(proof).toBe('re-read')
  return {
    exitCode: run.exitCode,
    source: items.length,
    migrated: copied.length,
    altered: countBy(copied, ({ altered }) => altered ?? ''),
    failed: countBy(failed, ({ reason }) => reason ?? ''),
    items,
  }
}

/** A line of the table that the corpus lane prints. */
export function toTableLine(route: string, { source, altered, failed }: Told): string {
  const { '': identical = 0, ...changed } = altered
  const words = (counts: Readonly<Record<string, number>>): string => {
    const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
    return parts.length === 0 ? 'none' : parts.sort().join(', ')
  }
  const columns = [route.padEnd(20), `messages ${source}`, `identical ${identical}`, `altered: ${words(changed)}`, `failed: ${words(failed)}`]
  return columns.join(' | ')
}
