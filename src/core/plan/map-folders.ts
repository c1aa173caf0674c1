import { MigrationError } from '../errors.ts'
import type { Folder, FolderNaming, ItemType, Role } from '../model/folder.ts'
import type { FolderRecord } from '../model/records.ts'
import type { Rules } from '../model/rules.ts'
import { comparePaths, isInbox, pathKey } from './compare-paths.ts'
import { compileFolderFilter } from './folder-filter.ts'
import { createPlaces, type Place, type Places, type Wish } from './folder-places.ts'
import { compareNodes, plantFolderTree, type FolderNode } from './folder-tree.ts'
import { numberedName, type NameChange } from './legal-name.ts'
import { recognizeRoles } from './recognize-roles.ts'

/** Where a source folder goes, and why its path there differs. */
export interface FolderPlan {
  readonly source: Folder
  /** Legal at the target; also given for a folder that is skipped, since folders below it may not be. */
  readonly targetPath: readonly string[]
  /** The folder that stands there already. */
  readonly targetFolder?: Folder
  /** What the target folder is to be for. */
  readonly role?: Role
  /** Empty exactly when the path is the source's own. */
  readonly reasons: readonly NameChange[]
  /** The rule that leaves the folder out. */
  readonly skippedBy?: string
}

/** What an earlier pass knows of a folder. */
export type EarlierPlace = Pick<FolderRecord, 'sourceId' | 'sourcePath' | 'targetPath'>

/** Roles whose folders a person fills; the others are views that a server computes. */
const mappedRoles: readonly Role[] = [
  'sent',
  'drafts',
  'trash',
  'junk',
  'archive',
  'outbox',
  'calendar',
  'contacts',
  'tasks',
  'notes',
  'journal',
]

/**
 * Plans the place of every source folder, sorted by source path, parents first. Pure; depends on paths, roles and
 * rules, never on the order given, and never puts two source folders into one target folder unless `folderMap` says so.
 *
 * What decides, the first that applies: `folderMap` (the longest `from`, subfolders follow); INBOX goes to INBOX; the
 * place of an earlier pass, so that a folder never wanders while its neighbours come and go; the target's own folder of
 * the same role; else the own name below wherever the parent went. A name is changed only as far as `naming` demands,
 * an existing folder of exactly that name is taken as it is, and of folders that would fall together the one whose name
 * changed least keeps it and the others get ` (2)`, ` (3)` ... A prefix puts everything but INBOX below it, and then no
 * role is mapped.
 *
 * Throws a `config` error when a folder pattern cannot be meant or a line of the map has no place.
 */
export function mapFolders(
  sourceFolders: readonly Folder[],
  targetFolders: readonly Folder[],
  naming: FolderNaming,
  rules: Rules,
  earlier: readonly EarlierPlace[] = [],
): readonly FolderPlan[] {
  const filter = compileFolderFilter(sourceFolders, rules)
  const skipRules = new Map(sourceFolders.map((folder) => [folder, filter(folder)]))
  const { nodes, levels } = plantFolderTree(sourceFolders)
  const places = createPlaces(targetFolders, naming)
  const job: Job = { nodes, places, naming, rules, sourceFolders, targetFolders, inboxPath: inboxPathOf(sourceFolders) }
  placeMapped(job)
  placeInbox(job, earlier)
  const kept = reserveEarlier(job, earlier)
  const roles = placeRoles(job, kept)
  for (const level of levels) placeLevel(level, kept, job, skipRules)
  return nodes.flatMap((node) =>
    node.folder === undefined
      ? []
      : [toPlan(node.folder, node.place!, job, roles.get(node), skipRules.get(node.folder))],
  )
}

interface Job {
  readonly nodes: readonly FolderNode[]
  readonly places: Places
  readonly naming: FolderNaming
  readonly rules: Rules
  readonly sourceFolders: readonly Folder[]
  readonly targetFolders: readonly Folder[]
  readonly inboxPath: readonly string[]
}

function inboxPathOf(folders: readonly Folder[]): readonly string[] {
  return recognizeRoles(folders).get('inbox')?.path ?? ['INBOX']
}

/** Puts folders where the operator said, and marks all below them. */
function placeMapped({ nodes, places, rules }: Job): void {
  const lines = new Map(
    rules.folderMap.map((line, at) => [mapKey(line.from), { ...line, group: at + 1 }] as const).toReversed(),
  )
  for (const node of nodes) {
    const line = lines.get(mapKey(node.path))
    node.group = line?.group ?? node.parent?.group ?? 0
    if (line === undefined) continue
    if (line.to.length === 0) {
      throw new MigrationError('config', 'rules.folder-map', {
        message: `The folder map gives no place for ${JSON.stringify(line.from.join('/'))}.`,
        hint: 'Name the target folder, such as Archive/Old.',
      })
    }
    const { path, reasons } = places.legalPath(line.to)
    node.place = { path, reasons: ['folder-map', ...reasons] }
    places.reserve(path, node.group)
  }
}

function mapKey(path: readonly string[]): string {
  const normal = path.map((name) => name.normalize('NFC'))
  return pathKey(isInbox(normal.slice(0, 1)) ? ['INBOX', ...normal.slice(1)] : normal)
}

function placeInbox({ nodes, places, inboxPath }: Job, earlier: readonly EarlierPlace[]): void {
  places.reserve(['INBOX'], 0)
  // Called much like the inbox, it was an ordinary folder beside it, which is gone: it does not wander.
  const isNamesake = comparePaths(inboxPath, ['INBOX']) !== 0
  const wasElsewhere = ({ sourcePath, targetPath }: EarlierPlace): boolean =>
    comparePaths(sourcePath, inboxPath) === 0 && targetPath !== undefined && !isInbox(targetPath)
  if (isNamesake && earlier.some(wasElsewhere)) return
  for (const node of nodes) {
    if (node.place === undefined && comparePaths(node.path, inboxPath) === 0) {
      node.place = { path: ['INBOX'], reasons: ['existing-spelling'] }
      break
    }
  }
}

/** Keeps the places of earlier passes free for their folders. */
function reserveEarlier(
  { nodes, places }: Job,
  earlier: readonly EarlierPlace[],
): ReadonlyMap<FolderNode, readonly string[]> {
  const byPath = new Map<string, readonly string[]>()
  const byPathAndId = new Map<string, readonly string[]>()
  for (const { sourceId, sourcePath, targetPath } of earlier) {
    if (targetPath === undefined) continue
    byPath.set(pathKey(sourcePath), targetPath)
    byPathAndId.set(pathKey([sourceId, ...sourcePath]), targetPath)
  }
  const kept = new Map<FolderNode, readonly string[]>()
  for (const node of nodes) {
    if (node.folder === undefined || node.place !== undefined || node.group !== 0) continue
    const path = byPathAndId.get(pathKey([node.folder.id, ...node.path])) ?? byPath.get(pathKey(node.path))
    if (path !== undefined && places.reserve(path, 0)) kept.set(node, path)
  }
  return kept
}

/** Maps roles to the target's own folders; gives what each target folder is to be for. */
function placeRoles(job: Job, kept: ReadonlyMap<FolderNode, readonly string[]>): ReadonlyMap<FolderNode, Role> {
  const { nodes, places, rules, sourceFolders, targetFolders, inboxPath } = job
  const roles = new Map<FolderNode, Role>()
  const nodeOf = new Map(nodes.map((node) => [node.folder, node]))
  const sourceRoles = recognizeRoles(sourceFolders)
  const targetRoles = recognizeRoles(targetFolders)
  const inbox = nodes.find((node) => node.folder !== undefined && comparePaths(node.path, inboxPath) === 0)
  if (inbox?.place !== undefined && isInbox(inbox.place.path)) roles.set(inbox, 'inbox')
  if (!rules.mapsRoles || rules.targetPrefix.length > 0) return roles
  for (const role of mappedRoles) {
    const source = sourceRoles.get(role)
    const node = nodeOf.get(source)
    if (source === undefined || node === undefined || node.place !== undefined || node.group !== 0) continue
    const twin = targetFolders.find((folder) => folder.role === role && comparePaths(folder.path, source.path) === 0)
    const target = twin ?? targetRoles.get(role)
    const keptPath = kept.get(node)
    if (target === undefined) {
      roles.set(node, role)
      continue
    }
    // What waits to be sent at the source must not be sent from the target.
    if (role === 'outbox' && keptPath === undefined) continue
    const isKeptThere = keptPath !== undefined && comparePaths(keptPath, target.path) === 0
    const isFree = keptPath === undefined && target.holdsItems && target.itemType === source.itemType && !isInbox(target.path)
    if (isKeptThere || (isFree && places.reserve(target.path, 0))) {
      roles.set(node, role)
      node.place = { path: target.path, reasons: ['role'] }
    }
  }
  return roles
}

/** First every folder that can have what it wishes, then numbers for the others: a number never takes a name away. */
function placeLevel(
  level: readonly FolderNode[],
  kept: ReadonlyMap<FolderNode, readonly string[]>,
  job: Job,
  skipRules: ReadonlyMap<Folder, string | undefined>,
): void {
  const open: { readonly node: FolderNode; readonly wish: Wish; readonly rank: number; readonly numberRank: number }[] = []
  for (const node of level) {
    if (node.place !== undefined) continue
    const wish = wishFor(node, job)
    const keptPath = kept.get(node)
    if (keptPath !== undefined) {
      node.place = { path: keptPath, reasons: reasonsToKeep(keptPath, wish, job.naming) }
      continue
    }
    const isSkipped = node.folder !== undefined && skipRules.get(node.folder) !== undefined
    const skippedRank = isSkipped ? 3 : 0
    const numberRank = skippedRank + (wish.ownName === node.path.at(-1) ? 1 : 2)
    open.push({ node, wish, rank: wish.isExact ? skippedRank : numberRank, numberRank })
  }
  open.sort((left, right) => left.rank - right.rank || compareNodes(left.node, right.node))
  const losers = open.filter(({ node, wish }) => {
    if (!job.places.reserve(wish.path, node.group, itemTypeOf(node))) return true
    node.place = wish
    return false
  })
  // A folder that stands there under one's name is another's, so it changes nothing: else numbers would change places later.
  losers.sort((left, right) => left.numberRank - right.numberRank || compareNodes(left.node, right.node))
  for (const { node, wish } of losers) node.place = job.places.reserveNumbered(wish, node.group, itemTypeOf(node))
}

/** What is to be put there; nothing into a folder of folders. */
function itemTypeOf({ folder }: FolderNode): ItemType | undefined {
  return folder?.holdsItems === true ? folder.itemType : undefined
}

function wishFor(node: FolderNode, { places, rules, inboxPath }: Job): Wish {
  return places.wish(baseFor(node, places, rules, inboxPath), node.path.at(-1)!, node.path)
}

function baseFor(node: FolderNode, places: Places, rules: Rules, inboxPath: readonly string[]): Place {
  const { parent } = node
  const isMapped = node.group !== 0
  const isBelowInbox = parent !== undefined && comparePaths(parent.path, inboxPath) === 0
  if (!isMapped && rules.targetPrefix.length > 0 && (parent === undefined || isBelowInbox)) {
    const { path } = places.legalPath(isBelowInbox ? [...rules.targetPrefix, 'INBOX'] : rules.targetPrefix)
    return { path, reasons: ['prefix'] }
  }
  if (parent === undefined) return { path: [], reasons: [] }
  const place = parent.place!
  return comparePaths(parent.path, place.path) === 0 ? { path: place.path, reasons: [] } : place
}

/** Why a kept place differs from the source's path, if today's rules would say the same. */
function reasonsToKeep(path: readonly string[], wish: Wish, naming: FolderNaming): readonly NameChange[] {
  if (comparePaths(path, wish.path) === 0) return wish.reasons
  const number = / \((\d{1,9})\)$/.exec(path.at(-1) ?? '')?.[1]
  const numbered = number === undefined ? undefined : numberedName(wish.ownName, Number(number), naming)
  return numbered === path.at(-1) ? [...wish.reasons, 'collision'] : ['earlier-pass']
}

function toPlan(folder: Folder, place: Place, job: Job, role: Role | undefined, rule: string | undefined): FolderPlan {
  const targetFolder = job.places.folderAt(place.path)
  return {
    source: folder,
    targetPath: place.path,
    ...(targetFolder === undefined ? {} : { targetFolder }),
    ...(role === undefined ? {} : { role }),
    reasons: comparePaths(folder.path, place.path) === 0 ? [] : [...new Set(place.reasons)],
    ...(rule === undefined ? {} : { skippedBy: rule }),
  }
}
