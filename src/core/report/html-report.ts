import type { ReportDocument, ReportSection, ReportTable, ReportText } from './statement-text.ts'
import { visibleText } from './visible-text.ts'

/**
 * The report as one HTML file that needs nothing else: no script, no font, no picture, nothing from a network, which
 * its content security policy also forbids. Light and dark by the reader's setting, and fit for paper.
 */
export function toHtmlReport(report: ReportDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(report.title)}</title>
<style>${styles}</style>
</head>
<body>
<header>
<h1>${escapeHtml(report.title)}</h1>
<p class="verdict ${report.tone}">${escapeHtml(report.verdict)}</p>
<dl>
${report.facts.map(({ name, value }) => `<div><dt>${escapeHtml(name)}</dt><dd>${htmlText(value)}</dd></div>`).join('\n')}
</dl>
</header>
<main>
${report.sections.map(htmlSection).join('\n')}
</main>
</body>
</html>
`
}

function htmlSection({ title, sentences, table }: ReportSection, at: number): string {
  const id = `section-${at + 1}`
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(title)}</h2>
${sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n')}
${table === undefined ? '' : htmlTable(table, id)}
</section>`
}

function htmlTable({ columns, rows, total }: ReportTable, labelId: string): string {
  const numberClass = (at: number) => (columns[at]?.isNumber ? ' class="number"' : '')
  const row = (cells: readonly ReportText[]) =>
    `<tr>${cells.map((cell, at) => `<td${numberClass(at)}>${htmlText(cell)}</td>`).join('')}</tr>`
  const foot = total === undefined ? '' : `\n<tfoot>${row(total)}</tfoot>`
  return `<div class="scroll" tabindex="0" role="region" aria-labelledby="${labelId}"><table>
<thead><tr>${columns.map(({ title }, at) => `<th scope="col"${numberClass(at)}>${escapeHtml(title)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(row).join('\n')}
</tbody>${foot}
</table></div>`
}

/** Somebody else's text stands isolated, so that its direction changes nothing around it. */
function htmlText(text: ReportText): string {
  return typeof text === 'string' ? escapeHtml(text) : `<bdi>${escapeHtml(visibleText(text.foreign))}</bdi>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}

const styles = `
:root { --paper: #fff; --ink: #1b1f24; --soft: #5b6470; --line: #d9dee4; --stripe: #f5f7f9;
  --good: #0a6b3d; --good-paper: #e4f5ec; --attention: #7a4d00; --attention-paper: #fdf1d8; --bad: #a1161f; --bad-paper: #fde7e8; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e6e9ed; --soft: #9aa4b0; --line: #333a43;
  --stripe: #1b2026; --good: #74d9a5; --good-paper: #10301f; --attention: #f0c36a; --attention-paper: #33270c;
  --bad: #ff9aa0; --bad-paper: #3a1417; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.15rem; }
p { margin: 0.25rem 0 0.75rem; max-width: 46rem; }
.verdict { max-width: none; margin: 0 0 1.5rem; padding: 0.9rem 1.1rem; border-left: 0.3rem solid; border-radius: 0.3rem; font-size: 1.1rem; font-weight: 600; }
.good { color: var(--good); background: var(--good-paper); }
.attention { color: var(--attention); background: var(--attention-paper); }
.bad { color: var(--bad); background: var(--bad-paper); }
dl { margin: 0; display: grid; gap: 0.3rem; }
dl div { display: grid; grid-template-columns: 7rem 1fr; gap: 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 0.4rem; }
.scroll:focus-visible { outline: 2px solid var(--soft); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.45rem 0.75rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th:not(.number), td:not(.number) { min-width: 7rem; }
th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--stripe); }
tfoot td { font-weight: 600; border-top: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
@media (max-width: 40rem) { body { padding: 1.25rem 0.9rem 3rem; } dl div { grid-template-columns: 1fr; gap: 0; } }
@media print { :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --stripe: #fff; --good: #0a6b3d; --good-paper: #fff;
  --attention: #7a4d00; --attention-paper: #fff; --bad: #a1161f; --bad-paper: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .scroll { overflow: visible; border: 0; } thead { display: table-header-group; } tr { break-inside: avoid; } h2 { break-after: avoid; } }
`
