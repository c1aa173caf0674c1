import { type CmdletScope, type ResultRow } from './cmdlet.ts'

/** A page of results, as it goes out. */
export interface ResultPage {
  readonly rows: readonly ResultRow[]
  readonly warnings: readonly string[]
  readonly context: string
  /** Where the next page is. */
  readonly nextLink: string | undefined
}

/** The envelope as it was captured from Exchange Online. */
export function toResultBody({ rows, warnings, context, nextLink }: ResultPage): object {
  return {
    '@odata.context': context,
    'adminapi.warnings@odata.type': '#Collection(String)',
    '@adminapi.warnings': warnings,
    ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }),
    value: rows.map(annotate),
  }
}

/** Keeps the properties that `$select` names, in any case. */
export function selectProperties(rows: readonly ResultRow[], select: string | null): readonly ResultRow[] {
  if (select === null || select.trim() === '') return rows
  const names = new Set(select.split(',').map((name) => name.trim().toLowerCase()))
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name.toLowerCase()))))
}

/** Warnings of a call, in the order in which they came. */
export function collectWarnings(parts: Omit<CmdletScope, 'warn'>): { readonly scope: CmdletScope; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  return { scope: { ...parts, warn: (message) => warnings.push(message) }, warnings }
}

/** Lists and GUIDs have their types beside them. */
function annotate(row: ResultRow): ResultRow {
  const parts = Object.entries(row).flatMap(([name, value]) => [...typesOf(name, value), [name, value] as const])
  return Object.fromEntries(parts)
}

function typesOf(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return [[`${name}@odata.type`, '#Collection(String)']]
  if (!name.endsWith('Guid')) return []
  return [
    [`${name}@data.type`, 'System.Guid'],
    [`${name}@odata.type`, '#Guid'],
  ]
}
