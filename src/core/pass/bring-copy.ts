import type { FolderId, ItemId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import { travelsWhole } from '../model/form.ts'
import { compare } from '../verify/compare.ts'
import type { Engine } from './engine.ts'
import { readPrints } from './read-prints.ts'
import { withRetry } from './with-retry.ts'

/** Whether a target can bring a copy into another folder in one of the two ways of `bringCopy`. */
export function canBring({ target }: Engine): boolean {
  return target.move !== undefined || (target.copy !== undefined && target.remove !== undefined)
}

/**
 * Brings a copy of ours into another folder and gives its new id: moved where the target can, else copied and then removed.
 * What stands there unclaimed and is equal to it (`findFree` gives who may be) is half of such a move that was cut short, or
 * whose answer was lost: it is not copied again, or there would be two. Undefined when it is not known where it is now.
 */
export async function bringCopy(
  engine: Engine,
  copy: ItemRef,
  into: FolderId,
  findFree: (isAnew: boolean) => Promise<readonly ItemRef[]>,
): Promise<ItemId | undefined> {
  const { target } = engine
  const { id, folderId: from } = copy
  const moved = await withRetry(engine, 'target', async () => target.move?.(from, [id], into))
  if (moved?.has(id) === true) return moved.get(id)
  if (target.copy === undefined || target.remove === undefined) return undefined
  let isAnew = false
  const newId = await withRetry(engine, 'target', async () => {
    const standing = await findEqual(engine, copy, await findFree(isAnew))
    isAnew = true
    if (standing !== undefined) return standing
    const copied = await target.copy?.(from, [id], into)
    return copied?.has(id) === true ? (copied.get(id) ?? findEqual(engine, copy, await findFree(true))) : undefined
  })
  if (newId !== undefined) await withRetry(engine, 'target', async () => target.remove?.(from, [id]))
  return newId
}

async function findEqual(engine: Engine, copy: ItemRef, free: readonly ItemRef[]): Promise<ItemId | undefined> {
  const alike = free.filter((ref) => travelsWhole(engine.target.capabilities) || isAlike(copy, ref))
  if (alike.length === 0) return undefined
  const prints = await readPrints(engine, 'target', [copy, ...alike], false)
  const own = prints.get(copy)
  return alike.find((ref) => {
    const other = prints.get(ref)
    return own !== undefined && other !== undefined && compare(own.print, other.print).type === 'equal'
  })?.id
}

/** What a copy of mail keeps beside its content. */
function isAlike(copy: ItemRef, other: ItemRef): boolean {
  return copy.version === other.version && copy.receivedAt.epochMs === other.receivedAt.epochMs
}
