import { MigrationError } from '../errors.ts'
import type { Folder } from '../model/folder.ts'
import type { Engine } from './engine.ts'
import { entryPages } from './entry-pages.ts'

/** Fewer than these may vanish without anybody being asked. */
const itemsGuarded = 10
/** Share of a mailbox whose disappearance between two passes is a person's to confirm. */
const removalShareMax = 0.5
const pageItems = 500

/**
 * Stops the pass when a side that held items before holds none now: mostly the wrong mailbox or a server in trouble. When a
 * person accepts it, an emptied target is filled again.
 */
export async function guardEmptiedSides(
  engine: Engine,
  sourceFolders: readonly Folder[],
  targetFolders: readonly Folder[],
): Promise<void> {
  const claims = (await engine.ledger.claims()).reduce((sum, { items }) => sum + items, 0)
  if (claims < itemsGuarded) return
  const { acceptsEmptied } = engine.rules
  if (isEmpty(sourceFolders) && !acceptsEmptied) {
    throw new MigrationError('config', 'guard.source-emptied', {
      message: `The source is empty now, although ${claims} of its items were migrated before.`,
      hint: 'Check that the source URL names the right mailbox; if it was emptied on purpose, run again with --accept-emptied.',
    })
  }
  if (!isEmpty(targetFolders)) return
  if (!acceptsEmptied) {
    throw new MigrationError('config', 'guard.target-emptied', {
      message: `The target is empty now, although it held ${claims} migrated items before.`,
      hint: 'Check that the target URL names the right mailbox; to write everything again, run again with --accept-emptied.',
    })
  }
  for (const fate of ['migrated', 'alreadyThere'] as const) await reopenAll(engine, fate)
}

/**
 * Stops a pass that looks at the target in another way than the passes before, which gave other ids: to this one every copy would
 * be missing, and what was moved at the source would be written again.
 */
export async function guardOtherWay({ ledger, target }: Pick<Engine, 'ledger' | 'target'>, targetFolders: readonly Folder[]): Promise<void> {
  if (target.isOfAnotherWay === undefined) return
  const there = new Set(targetFolders.map(({ id }) => id))
  const unknown = (await ledger.claims()).filter(({ targetFolderId: id }) => !there.has(id) && target.isOfAnotherWay?.(id) === true)
  if (unknown.length === 0) return
  throw new MigrationError('config', 'guard.other-way', {
    message: `${unknown.reduce((sum, { items }) => sum + items, 0)} copies were made in another way into this mailbox, which names them differently.`,
    hint: 'Write the target URL with the via of the passes before; to change it, begin anew with another --home: what is at the target is recognised there.',
  })
}

/** Stops a mirroring pass before it removes a large part of a mailbox at once. */
export async function guardRemovals(engine: Engine): Promise<void> {
  const { fates, source } = await engine.ledger.tally(engine.pass)
  const live = source - fates.gone
  const gone = await engine.ledger.countOrphans()
  if (engine.rules.acceptsEmptied || gone < itemsGuarded || gone <= (live + gone) * removalShareMax) return
  throw new MigrationError('config', 'guard.removals', {
    message: `${gone} of ${live + gone} items are gone at the source, and mirroring would remove them at the target.`,
    hint: 'Check the source; if they were deleted on purpose, run again with --accept-emptied.',
  })
}

function isEmpty(folders: readonly Folder[]): boolean {
  const statuses = folders.filter((folder) => folder.holdsItems).map((folder) => folder.status)
  return statuses.every((status) => status !== undefined && status.items === 0)
}

async function reopenAll(engine: Engine, fate: 'migrated' | 'alreadyThere'): Promise<void> {
  for await (const page of entryPages(engine.context, (after) => engine.ledger.settled(fate, undefined, after, pageItems))) {
    await engine.ledger.reopen(engine.pass, page.map((entry) => entry.key))
  }
}
