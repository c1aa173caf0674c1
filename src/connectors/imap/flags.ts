import { isStorableFlag } from './protocol/quote.ts'

/** Keywords of RFC 8621 and the version made of them. */
export interface Keywords {
  readonly keywords: readonly string[]
  readonly version: string
}

const systemKeywords: Readonly<Record<string, string>> = {
  '\\seen': '$seen',
  '\\answered': '$answered',
  '\\flagged': '$flagged',
  '\\draft': '$draft',
  '\\deleted': '$deleted',
}

const systemFlags = new Map(Object.entries(systemKeywords).map(([flag, keyword]) => [keyword, `\\${capital(flag.slice(1))}`]))

/** A mailbox knows few combinations, each of them thousands of times; the parser shares their arrays. */
const known = new WeakMap<readonly string[], Keywords>()

/** IMAP flags as keywords, sorted; `\Recent` and system flags that no client may set are left out. */
export function toKeywords(flags: readonly string[]): Keywords {
  const before = known.get(flags)
  if (before !== undefined) return before
  const carried = flags
    .map((flag) => (flag.startsWith('\\') ? systemKeywords[flag.toLowerCase()] : flag))
    .filter((keyword) => keyword !== undefined)
  const keywords = [...new Set(carried)].sort()
  const result = { keywords, version: keywords.join(' ') }
  known.set(flags, result)
  return result
}

/**
 * Keywords as IMAP flags that may stand in APPEND and STORE; what cannot is left out, and so is, besides system flags, what
 * is not among `kept`.
 */
export function toFlags(keywords: readonly string[], kept?: readonly string[]): readonly string[] {
  const folded = kept && new Set(kept.map((keyword) => keyword.toLowerCase()))
  return keywords
    .filter((keyword) => folded === undefined || systemFlags.has(keyword) || folded.has(keyword.toLowerCase()))
    .map((keyword) => systemFlags.get(keyword) ?? keyword)
    .filter(isStorableFlag)
}

/** The keywords that a folder with these PERMANENTFLAGS keeps; undefined when it takes new ones (`\*`), or does not say. */
export function keptKeywordsOf(permanentFlags: readonly string[] | undefined): readonly string[] | undefined {
  if (permanentFlags === undefined || permanentFlags.includes('\\*')) return undefined
  return permanentFlags.filter((flag) => !flag.startsWith('\\'))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
