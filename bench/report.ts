import { summarize } from './result.ts'
import type { Result, Summary } from './result.ts'
import type { Scenario } from './scenarios.ts'
import { targets } from './targets.ts'
import type { Tool } from './tools/tool.ts'

/** The Markdown that a bench prints: one table per scenario, the targets, the machine. */
export function toMarkdown(
  results: readonly Result[],
  scenarios: readonly Scenario[],
  tools: readonly Tool[],
  machine: string,
): string {
  const summaries = new Map(
    scenarios.map(({ id }) => [
      id,
      tools
        .map(({ name }) => ({ name, own: results.filter((result) => result.scenario === id && result.tool === name) }))
        .filter(({ own }) => own.length > 0)
        .map(({ name, own }) => summarize(name, own)),
    ]),
  )
  return [
    ...scenarios.map((scenario) => scenarioTable(scenario, summaries.get(scenario.id) ?? [])),
    targetTable(summaries),
    `Tools: ${tools.map((tool) => `${tool.name} (${tool.note})`).join('; ')}.\n`,
    `${machine}\n`,
  ].join('\n')
}

function scenarioTable({ id, title, leftOut }: Scenario, summaries: readonly Summary[]): string {
  const own = summaries.find((summary) => summary.tool === 'mailvan')?.wallS ?? Number.NaN
  const rows = summaries.map((summary) =>
    row([
      summary.tool,
      summary.runs === 0 ? 'failed' : `${seconds(summary.wallS)}`,
      summary.runs === 0 ? '' : `${seconds(summary.wallSMin)} - ${seconds(summary.wallSMax)} (${summary.runs})`,
      summary.tool === 'mailvan' || !(own > 0 && summary.wallS > 0) ? '' : `${(summary.wallS / own).toFixed(2)}`,
      summary.runs === 0 ? '' : summary.cpuS.toFixed(2),
      summary.runs === 0 ? '' : summary.rssMB.toFixed(0),
      [...summary.checks, ...summary.faults].join('; '),
    ]),
  )
  return [
    `### ${id}: ${title}`,
    '',
    row(['tool', 'median s', 'range (runs)', 'times mailvan', 'CPU s', 'peak MB', 'the copy']),
    '|---|--:|--:|--:|--:|--:|---|',
    ...rows,
    '',
    ...Object.entries(leftOut ?? {}).map(([tool, reason]) => `Left out: ${tool} (${reason}).\n`),
  ].join('\n')
}

function targetTable(summaries: ReadonlyMap<string, readonly Summary[]>): string {
  const rows = targets
    .filter((target) => summaries.has(target.scenario))
    .map((target) => {
      const own = summaries.get(target.scenario) ?? []
      const measured = target.measure((tool) => own.find((summary) => summary.tool === tool && summary.runs > 0))
      const verdict = measured === undefined ? 'not measured' : measured.isReached ? 'reached' : '**not reached**'
      return row([target.scenario, target.claim, measured?.shown ?? '', verdict])
    })
  return ['### Targets', '', row(['scenario', 'target', 'measured', '']), '|---|---|---|---|', ...rows, ''].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function seconds(value: number): string {
  return value.toFixed(2)
}
