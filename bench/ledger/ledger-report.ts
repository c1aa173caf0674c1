import { median } from '../result.ts'
import type { LedgerShareResult } from './measure-ledger-share.ts'

/** What the bench asks of the ledger. */
export const ledgerScenario = { id: 'ledger-share', title: "the ledger's share of a copy of 20,000 small messages" } as const

const shareMax = 0.1

/** The Markdown of what was measured of the ledger; empty for no result. */
export function toLedgerMarkdown(results: readonly LedgerShareResult[]): string {
  if (results.length === 0) return ''
  const good = results.filter(({ fault }) => fault === undefined)
  const shares = good.map(({ ledgerS, wallS }) => ledgerS / wallS)
  const share = median(shares)
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`
  const of = (pick: (result: LedgerShareResult) => number) => `${median(good.map(pick)).toFixed(2)} s`
  const verdict = Number.isNaN(share) ? 'not measured' : share <= shareMax ? 'reached' : '**not reached**'
  return [
    `### ${ledgerScenario.id}: ${ledgerScenario.title}`,
    '',
    '| whole process, median | in the ledger, median | share, median | range (runs) | target | |',
    '|--:|--:|--:|--:|---|---|',
    `| ${[of(({ wallS }) => wallS), of(({ ledgerS }) => ledgerS), percent(share), `${percent(Math.min(...shares))} - ${percent(Math.max(...shares))} (${good.length})`, `at most ${percent(shareMax)}`, verdict].join(' | ')} |`,
    '',
    "Time in src/store and in SQLite below it, waits for the disk included, by Node's profiler, over the whole process.",
    ...results.flatMap(({ fault }) => (fault === undefined ? [] : [`A run does not count: ${fault}.`])),
    '',
  ].join('\n')
}
