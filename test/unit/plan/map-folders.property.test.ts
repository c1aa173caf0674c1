import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Folder, FolderNaming, Role } from '../../../src/core/model/folder.ts'
import { mapFolders, type EarlierPlace, type FolderPlan } from '../../../src/core/plan/map-folders.ts'
import { folderWith } from './folder-with.ts'
import { rulesWith } from './rules-with.ts'

const aName = fc.oneof(
  fc.constantFrom(
    'INBOX',
    'Inbox',
    'a',
    'A',
    'a (2)',
    'a_',
    'a*',
    'a?',
    'e\u0301',
    '\u00e9',
    '\u00c9',
    'Sent',
    'Gesendet',
    'Trash',
    'Files',
  ),
  fc.constantFrom(
    '',
    ' ',
    ' a',
    'a ',
    '.',
    '..',
    '\u0000',
    '\ud800',
    'x'.repeat(60),
    `${'x'.repeat(60)}y`,
    '\u{1F600}'.repeat(20),
    '_',
  ),
  fc.string({ maxLength: 6 }),
)
const aPath = fc.array(aName, { minLength: 1, maxLength: 5 })
const aRole = fc.constantFrom<Role | undefined>(undefined, undefined, undefined, 'sent', 'trash', 'all')

/** Folders of one side, as a connector gives them: one per path, INBOX in its only spelling. */
const aSide = fc
  .array(fc.record({ path: aPath, role: aRole, holdsItems: fc.boolean() }), { maxLength: 14 })
  .map((all) => {
    const byPath = new Map(all.map((folder) => [JSON.stringify(folder.path), folder]))
    return [...byPath.values()].map(({ path, role, holdsItems }) => folderWith(path, role, { holdsItems }))
  })

const aNaming: fc.Arbitrary<FolderNaming> = fc.record({
  forbidden: fc.constantFrom('', '/', '*?%'),
  nameBytesMax: fc.integer({ min: 24, max: 80 }),
  depthMax: fc.integer({ min: 1, max: 6 }),
  isCaseSensitive: fc.boolean(),
  inboxHoldsFolders: fc.boolean(),
  reserved: fc.constantFrom([], ['Files', 'a']),
})

const someRules = fc
  .record({
    mapsRoles: fc.boolean(),
    targetPrefix: fc.constantFrom([], ['Old mail'], ['INBOX', 'old*']),
    excludeFolders: fc.constantFrom([], ['a', 'A/**']),
  })
  .map(rulesWith)

/** What can stand on a server of this naming: no two names that it takes for one, and all containers listed. */
function aTarget(folders: readonly Folder[], naming: FolderNaming): readonly Folder[] {
  const seen = new Set<string>()
  const listed = new Set(folders.map(({ path }) => JSON.stringify(path)))
  const containers = folders
    .flatMap(({ path }) => path.map((_, at) => path.slice(0, at + 1)))
    .filter((path) => !listed.has(JSON.stringify(path)))
    .map((path) => folderWith(path, undefined, { holdsItems: false }))
  return [...folders, ...containers].filter(({ path }) => {
    const key = collisionKey(path, naming)
    if (seen.has(key) || path.length > naming.depthMax) return false
    // A server that takes Inbox and INBOX for one has only INBOX, and a connector gives it in that spelling.
    if (!naming.isCaseSensitive && isNamesake(path[0]!)) return false
    if (!naming.inboxHoldsFolders && path.length > 1 && path[0]!.toUpperCase() === 'INBOX') return false
    return seen.add(key)
  })
}

function isNamesake(name: string): boolean {
  return name !== 'INBOX' && name.toUpperCase() === 'INBOX'
}

function collisionKey(path: readonly string[], naming: FolderNaming): string {
  const key = JSON.stringify(path.map((name) => name.normalize('NFC')))
  return naming.isCaseSensitive ? key : key.toLowerCase()
}

const aWorld = fc
  .record({ source: aSide, standing: aSide, naming: aNaming, rules: someRules })
  .map(({ standing, ...world }) => ({ ...world, target: aTarget(standing, world.naming) }))

test('one plan per folder, and no two folders in one place', () => {
  fc.assert(
    fc.property(aWorld, ({ source, target, naming, rules }) => {
      const plans = mapFolders(source, target, naming, rules)
      expect(new Set(plans.map((plan) => plan.source))).toEqual(new Set(source))
      expect(new Set(plans.map((plan) => collisionKey(plan.targetPath, naming))).size).toBe(source.length)
    }),
    { numRuns: 500 },
  )
})

test('the order of discovery does not matter', () => {
  const shuffled = aWorld.chain((world) =>
    fc.tuple(
      fc.constant(world),
      fc.shuffledSubarray([...world.source], { minLength: world.source.length }),
      fc.shuffledSubarray([...world.target], { minLength: world.target.length }),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([{ source, target, naming, rules }, otherSource, otherTarget]) => {
      expect(mapFolders(otherSource, otherTarget, naming, rules)).toEqual(mapFolders(source, target, naming, rules))
    }),
    { numRuns: 500 },
  )
})

test('every place is one that the target can store, or stands there already', () => {
  fc.assert(
    fc.property(aWorld, ({ source, target, naming, rules }) => {
      const standing = new Set(target.flatMap(({ path }) => path.map((_, at) => JSON.stringify(path.slice(0, at + 1)))))
      for (const { targetPath } of mapFolders(source, target, naming, rules)) {
        targetPath.forEach((_, at) => {
          const path = targetPath.slice(0, at + 1)
          if (!standing.has(JSON.stringify(path))) expectLegal(path, naming)
        })
      }
    }),
    { numRuns: 500 },
  )
})

test('a path has reasons exactly when it changed, and INBOX is INBOX', () => {
  fc.assert(
    fc.property(aWorld, ({ source, target, naming, rules }) => {
      for (const plan of mapFolders(source, target, naming, rules)) {
        const isChanged = JSON.stringify(plan.source.path) !== JSON.stringify(plan.targetPath)
        expect(plan.reasons.length > 0).toBe(isChanged)
        expect(new Set(plan.reasons).size).toBe(plan.reasons.length)
        if (JSON.stringify(plan.source.path) === '["INBOX"]') expect(plan.targetPath).toEqual(['INBOX'])
      }
    }),
    { numRuns: 500 },
  )
})

test('a later pass finds every folder in its place, whatever came or went at both sides meanwhile', () => {
  const change = fc.record({ world: aWorld, added: aSide, lost: fc.integer({ min: 0, max: 14 }) })
  fc.assert(
    fc.property(change, ({ world: { source, target, naming, rules }, added, lost }) => {
      const plans = mapFolders(source, target, naming, rules)
      const known = new Set(source.map(({ id }) => id))
      const later = [...source.slice(lost), ...added.filter(({ id }) => !known.has(id) && !isSomeInbox(id))]
      const again = mapFolders(later, made(plans, target, naming), naming, rules, plans.map(toEarlier))
      const before = new Map(plans.map((plan) => [plan.source.id, plan.targetPath]))
      for (const plan of again)
        if (known.has(plan.source.id)) expect(plan.targetPath).toEqual(before.get(plan.source.id))
    }),
    { numRuns: 500 },
  )
})

test('a folder called much like the inbox does not become it when the inbox is gone (seed -2092358990)', () => {
  const naming = { forbidden: '', nameBytesMax: 24, depthMax: 1, isCaseSensitive: false, inboxHoldsFolders: false, reserved: [] }
  const source = [folderWith(['INBOX']), folderWith(['Inbox'])]
  const plans = mapFolders(source, [], naming, rulesWith({}))
  expect(plans.map(({ targetPath }) => targetPath)).toEqual([['INBOX'], ['Inbox_']])
  const again = mapFolders(source.slice(1), made(plans, [], naming), naming, rulesWith({}), plans.map(toEarlier))
  expect(again.map(({ targetPath }) => targetPath)).toEqual([['Inbox_']])
})

test('names alone give the same places again, once the folders stand, even without a memory', () => {
  fc.assert(
    fc.property(aWorld, ({ source, naming, rules }) => {
      const withoutRoles = { ...rules, mapsRoles: false }
      const plans = mapFolders(source, [], naming, withoutRoles)
      const again = mapFolders(source, made(plans, [], naming), naming, withoutRoles)
      expect(again.map(({ targetPath }) => targetPath)).toEqual(plans.map(({ targetPath }) => targetPath))
    }),
    { numRuns: 500 },
  )
})

test('numbers stay where they are when a folder left out is called like one that was changed (seed 1166979085)', () => {
  const naming = { forbidden: '', nameBytesMax: 24, depthMax: 2, isCaseSensitive: false, inboxHoldsFolders: false, reserved: [] }
  const rules = rulesWith({ mapsRoles: false, excludeFolders: ['a', 'A/**'] })
  const source = [folderWith([' a', '']), folderWith(['A']), folderWith(['a'])]
  const plans = mapFolders(source, [], naming, rules)
  expect(plans.map(({ targetPath }) => targetPath)).toEqual([['a', '_'], ['A (2)'], ['a (3)']])
  const again = mapFolders(source, made(plans, [], naming), naming, rules)
  expect(again.map(({ targetPath }) => targetPath)).toEqual(plans.map(({ targetPath }) => targetPath))
})

test('a changed name is not changed again', () => {
  fc.assert(
    fc.property(aWorld, ({ source, target, naming }) => {
      const rules = rulesWith({ mapsRoles: false })
      const plans = mapFolders(source, target, naming, rules)
      const moved = plans.map(({ targetPath }) => folderWith(targetPath))
      for (const plan of mapFolders(moved, made(plans, target, naming), naming, rules))
        expect(plan.targetPath).toEqual(plan.source.path)
    }),
    { numRuns: 500 },
  )
})

function isSomeInbox(id: string): boolean {
  return /^\["inbox"/i.test(id)
}

function toEarlier(plan: FolderPlan): EarlierPlace {
  return { sourceId: plan.source.id, sourcePath: plan.source.path, targetPath: plan.targetPath }
}

/** The target once the planned folders are made there. */
function made(plans: readonly FolderPlan[], target: readonly Folder[], naming: FolderNaming): readonly Folder[] {
  return aTarget([...target, ...plans.map((plan) => folderWith(plan.targetPath))], naming)
}

function expectLegal(path: readonly string[], naming: FolderNaming): void {
  const name = path.at(-1)!
  expect(name).not.toBe('')
  expect(name).toBe(name.trim())
  expect(['.', '..']).not.toContain(name)
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(naming.nameBytesMax)
  expect([...name].some((character) => naming.forbidden.includes(character))).toBe(false)
  expect(name).not.toMatch(/[\p{Cc}\p{Cs}]/u)
  expect(path.length).toBeLessThanOrEqual(naming.depthMax)
  if (path.length === 1 && name !== 'INBOX') {
    expect(['inbox', ...naming.reserved.map((each) => each.toLowerCase())]).not.toContain(name.toLowerCase())
  }
  if (!naming.inboxHoldsFolders && path.length > 1) expect(path[0]!.toUpperCase()).not.toBe('INBOX')
}
