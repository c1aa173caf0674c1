/**
 * Keywords as they are kept: null when `version` is them, joined by spaces, as with mail; else JSON.
 */
export function toKeywordColumn(keywords: readonly string[], version: string): string | null {
  const isVersion =
    keywords.join(' ') === version && keywords.every((keyword) => keyword !== '' && !keyword.includes(' '))
  return isVersion ? null : JSON.stringify(keywords)
}

/** The inverse of `toKeywordColumn`. */
export function parseKeywordColumn(column: string | null, version: string): readonly string[] {
  if (column !== null) return JSON.parse(column) as string[]
  return version === '' ? [] : version.split(' ')
}
