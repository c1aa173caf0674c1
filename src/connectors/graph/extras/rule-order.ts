import type { MessageRule } from './message-rule.ts'

/**
 * `base` in another order: what `order` names takes, among itself, the places that it has in `base`; what is new there stands
 * behind the one that it follows in `order`. What `order` does not name keeps its place, so that what is gone by now makes no
 * difference between two orders that are compared. Pure.
 */
export function reorder(base: readonly string[], order: readonly string[]): readonly string[] {
  const known = new Set(base)
  const named = new Set(order)
  const moved = order.filter((id) => known.has(id)).values()
  const arranged = base.map((id) => (named.has(id) ? (moved.next().value ?? id) : id))
  for (const [at, id] of order.entries()) {
    if (!known.has(id)) arranged.splice(at === 0 ? 0 : arranged.indexOf(order[at - 1]!) + 1, 0, id)
  }
  return arranged
}

/** A place that a rule is given. */
export interface RuleMove {
  readonly id: string
  readonly sequence: number
}

/**
 * The next step towards having those of `wanted` in this order, among themselves; undefined once they are. `rules` are all
 * that there are, in their order. A rule takes another one's place, and that one goes behind it: to move one down says the
 * same only where it has been taken out first, and therefore may be left out. Pure.
 */
export function nextMove(rules: readonly MessageRule[], wanted: readonly string[], mayMoveDown: boolean): RuleMove | undefined {
  const named = new Set(wanted)
  const current = rules.filter(({ id }) => named.has(id))
  const there = new Map(current.map((rule) => [rule.id, rule]))
  const order = wanted.filter((id) => there.has(id))
  const at = order.findIndex((id, place) => current[place]?.id !== id)
  if (at === -1) return undefined
  const misplaced = current[at]!
  const before = order[order.indexOf(misplaced.id) - 1]
  if (mayMoveDown && current[at + 1]?.id === order[at] && before !== undefined && before !== order[at]) {
    return { id: misplaced.id, sequence: there.get(before)!.sequence + 1 }
  }
  return { id: order[at]!, sequence: misplaced.sequence }
}
