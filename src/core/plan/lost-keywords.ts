import type { CarriedKeywords } from './keywords.ts'

/** What the name of lost keywords in `Entry.altered` begins with. */
export const lostPrefix = 'keywords-lost:'

/** What may stand in a name of `Entry.altered` as it is: what a keyword is made of, but for the comma between names. */
const plain = /^[!-$&-+\--~]$/

/**
 * The keywords that a copy lacks though nobody asked to drop them, sorted. `there`: what the copy has, where it is another
 * tool's and may have more than we could give it.
 */
export function lostKeywords({ dropped }: CarriedKeywords, there: readonly string[] = []): readonly string[] {
  const had = new Set(there.map((keyword) => keyword.toLowerCase()))
  return dropped
    .filter(({ keyword, reason }) => reason !== 'rule' && !had.has(keyword.toLowerCase()))
    .map(({ keyword }) => keyword)
}

/**
 * `Entry.altered` with these keywords named in it as lost, and no others; undefined when nothing is left to tell. They stand
 * as one name, `keywords-lost:Work later`; a comma, and what no keyword of IMAP can hold, is percent-encoded.
 */
export function withLostKeywords(altered: string | undefined, lost: readonly string[]): string | undefined {
  const names = (altered ?? '').split(',').filter((name) => name !== '' && !name.startsWith(lostPrefix))
  if (lost.length > 0) names.push(lostPrefix + lost.map(encode).join(' '))
  return names.length === 0 ? undefined : names.join(',')
}

/** The name in `Entry.altered` of a copy for which its target could not take all of the original. */
const lossy = 'lossy'

/**
 * What comes of a new comparison of the contents: its own finding, and what was known before and no comparison shows, namely
 * that the target could not take all, and lost keywords.
 */
export function keepLostKeywords(altered: string | undefined, before: string | undefined): string | undefined {
  const kept = (before ?? '').split(',').filter((name) => name === lossy || name.startsWith(lostPrefix))
  const found = (altered ?? '').split(',').filter((name) => name !== '')
  return [...new Set([...found, ...kept])].join(',') || undefined
}

function encode(keyword: string): string {
  return [...keyword.toWellFormed()].map((sign) => (plain.test(sign) ? sign : encodeURIComponent(sign))).join('')
}
