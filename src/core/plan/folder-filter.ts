import { MigrationError } from '../errors.ts'
import { type Folder, type Role, roles } from '../model/folder.ts'
import type { Rules } from '../model/rules.ts'
import { pathKey } from './compare-paths.ts'
import { defaultExclusionOf } from './default-exclusions.ts'
import { compileGlob } from './glob.ts'
import { recognizeRoles } from './recognize-roles.ts'


/** What of the rules speaks of whole folders. */
export type FolderRules = Pick<Rules, 'includeFolders' | 'excludeFolders' | 'usesDefaultExclusions'>

/** Gives the name of the rule that leaves a folder out, or undefined. */
export type FolderFilter = (folder: Folder) => string | undefined

interface FolderFacts {
  readonly path: string
  readonly roles: ReadonlySet<Role>
  /** Of the folder and all above it. */
  readonly rolesFromRoot: ReadonlySet<Role>
}

/**
 * Compiles the folder rules for one side's folders. A pattern is a glob on the slash-joined path (`glob`), `role:sent`
 * for the folder of a role, or `role:sent/**` for it and all below; roles are those of `recognize-roles`, so that they
 * work where none are announced. In this order: a folder that `excludeFolders` matches is left out by
 * `folder-excluded:<pattern>`; one that no pattern of a non-empty `includeFolders` matches by `folder-not-included`;
 * one on the list of `default-exclusions` by `default-exclusion`, unless an include pattern other than `**` matches it.
 * Throws a `config` error with the pattern in it when one cannot be meant.
 */
export function compileFolderFilter(folders: readonly Folder[], rules: FolderRules): FolderFilter {
  const include = rules.includeFolders.map((pattern) => ({ pattern, matches: compilePattern(pattern) }))
  const exclude = rules.excludeFolders.map((pattern) => ({ pattern, matches: compilePattern(pattern) }))
  const factsOf = gatherFacts(folders)
  return (folder) => {
    const facts = factsOf(folder)
    const excludedBy = exclude.find(({ matches }) => matches(facts))
    if (excludedBy !== undefined) return `folder-excluded:${excludedBy.pattern}`
    const includedBy = include.filter(({ matches }) => matches(facts))
    if (include.length > 0 && includedBy.length === 0) return 'folder-not-included'
    const isNamed = includedBy.some(({ pattern }) => pattern !== '**')
    return rules.usesDefaultExclusions && !isNamed && defaultExclusionOf(folder) ? 'default-exclusion' : undefined
  }
}

function gatherFacts(folders: readonly Folder[]): (folder: Folder) => FolderFacts {
  const rolesByPath = new Map<string, Set<Role>>()
  const add = (folder: Folder, role: Role) => {
    const key = pathKey(folder.path)
    rolesByPath.set(key, (rolesByPath.get(key) ?? new Set()).add(role))
  }
  for (const folder of folders) if (folder.role !== undefined) add(folder, folder.role)
  for (const [role, folder] of recognizeRoles(folders)) add(folder, role)
  const lengths = new Set(
    folders.filter((folder) => rolesByPath.has(pathKey(folder.path))).map((folder) => folder.path.length),
  )
  const none: ReadonlySet<Role> = new Set()
  return ({ path }) => {
    const fromRoot = new Set<Role>()
    for (const length of lengths) {
      if (length > path.length) continue
      for (const role of rolesByPath.get(pathKey(path.slice(0, length))) ?? none) fromRoot.add(role)
    }
    return { path: path.join('/'), roles: rolesByPath.get(pathKey(path)) ?? none, rolesFromRoot: fromRoot }
  }
}

function compilePattern(pattern: string): (facts: FolderFacts) => boolean {
  const rolePattern = /^role:(.*?)(\/\*\*)?$/i.exec(pattern)
  if (rolePattern !== null) {
    const role = roles.find((each) => each === rolePattern[1]?.toLowerCase())
    if (role === undefined) {
      throw new MigrationError('config', 'rules.folder-role', {
        message: `The folder pattern ${JSON.stringify(pattern)} names no role.`,
        hint: `Use one of ${roles.map((each) => `role:${each}`).join(', ')}, with /** behind it for the folders below too.`,
      })
    }
    return rolePattern[2] === undefined ? (facts) => facts.roles.has(role) : (facts) => facts.rolesFromRoot.has(role)
  }
  try {
    const matches = compileGlob(pattern)
    return (facts) => matches(facts.path)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new MigrationError('config', 'rules.folder-pattern', {
      message: `A folder pattern cannot be used: ${cause.message}.`,
      hint: 'Give a folder path such as Archive/2020, Archive/** for all below it, or role:sent.',
      cause,
    })
  }
}
