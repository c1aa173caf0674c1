import type { AskedExtra } from '../../../core/ports/connector.ts'

/**
 * Which of those at the target is whose copy: by the id where an earlier pass noted it, otherwise by the name, each taken
 * once. `nameOf` gives what names are compared by; the extra's own name is put through it as well.
 */
export function takeCopies<T extends { readonly id: string; readonly name: string }>(
  asked: readonly AskedExtra[],
  there: readonly T[],
  nameOf: (one: { readonly name: string }) => string = ({ name }) => name,
): readonly (T | undefined)[] {
  const byId = new Map(there.map((one) => [one.id, one]))
  const claimed = new Set(asked.flatMap(({ targetId }) => targetId ?? []))
  const free = Map.groupBy(
    there.filter(({ id }) => !claimed.has(id)),
    nameOf,
  )
  return asked.map((extra) => (extra.targetId === undefined ? free.get(nameOf(extra))?.shift() : byId.get(extra.targetId)))
}
