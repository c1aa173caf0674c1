/** A path below Graph's version whose values are encoded: graphPath`/users/${id}/settings/exchange`. */
export function graphPath(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.map((part, at) => part + (at < values.length ? encodeURIComponent(values[at] as string) : '')).join('')
}

/** A text as OData writes it in a filter, quotes and all. */
export function odataText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
