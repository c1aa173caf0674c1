import { roles } from '../../core/model/folder.ts'
import { policies, type Rules, type Verification, verifications } from '../../core/model/rules.ts'
import { compileGlob } from '../../core/plan/glob.ts'
import { UsageError } from '../usage-error.ts'
import { parseFolderMap, parseFolderPath } from './parse-folder-path.ts'
import { parseInstant } from './parse-instant.ts'
import { parseKeyword, parseKeywordMap } from './parse-keyword.ts'
import { parseRecipientMap } from './parse-recipient-map.ts'
import { parseSize } from './parse-size.ts'

/** Rules as a person writes them; the names are those of the options. */
export interface RulesInput {
  readonly policy?: string
  readonly newerThan?: string
  readonly olderThan?: string
  readonly maxSize?: string
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** False for `--no-default-exclusions`. */
  readonly defaultExclusions?: boolean
  readonly map?: readonly string[]
  readonly prefix?: string
  /** False for `--no-role-mapping`. */
  readonly roleMapping?: boolean
  /** False for `--no-extras`. */
  readonly extras?: boolean
  readonly keyword?: readonly string[]
  readonly dropKeyword?: readonly string[]
  readonly acceptEmptied?: boolean
  readonly mapDomain?: readonly string[]
  readonly mapAddresses?: string
}

/** The rules that `input` means at `nowMs`. Throws `UsageError`, naming the option. */
export function parseRules(input: RulesInput, nowMs: number, retriesFailed: boolean): Rules {
  const receivedFromMs = input.newerThan === undefined ? undefined : parseInstant(input.newerThan, '--newer-than', nowMs)
  const receivedUntilMs = input.olderThan === undefined ? undefined : parseInstant(input.olderThan, '--older-than', nowMs)
  if (receivedFromMs !== undefined && receivedUntilMs !== undefined && receivedFromMs >= receivedUntilMs) {
    throw new UsageError(
      'date',
      '--newer-than and --older-than leave no time between them.',
      'Give --newer-than the earlier date: items from then until --older-than are migrated.',
    )
  }
  const recipientMap = parseRecipientMap(input.mapDomain ?? [], input.mapAddresses)
  return {
    policy: oneOf(policies, input.policy ?? 'update', '--policy'),
    ...(receivedFromMs === undefined ? {} : { receivedFromMs }),
    ...(receivedUntilMs === undefined ? {} : { receivedUntilMs }),
    ...(input.maxSize === undefined ? {} : { itemSizeBytesMax: parseSize(input.maxSize, '--max-size') }),
    includeFolders: (input.include ?? []).map((pattern) => parseFolderPattern(pattern, '--include')),
    excludeFolders: (input.exclude ?? []).map((pattern) => parseFolderPattern(pattern, '--exclude')),
    usesDefaultExclusions: input.defaultExclusions ?? true,
    folderMap: parseFolderMaps(input.map ?? []),
    targetPrefix: input.prefix === undefined ? [] : parseFolderPath(input.prefix, '--prefix'),
    mapsRoles: input.roleMapping ?? true,
    keywordMap: parseKeywords(input),
    ...(recipientMap === undefined ? {} : { recipientMap }),
    ...(input.extras === false && { leavesExtras: true }),
    retriesFailed,
    acceptsEmptied: input.acceptEmptied ?? false,
  }
}

/** The level of verification that `text` names, `identity` without one. Throws `UsageError`. */
export function parseVerification(text: string | undefined): Verification {
  return oneOf(verifications, text ?? 'identity', '--verify')
}

function oneOf<T extends string>(values: readonly T[], text: string, option: string): T {
  const value = values.find((one) => one === text)
  if (value === undefined) {
    throw new UsageError('choice', `${option}: "${text}" is not one of ${values.join(', ')}.`, `Write for example ${option} ${values[0]}.`)
  }
  return value
}

/** A glob as it is, or `role:NAME` with a role that exists. */
function parseFolderPattern(pattern: string, option: string): string {
  const role = /^role:(.*)$/s.exec(pattern)?.[1]
  if (role !== undefined) return `role:${oneOf(roles, role, `${option} role`)}`
  try {
    compileGlob(pattern)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError('folder', `${option}: ${error.message}.`, `Write for example ${option} "Archive/**" or ${option} role:junk.`, error)
  }
  return pattern
}

function parseFolderMaps(texts: readonly string[]): Rules['folderMap'] {
  const maps = texts.map((text) => parseFolderMap(text, '--map'))
  const seen = new Set<string>()
  for (const [index, { from }] of maps.entries()) {
    const key = JSON.stringify(from)
    if (seen.has(key)) {
      throw new UsageError('folder-map', `--map: "${texts[index]}" maps a folder that an earlier --map maps too.`, 'Name each folder once.')
    }
    seen.add(key)
  }
  return maps
}

function parseKeywords(input: RulesInput): Rules['keywordMap'] {
  const keywordMap = new Map<string, string | null>()
  const add = (from: string, to: string | null): void => {
    if (keywordMap.has(from)) {
      throw new UsageError('keyword', `The keyword "${from}" is mapped or dropped twice.`, 'Name each keyword once.')
    }
    keywordMap.set(from, to)
  }
  for (const text of input.keyword ?? []) {
    const { from, to } = parseKeywordMap(text, '--keyword')
    add(from, to)
  }
  for (const text of input.dropKeyword ?? []) add(parseKeyword(text, '--drop-keyword'), null)
  return Object.fromEntries(keywordMap)
}
