import Papa from 'papaparse'

/** Rows as CSV (RFC 4180); what a spreadsheet would take for a formula is made harmless by a quote before it. */
export function toCsvText(rows: readonly (readonly string[])[]): string {
  return `${Papa.unparse(rows as string[][], { escapeFormulae: true, newline: '\r\n' })}\r\n`
}

/** A cell as it was before it was made harmless. */
export function withoutFormulaMark(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}
