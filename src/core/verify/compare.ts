import type { Essence } from '../ports/connector.ts'
import type { Fingerprint } from './fingerprint.ts'

/** How a copy relates to its original; `altered` names the changes, comma-separated. */
export type Comparison =
  | { readonly type: 'equal' }
  | { readonly type: 'altered'; readonly altered: string }
  | { readonly type: 'different' }

/**
 * Compares a copy with its original, strictest first: the same bytes; the same canonical form; the same decoded form, where
 * both have it; the same canonical body under a header that has every line of the original and some more (other tools and
 * servers add lines, such as X-TUID); the same essence, where the target makes anew what it is given.
 */
export function compare(original: Fingerprint, copy: Fingerprint, essence?: Pick<Essence, 'altered'>): Comparison {
  if (original.digest === copy.digest) return { type: 'equal' }
  if (original.canonicalDigest === copy.canonicalDigest) {
    const changes = [...original.oddities, ...copy.oddities].filter(
      (oddity) => original.oddities.has(oddity) !== copy.oddities.has(oddity),
    )
    return { type: 'altered', altered: changes.sort().join(',') || 'line-ends' }
  }
  if (original.decodedDigest !== undefined && original.decodedDigest === copy.decodedDigest) {
    return { type: 'altered', altered: 'transfer-encoding' }
  }
  if (original.bodyDigest === copy.bodyDigest && containsAll(copy.headerLines, original.headerLines)) {
    return { type: 'altered', altered: 'header-lines-added' }
  }
  if (original.essence === undefined || original.essence.item !== copy.essence?.item) return { type: 'different' }
  const isInOtherState = original.essence.state !== copy.essence.state
  const altered = [essence?.altered, isInOtherState ? 'state' : undefined].filter((word) => word !== undefined).join(',')
  return altered === '' ? { type: 'equal' } : { type: 'altered', altered }
}

/** Whether the sorted `all` holds every element of the sorted `some`, as multisets. */
function containsAll(all: readonly string[], some: readonly string[]): boolean {
  let at = 0
  for (const line of some) {
    while (at < all.length && (all[at] as string) < line) at++
    if (all[at] !== line) return false
    at++
  }
  return true
}
