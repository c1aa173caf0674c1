import type { Essence, ItemEssence } from '../ports/connector.ts'
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
export function compare(original: Fingerprint, copy: Fingerprint): Comparison {
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
  return compareEssences(original.essences ?? new Map(), copy.essences ?? new Map())
}

type Essences = ReadonlyMap<Essence, ItemEssence>

function compareEssences(original: Essences, copy: Essences): Comparison {
  for (const [essence, own] of original) {
    const other = copy.get(essence)
    if (other === undefined || !isSameItem(own, other)) continue
    const altered = [essence.altered, own.state === other.state ? undefined : 'state'].filter((word) => word !== undefined).join(',')
    return altered === '' ? { type: 'equal' } : { type: 'altered', altered }
  }
  return { type: 'different' }
}

function isSameItem(original: ItemEssence, copy: ItemEssence): boolean {
  return original.item === copy.item && (original.given ?? []).every((value, at) => value === '' || value === copy.given?.[at])
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
