import type { Role } from '../core/model/folder.ts'
import type { Rules } from '../core/model/rules.ts'
import { mapFolders } from '../core/plan/map-folders.ts'
import type { Context } from '../core/ports/context.ts'
import type { Endpoint } from './endpoint.ts'
import { openSides } from './open-sides.ts'

/** A folder as the source has it, and where it would go. */
export interface ListedFolder {
  readonly path: readonly string[]
  readonly role?: Role
  readonly items?: number
  readonly holdsItems: boolean
  /** Only where a target was asked for. */
  readonly targetPath?: readonly string[]
  readonly reasons?: readonly string[]
  readonly skippedBy?: string
}

/** The folders of one endpoint, parents first. Throws as opening and discovering do. */
export async function listFolders(endpoint: Endpoint, context: Context): Promise<readonly ListedFolder[]> {
  const source = await endpoint.openSource(context)
  try {
    const folders = await source.discover()
    return folders.map(({ path, role, status, holdsItems }) => ({
      path,
      ...(role === undefined ? {} : { role }),
      ...(status === undefined ? {} : { items: status.items }),
      holdsItems,
    }))
  } finally {
    await source.close()
  }
}

/** The folders of a source with the places that a first pass with these rules would give them. Throws as a pass does. */
export async function listMappedFolders(
  endpoints: { readonly source: Endpoint; readonly target: Endpoint },
  rules: Rules,
  context: Context,
): Promise<readonly ListedFolder[]> {
  const sides = await openSides(endpoints, context, () => undefined)
  try {
    const [sourceFolders, targetFolders] = await Promise.all([sides.source.discover(), sides.target.discover()])
    const plans = mapFolders(sourceFolders, targetFolders, sides.target.capabilities.folderNaming, rules)
    return plans.map(({ source, targetPath, reasons, skippedBy }) => ({
      path: source.path,
      ...(source.role === undefined ? {} : { role: source.role }),
      ...(source.status === undefined ? {} : { items: source.status.items }),
      holdsItems: source.holdsItems,
      targetPath,
      reasons,
      ...(skippedBy === undefined ? {} : { skippedBy }),
    }))
  } finally {
    await sides.close()
  }
}
