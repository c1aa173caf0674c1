import type { Capabilities } from '../model/capabilities.ts'
import type { Rules } from '../model/rules.ts'

/** The keywords that RFC 8621 section 4.1.1 shares with the system flags of RFC 9051 section 2.3.2. */
const systemKeywords: ReadonlySet<string> = new Set(['$seen', '$answered', '$flagged', '$draft', '$deleted'])

/** Dovecot 2.3.19 refuses the whole APPEND for a longer one (`mail_max_keyword_length`, 50 unless raised). */
const keywordBytesMax = 50

/** RFC 9051 section 9, `flag-keyword`: an ATOM, which is no CTL, no blank, none of `( ) { % * " \ ]`, and ASCII. */
const keywordAtom = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/

/** Why a keyword did not go along. */
export interface DroppedKeyword {
  readonly keyword: string
  /**
   * `rule`: the operator's map says so. `not-stored`: the target has system flags only. `not-kept`: the target's folder
   * keeps certain others, and not this one. `invalid`: no target takes it.
   */
  readonly reason: 'rule' | 'not-stored' | 'not-kept' | 'invalid' | 'too-long'
}

/** What a copy is to carry: sorted, without two that differ only by case. */
export interface CarriedKeywords {
  readonly keywords: readonly string[]
  readonly dropped: readonly DroppedKeyword[]
}

const nothingCarried: CarriedKeywords = { keywords: [], dropped: [] }

/** What of a target decides about keywords. */
export interface KeywordTarget extends Pick<Capabilities, 'storesKeywords'> {
  /** `Target.keptKeywords` of the folder that the copy is in. */
  readonly keptKeywords?: readonly string[] | undefined
}

/**
 * The keywords of a source item as its copy is to have them: renamed and dropped by `rules.keywordMap` (compared
 * without case, as RFC 9051 section 2.3.2 says), then narrowed to what the target can store, in the spelling of its folder.
 * `$recent` is a fact of a session, not of an item: it is left out without a word. Pure, and the same whatever the order
 * given.
 */
export function carryKeywords(
  keywords: readonly string[],
  given: { readonly rules: Pick<Rules, 'keywordMap'>; readonly target: KeywordTarget },
): CarriedKeywords {
  if (keywords.length === 0) return nothingCarried
  const { keptKeywords } = given.target
  const kept = keptKeywords && new Map(keptKeywords.map((keyword) => [keyword.toLowerCase(), keyword]))
  const renames = new Map(Object.entries(given.rules.keywordMap).map(([from, to]) => [from.toLowerCase(), to]))
  const carried = new Map<string, string>()
  const dropped: DroppedKeyword[] = []
  for (const keyword of keywords.toSorted()) {
    if (keyword.toLowerCase() === '$recent') continue
    const renamed = renames.get(keyword.toLowerCase())
    if (renamed === null) {
      dropped.push({ keyword, reason: 'rule' })
      continue
    }
    const wanted = renamed ?? keyword
    const folded = wanted.toLowerCase()
    const isSystem = systemKeywords.has(folded)
    const reason = isSystem ? undefined : refusal(wanted, given.target, kept)
    if (reason !== undefined) dropped.push({ keyword, reason })
    else if (!carried.has(folded)) carried.set(folded, isSystem ? folded : (kept?.get(folded) ?? wanted))
  }
  return { keywords: [...carried.values()].toSorted(), dropped }
}

/** Whether every target keeps it. */
export function isSystemKeyword(keyword: string): boolean {
  return systemKeywords.has(keyword)
}

function refusal(
  keyword: string,
  target: KeywordTarget,
  kept: ReadonlyMap<string, string> | undefined,
): DroppedKeyword['reason'] | undefined {
  if (!keywordAtom.test(keyword) || keyword.toLowerCase() === '$recent') return 'invalid'
  if (keyword.length > keywordBytesMax) return 'too-long'
  if (!target.storesKeywords) return 'not-stored'
  return kept === undefined || kept.has(keyword.toLowerCase()) ? undefined : 'not-kept'
}
