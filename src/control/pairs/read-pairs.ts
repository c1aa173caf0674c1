import { parsePairs } from './parse-pairs.ts'
import type { Pairs } from './parse-pairs.ts'
import { readListText } from './read-list-text.ts'

/** Reads a list of mailboxes (`parsePairs`) in UTF-8 or UTF-16. Throws `UsageError` when there is no such list. */
export async function readPairs(file: string, delimiter: string | undefined): Promise<Pairs> {
  return parsePairs(await readListText(file), delimiter)
}
