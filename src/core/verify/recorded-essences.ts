import type { Essence } from '../ports/connector.ts'

/**
 * Of the ways in which copies may have come to be those that `altered` (`Entry.altered`) tells of one, so that a copy is compared
 * as what it is known to be, whatever the target would make now. All of them where nothing is recorded.
 */
export function recordedEssences(essences: readonly Essence[], altered: string | undefined): readonly Essence[] {
  const known = wordsOf(altered).filter((word) => essences.some((essence) => wordsOf(essence.altered).includes(word)))
  if (known.length === 0) return essences
  const fitting = essences.filter((essence) => known.every((word) => wordsOf(essence.altered).includes(word)))
  const fewest = Math.min(...fitting.map((essence) => wordsOf(essence.altered).length))
  return fitting.filter((essence) => wordsOf(essence.altered).length === fewest)
}

function wordsOf(altered: string | undefined): readonly string[] {
  return altered === undefined ? [] : altered.split(',')
}
