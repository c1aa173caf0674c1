import type { OrderBy } from './parse-query.ts'

/** Sorts objects as `$orderby` asks, stable; strings without regard to case, nothing before something. */
export function sortBy<T extends object>(items: readonly T[], orders: readonly OrderBy[]): readonly T[] {
  if (orders.length === 0) return items
  return [...items].sort((a, b) => {
    for (const { path, isDescending } of orders) {
      const order = compareValues(valueAt(a, path), valueAt(b, path))
      if (order !== 0) return isDescending ? -order : order
    }
    return 0
  })
}

function valueAt(item: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined),
    item,
  )
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || a === undefined) return -1
  if (b === null || b === undefined) return 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a).toLowerCase(), String(b).toLowerCase()]
  if (left === right) return 0
  return left < right ? -1 : 1
}
