import Papa from 'papaparse'

/** Rows as CSV (RFC 4180); what a spreadsheet would take for a formula is made harmless by a quote before it. */
export function toCsvText(rows: readonly (readonly string[])[]): string {
  return `${Papa.unparse(rows as string[][], { escapeFormulae: true, newline: '\r\n' })}\r\n`
}

/** The same for rows whose last cells stay as somebody wrote them: a password that begins with "=" is no formula. */
export function toCsvLines(rows: readonly { readonly made: readonly string[]; readonly asWritten: readonly string[] }[]): string {
  const lines = rows.map(({ made, asWritten }) => [
    Papa.unparse([made as string[]], { escapeFormulae: true }),
    ...(asWritten.length === 0 ? [] : [Papa.unparse([asWritten as string[]])]),
  ])
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

/** A cell as it was before it was made harmless. */
export function withoutFormulaMark(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}
