import type { Folder, FolderNaming, ItemType } from '../model/folder.ts'
import { comparePaths, isInbox, pathKey } from './compare-paths.ts'
import { numberedName, setApartName, toLegalName, type NameChange } from './legal-name.ts'

/** A path at the target and why it differs from the source's. */
export interface Place {
  readonly path: readonly string[]
  readonly reasons: readonly NameChange[]
}

/** A place not yet checked against the others. */
export interface Wish extends Place {
  /** A legal last segment, before the spelling of an existing folder was taken over; what numbers are put behind. */
  readonly ownName: string
  /** A folder stands there already under exactly the source's name. */
  readonly isExact: boolean
}

/** The places of one target: which folders stand there, which paths are given away, and what a name must look like. */
export interface Places {
  /** The folder at exactly this path. */
  folderAt(path: readonly string[]): Folder | undefined
  /** What `name` would become directly below `base`; gives nothing away. */
  wish(base: Place, name: string, origin: readonly string[]): Wish
  /** A path given by the operator, as the target allows it. */
  legalPath(path: readonly string[]): Place
  /**
   * Gives the path away; false when it is already given to another folder of the group, or a folder stands there that holds
   * another type of items.
   */
  reserve(path: readonly string[], group: number, itemType?: ItemType): boolean
  /** Gives away the first path of `ownName (2)`, `ownName (3)` ... that is free in the group. */
  reserveNumbered(wish: Wish, group: number, itemType?: ItemType): Place
}

/** Starts with nothing given away. Folders of different groups may share a place, those of one group never do. */
export function createPlaces(targetFolders: readonly Folder[], naming: FolderNaming): Places {
  const sorted = targetFolders.toSorted((left, right) => comparePaths(left.path, right.path))
  const exact = new Map(sorted.map((folder) => [pathKey(folder.path), folder]))
  const alike = new Map(sorted.toReversed().map((folder) => [likeness(folder.path, naming), folder]))
  const given = new Set<string>()
  const lastNumbers = new Map<string, number>()

  const isOfOtherType = (path: readonly string[], itemType: ItemType | undefined): boolean => {
    const standing = exact.get(pathKey(path))
    return itemType !== undefined && standing?.holdsItems === true && standing.itemType !== itemType
  }

  const reserve = (path: readonly string[], group: number, itemType?: ItemType) => {
    if (isOfOtherType(path, itemType)) return false
    const key = `${group} ${collisionKey(path, naming)}`
    if (given.has(key)) return false
    given.add(key)
    return true
  }

  const outboxes = new Set(targetFolders.filter(({ role }) => role === 'outbox').map(({ path }) => likeness(path, naming)))

  // An outbox sends what is put into it, so nothing comes to stand there under any name.
  const isReserved = (path: readonly string[]) =>
    outboxes.has(likeness(path, naming)) ||
    (path.length === 1 && (isInbox(path) || naming.reserved.some((name) => name.toLowerCase() === path[0]!.toLowerCase())))

  const wish = (base: Place, name: string, origin: readonly string[]): Wish => {
    const reasons: NameChange[] = [...base.reasons]
    let parent = base.path
    if (parent.length === 1 && isInbox(parent) && !naming.inboxHoldsFolders) {
      parent = []
      reasons.push('inbox-child')
    }
    const asIs = [...parent, name]
    if (exact.has(pathKey(asIs)) && !isReserved(asIs)) {
      return { path: asIs, reasons, ownName: toLegalName(name, naming, pathKey(origin)).name, isExact: true }
    }
    let joined = name
    while (parent.length >= naming.depthMax && parent.length > 0) {
      joined = `${parent.at(-1)!}_${joined}`
      parent = parent.slice(0, -1)
      reasons.push('too-deep')
    }
    const ownNaming = parent.length === 0 ? naming : { ...naming, forbiddenInFront: '' }
    const legal = toLegalName(joined, ownNaming, pathKey(origin))
    reasons.push(...legal.changes)
    let ownName = legal.name
    while (isReserved([...parent, ownName])) {
      ownName = setApartName(ownName, naming)
      if (!reasons.includes('reserved')) reasons.push('reserved')
    }
    return { ...respell([...parent, ownName], reasons), ownName, isExact: false }
  }

  const respell = (path: readonly string[], reasons: readonly NameChange[]): Place => {
    const standing = exact.has(pathKey(path)) ? undefined : alike.get(likeness(path, naming))
    return standing === undefined
      ? { path, reasons }
      : { path: standing.path, reasons: [...reasons, 'existing-spelling'] }
  }

  return {
    folderAt: (path) => exact.get(pathKey(path)),
    wish,
    reserve,
    legalPath: (path) => {
      if (isInbox(path)) return { path: ['INBOX'], reasons: [] }
      return path.reduce<Place>(
        (base, name, at) =>
          at === 0 && isInbox([name]) ? { path: ['INBOX'], reasons: [] } : wish(base, name, path.slice(0, at + 1)),
        { path: [], reasons: [] },
      )
    },
    reserveNumbered: ({ path, reasons, ownName }, group, itemType) => {
      const parent = path.slice(0, -1)
      const numbersKey = `${group} ${collisionKey([...parent, ownName], naming)}`
      for (let number = lastNumbers.get(numbersKey) ?? 2; ; number++) {
        const numbered = respell([...parent, numberedName(ownName, number, naming)], reasons)
        if (!reserve(numbered.path, group, itemType)) continue
        lastNumbers.set(numbersKey, number + 1)
        return {
          path: numbered.path,
          reasons: [...numbered.reasons.filter((each) => each !== 'existing-spelling'), 'collision'],
        }
      }
    },
  }
}

/** Equal when the target may take the two paths for one; rather too often than too rarely. */
function collisionKey(path: readonly string[], naming: FolderNaming): string {
  const normal = path.map((name) => name.normalize('NFC'))
  return pathKey(
    naming.isCaseSensitive ? normal : normal.map((name) => name.toUpperCase().toLowerCase().normalize('NFC')),
  )
}

/** Equal when the target surely takes the two paths for one, or a person could not tell them apart. */
function likeness(path: readonly string[], naming: FolderNaming): string {
  const normal = path.map((name) => name.normalize('NFC'))
  return pathKey(naming.isCaseSensitive ? normal : normal.map((name) => name.toLowerCase()))
}
