import { markdownText } from './markdown-text.ts'
import type { ReportDocument, ReportTable } from './statement-text.ts'

/** The report as Markdown (CommonMark with tables). Foreign text is escaped: it makes no markup, link or image. */
export function toMarkdownReport(report: ReportDocument): string {
  const lines = [`# ${report.title}`, '', `**${report.verdict}**`, '']
  for (const { name, value } of report.facts) lines.push(`- ${name}: ${markdownText(value)}`)
  for (const { title, sentences, table } of report.sections) {
    lines.push('', `## ${title}`, '', ...sentences)
    if (table === undefined) continue
    if (sentences.length > 0) lines.push('')
    lines.push(...markdownTable(table))
  }
  return `${lines.join('\n')}\n`
}

function markdownTable({ columns, rows, total }: ReportTable): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ isNumber }) => (isNumber ? '--:' : '---'))),
    ...rows.map((row) => line(row.map((cell) => markdownText(cell)))),
    ...(total === undefined ? [] : [line(total.map((cell) => (cell === '' ? '' : `**${markdownText(cell)}**`)))]),
  ]
}
