/** RFC 8621 keywords by info letter; `P` (passed) is what RFC 9051 section 2.3.2 calls `$Forwarded`. */
const letterKeywords: readonly (readonly [string, string])[] = [
  ['D', '$draft'],
  ['F', '$flagged'],
  ['P', '$Forwarded'],
  ['R', '$answered'],
  ['S', '$seen'],
  ['T', '$deleted'],
]
const keywordByLetter: ReadonlyMap<string, string> = new Map(letterKeywords)
const letterByKeyword: ReadonlyMap<string, string> = new Map(
  letterKeywords.map(([letter, keyword]) => [keyword.toLowerCase(), letter]),
)

/** Info letters a to z stand for the first 26 keywords of a folder's `dovecot-keywords` file. */
export const letteredKeywordsMax = 26

/**
 * The keywords behind info letters and `more`, sorted, each once whatever its case. `lettered` are the folder's own, by
 * letter; unknown letters say nothing.
 */
export function flagsToKeywords(
  flags: string,
  lettered: readonly (string | undefined)[],
  more: readonly string[] = [],
): string[] {
  const keywords = new Map<string, string>()
  const add = (keyword: string | undefined) => {
    if (keyword !== undefined && !keywords.has(keyword.toLowerCase())) keywords.set(keyword.toLowerCase(), keyword)
  }
  for (const keyword of more) add(keyword)
  // The folder's own spelling goes before that of a letter.
  for (const letter of flags) if (letter >= 'a' && letter <= 'z') add(lettered[letter.charCodeAt(0) - 0x61])
  for (const letter of flags) add(keywordByLetter.get(letter))
  return [...keywords.values()].sort()
}

/**
 * The info letters for `keywords`, and those for which neither a letter of Maildir nor one of the folder's own stands.
 * `$Forwarded` gets both, where it can: Dovecot knows no `P`, other programs know no keyword letters.
 */
export function keywordsToFlags(
  keywords: readonly string[],
  lettered: readonly (string | undefined)[],
): { readonly flags: string; readonly unlettered: readonly string[] } {
  let flags = ''
  const unlettered: string[] = []
  const folded = lettered.map((keyword) => keyword?.toLowerCase())
  for (const keyword of keywords) {
    const letter = letterByKeyword.get(keyword.toLowerCase())
    if (letter !== undefined) flags += letter
    if (letter !== undefined && letter !== 'P') continue
    const index = folded.indexOf(keyword.toLowerCase())
    if (index >= 0 && index < letteredKeywordsMax) flags += String.fromCharCode(0x61 + index)
    else unlettered.push(keyword)
  }
  return { flags, unlettered }
}

/** Reads a `dovecot-keywords` file: a number, a space and a keyword on each line. Other lines are passed over. */
export function parseDovecotKeywords(text: string): (string | undefined)[] {
  const lettered: (string | undefined)[] = []
  for (const line of text.split('\n')) {
    const match = /^(\d{1,2}) (\S{1,255})\r?$/.exec(line)
    if (match?.[2] !== undefined && Number(match[1]) < letteredKeywordsMax) lettered[Number(match[1])] = match[2]
  }
  return lettered
}

/** The `dovecot-keywords` file for these keywords by letter. */
export function formatDovecotKeywords(lettered: readonly (string | undefined)[]): string {
  return Array.from(lettered, (keyword, index) => (keyword === undefined ? '' : `${index} ${keyword}\n`)).join('')
}
