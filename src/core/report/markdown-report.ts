import { markdownText } from './markdown-text.ts'
import type { ReportDocument, ReportTable, ReportText } from './statement-text.ts'
import { visibleText } from './visible-text.ts'

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

/** The report for a terminal or a mail: plain text, tables in columns. */
export function toPlainReport(report: ReportDocument): string {
  const lines = [report.title, '='.repeat(report.title.length), '', report.verdict, '']
  const nameLength = Math.max(...report.facts.map(({ name }) => name.length))
  for (const { name, value } of report.facts) lines.push(`${name.padEnd(nameLength)}  ${plainText(value)}`)
  for (const { title, sentences, table } of report.sections) {
    lines.push('', title, '-'.repeat(title.length), ...sentences)
    if (table !== undefined) lines.push(...plainTable(table))
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

function plainText(text: ReportText): string {
  return typeof text === 'string' ? text : visibleText(text.foreign)
}

function plainTable({ columns, rows, total }: ReportTable): readonly string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...[...rows, ...(total === undefined ? [] : [total])].map((row) => row.map(plainText)),
  ]
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => [...row[at]!].length)))
  return cells.map((row) =>
    row
      .map((cell, at) => {
        const fill = ' '.repeat(widths[at]! - [...cell].length)
        return columns[at]!.isNumber ? fill + cell : cell + fill
      })
      .join('  ')
      .trimEnd(),
  )
}
