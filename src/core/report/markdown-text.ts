import type { ReportText } from './statement-text.ts'
import { visibleText } from './visible-text.ts'

/** Any ASCII punctuation may be escaped (CommonMark 0.31 section 2.4); these can mean something within a line. */
const meaningful = /[\\`*_{}[\]<>#!|~&:@$.]/g

/** A text within a line of Markdown; somebody else's makes no markup, link or picture, and is cut to a bearable length. */
export function markdownText(text: ReportText, lengthMax?: number): string {
  return typeof text === 'string' ? text : visibleText(text.foreign, lengthMax).replace(meaningful, '\\$&')
}

/** Lines as code, behind a fence that nothing in them can end; what is deceptive is spelled out. */
export function markdownCode(lines: readonly string[], indent: string): readonly string[] {
  const safe = lines.map((line) => visibleText(line, 2_000))
  const longest = Math.max(2, ...safe.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...safe, fence].map((line) => `${indent}${line}`)
}
