import { describe, expect, test } from 'vitest'
import type { Folder, FolderNaming } from '../../../src/core/model/folder.ts'
import type { Rules } from '../../../src/core/model/rules.ts'
import { mapFolders, type EarlierPlace } from '../../../src/core/plan/map-folders.ts'
import { folderWith, namingWith } from './folder-with.ts'
import { rulesWith } from './rules-with.ts'

interface World {
  readonly target?: readonly Folder[]
  readonly naming?: Partial<FolderNaming>
  readonly rules?: Partial<Rules>
  readonly earlier?: readonly EarlierPlace[]
}

/** The plan as `{ source: [target, ...reasons] }`, joined by slashes, only what changed. */
function changes(source: readonly Folder[], { target = [], naming = {}, rules = {}, earlier = [] }: World = {}) {
  const plans = mapFolders(source, target, namingWith(naming), rulesWith(rules), earlier)
  return Object.fromEntries(
    plans
      .filter(({ source: { path }, targetPath }) => path.join('\n') !== targetPath.join('\n'))
      .map(({ source: { path }, targetPath, reasons }) => [path.join('/'), [targetPath.join('/'), ...reasons]]),
  )
}

function folders(...paths: string[]): readonly Folder[] {
  return paths.map((path) => folderWith(path))
}

test('legal names that nobody else wants stay as they are', () => {
  expect(changes(folders('INBOX', 'INBOX/a', 'Lists', 'Lists/x', 'Gr\u00fc\u00dfe', '\u5f52\u6863 2020'))).toEqual({})
})

test('plans come sorted with parents first, with what already stands at the target', () => {
  const standing = folderWith('a')
  const plans = mapFolders(folders('b', 'a/c', 'a'), [standing], namingWith(), rulesWith())
  expect(plans.map(({ source, targetFolder }) => [source.path.join('/'), targetFolder])).toEqual([
    ['a', standing],
    ['a/c', undefined],
    ['b', undefined],
  ])
})

describe('roles', () => {
  const source = [folderWith('Gesendet', 'sent'), folderWith('Gesendet/2024'), folderWith('Papierkorb', 'trash')]

  test("go to the target's own folders, and subfolders follow", () => {
    const target = [folderWith('Sent', 'sent'), folderWith('Trash', 'trash')]
    expect(changes(source, { target })).toEqual({
      Gesendet: ['Sent', 'role'],
      'Gesendet/2024': ['Sent/2024', 'role'],
      Papierkorb: ['Trash', 'role'],
    })
    expect(mapFolders(source, target, namingWith(), rulesWith()).map(({ role }) => role)).toEqual([
      'sent',
      undefined,
      'trash',
    ])
  })

  test('stay wishes where the target has no such folder', () => {
    expect(changes(source)).toEqual({})
    expect(mapFolders(source, [], namingWith(), rulesWith())[0]!.role).toBe('sent')
  })

  test('are recognised by name on either side when none are announced', () => {
    const names = folders(
      'Entw\u00fcrfe',
      '\u041e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043d\u044b\u0435',
      'INBOX',
      'INBOX/Spam',
    )
    const target = folders('\u4e0b\u66f8\u304d', '\u00c9l\u00e9ments envoy\u00e9s', 'Junk E-mail')
    expect(changes(names, { target })).toEqual({
      'Entw\u00fcrfe': ['\u4e0b\u66f8\u304d', 'role'],
      '\u041e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043d\u044b\u0435': [
        '\u00c9l\u00e9ments envoy\u00e9s',
        'role',
      ],
      'INBOX/Spam': ['Junk E-mail', 'role'],
    })
  })

  test('are not recognised by name deeper down, nor when the role is taken', () => {
    const target = [folderWith('Sent', 'sent')]
    expect(changes(folders('Projects/Gesendet'), { target })).toEqual({})
    expect(changes([folderWith('Outbox copies', 'sent'), folderWith('Gesendet')], { target })).toEqual({
      'Outbox copies': ['Sent', 'role'],
    })
  })

  test('never put anything into an outbox, which would send it', () => {
    const target = [folderWith('Postausgang', 'outbox'), folderWith('Outbox')]
    expect(changes([folderWith('Outbox', 'outbox')], { target: [folderWith('Outbox', 'outbox')] })).toEqual({ Outbox: ['Outbox_', 'reserved'] })
    expect(changes([folderWith('Outbox', 'outbox'), folderWith('Postausgang'), folderWith('Postausgang/x')], { target })).toEqual({
      Postausgang: ['Postausgang_', 'reserved'],
      'Postausgang/x': ['Postausgang_/x', 'reserved'],
    })
    expect(changes([folderWith('Outbox', 'outbox')], { target: [] })).toEqual({})
  })

  test("prefer the folder of the same path where a target announces two (Dovecot's Sent and Sent Messages)", () => {
    const target = [folderWith('Sent', 'sent'), folderWith('Sent Messages', 'sent')]
    expect(changes([folderWith('Sent Messages', 'sent')], { target })).toEqual({})
    expect(changes([folderWith('Sent', 'sent'), folderWith('Sent Messages', 'sent')], { target })).toEqual({})
  })

  test('push a folder that has the name without the role aside', () => {
    const target = [folderWith('Sent', 'sent')]
    expect(changes([folderWith('Sent Items', 'sent'), folderWith('Sent'), folderWith('Sent/x')], { target })).toEqual({
      'Sent Items': ['Sent', 'role'],
      Sent: ['Sent (2)', 'collision'],
      'Sent/x': ['Sent (2)/x', 'collision'],
    })
  })

  test('are left alone when switched off, and below a prefix', () => {
    const target = [folderWith('Sent', 'sent')]
    expect(changes([folderWith('Gesendet', 'sent')], { target, rules: { mapsRoles: false } })).toEqual({})
    expect(changes([folderWith('Gesendet', 'sent')], { target, rules: { targetPrefix: ['Old'] } })).toEqual({
      Gesendet: ['Old/Gesendet', 'prefix'],
    })
  })

  test('of views that a server computes map nothing', () => {
    const target = [folderWith('All', 'all'), folderWith('Virtual/Flagged', 'flagged')]
    expect(
      changes([folderWith('[Gmail]/All Mail', 'all'), folderWith('[Gmail]/Starred', 'flagged')], { target }),
    ).toEqual({})
  })
})

describe('INBOX', () => {
  test('goes to INBOX whatever the prefix, and only what is below it moves', () => {
    expect(changes(folders('INBOX', 'INBOX/a', 'a', 'b/c'), { rules: { targetPrefix: ['Old', 'mail'] } })).toEqual({
      'INBOX/a': ['Old/mail/INBOX/a', 'prefix'],
      a: ['Old/mail/a', 'prefix'],
      'b/c': ['Old/mail/b/c', 'prefix'],
    })
  })

  test('gives its folders to the top level where it cannot hold them, and existing names win there', () => {
    expect(
      changes(folders('INBOX', 'INBOX/a', 'INBOX/b', 'INBOX/b/c', 'a'), { naming: { inboxHoldsFolders: false } }),
    ).toEqual({
      'INBOX/a': ['a (2)', 'inbox-child', 'collision'],
      'INBOX/b': ['b', 'inbox-child'],
      'INBOX/b/c': ['b/c', 'inbox-child'],
    })
  })

  test('is one folder however it is spelled, and a second spelling is set apart', () => {
    expect(changes(folders('Inbox'))).toEqual({ Inbox: ['INBOX', 'existing-spelling'] })
    expect(changes(folders('INBOX', 'Inbox', 'inbox/a'))).toEqual({
      Inbox: ['Inbox_', 'reserved'],
      'inbox/a': ['inbox_/a', 'reserved'],
    })
  })
})

describe('names that the target cannot store', () => {
  test('get _ for what may not stand in front, at the top only', () => {
    expect(changes(folders('~a', 'b~', 'c/~d'), { naming: { forbiddenInFront: '~' } })).toEqual({
      '~a': ['_a', 'illegal-character'],
    })
  })

  test('get _ for characters that are forbidden or stand in no name', () => {
    expect(
      changes([folderWith(['a/b', 'c%d']), folderWith(['tab\tx\u0000\u0085\ud800'])], { naming: { forbidden: '/%' } }),
    ).toEqual({
      'a/b/c%d': ['a_b/c_d', 'illegal-character'],
      'tab\tx\u0000\u0085\ud800': ['tab_x___', 'illegal-character'],
    })
  })

  test('lose blanks at the ends and are never empty', () => {
    expect(changes([folderWith(['  a b ']), folderWith(['', 'x']), folderWith([' ', 'y'])])).toEqual({
      '  a b ': ['a b', 'blank'],
      '/x': ['_/x', 'empty-name'],
      ' /y': ['_ (2)/y', 'blank', 'collision'],
    })
  })

  test('that mean a directory elsewhere are replaced', () => {
    expect(changes(folders('../..', './a'))).toEqual({ '../..': ['__/__', 'reserved'], './a': ['_/a', 'reserved'] })
  })

  test('are set apart from what the server keeps for itself, at the top level only', () => {
    const naming = { reserved: ['Files'] }
    expect(changes(folders('files', 'files_', 'a/Files'), { naming, target: folders('Files') })).toEqual({
      files: ['files_ (2)', 'reserved', 'collision'],
    })
  })

  test('are cut to their bytes, not within a character, and kept apart by a digest', () => {
    const naming = { nameBytesMax: 20 }
    const [first, second] = [`${'\u00e4'.repeat(12)}1`, `${'\u00e4'.repeat(12)}2`]
    const plans = mapFolders(folders(first, second), [], namingWith(naming), rulesWith())
    for (const { targetPath, reasons } of plans) {
      expect(targetPath[0]).toMatch(/^\u00e4{5}-[0-9a-f]{8}$/)
      expect(reasons).toEqual(['too-long'])
    }
    expect(plans[0]!.targetPath).not.toEqual(plans[1]!.targetPath)
  })

  test('are joined where the target is not deep enough', () => {
    expect(changes(folders('a/b/c/d', 'a/b_c'), { naming: { depthMax: 2 } })).toEqual({
      'a/b/c/d': ['a/b_c (2)_d', 'too-deep', 'collision'],
    })
  })
})

describe('folders that would fall together', () => {
  test('by case get a number where the target does not tell case', () => {
    expect(changes(folders('Trash', 'trash', 'trash/x'))).toEqual({})
    expect(changes(folders('Trash', 'trash', 'trash/x'), { naming: { isCaseSensitive: false } })).toEqual({
      trash: ['trash (2)', 'collision'],
      'trash/x': ['trash (2)/x', 'collision'],
    })
  })

  test('by composition get a number on every target', () => {
    expect(changes(folders('\u00e9', 'e\u0301'))).toEqual({ '\u00e9': ['\u00e9 (2)', 'collision'] })
  })

  test('never take a name from a folder that has it unchanged', () => {
    expect(changes(folders('a*', 'a?', 'a_', 'a_ (2)'), { naming: { forbidden: '*?' } })).toEqual({
      'a*': ['a_ (3)', 'illegal-character', 'collision'],
      'a?': ['a_ (4)', 'illegal-character', 'collision'],
    })
  })

  test('are numbered within the length that the target allows', () => {
    const name = 'n'.repeat(20)
    const plans = mapFolders(
      folders(name, name.toUpperCase()),
      [],
      namingWith({ nameBytesMax: 20, isCaseSensitive: false }),
      rulesWith(),
    )
    expect(plans.map(({ targetPath }) => targetPath[0])).toEqual([name.toUpperCase(), `${name.slice(0, 16)} (2)`])
  })
})

describe('what stands at the target already', () => {
  test('is taken as it is, even under a name that nobody could make there', () => {
    expect(changes(folders('a%b', 'c '), { naming: { forbidden: '%' }, target: folders('a%b', 'c ') })).toEqual({})
  })

  test('is spelled as it is there', () => {
    const world = { naming: { isCaseSensitive: false }, target: folders('ARCHIVES x') }
    expect(changes(folders('Archives x', 'Archives x/y'), world)).toEqual({
      'Archives x': ['ARCHIVES x', 'existing-spelling'],
      'Archives x/y': ['ARCHIVES x/y', 'existing-spelling'],
    })
  })
})

describe('the folder map', () => {
  test('wins over roles, prefix and INBOX, and subfolders follow the longest line', () => {
    const rules = {
      targetPrefix: ['P'],
      folderMap: [
        { from: ['a'], to: ['X'] },
        { from: ['a', 'b'], to: ['Y', 'b'] },
        { from: ['inbox'], to: ['Old inbox'] },
      ],
    }
    expect(changes(folders('a', 'a/b', 'a/b/c', 'a/d', 'INBOX', 'e'), { rules })).toEqual({
      a: ['X', 'folder-map'],
      'a/b': ['Y/b', 'folder-map'],
      'a/b/c': ['Y/b/c', 'folder-map'],
      'a/d': ['X/d', 'folder-map'],
      INBOX: ['Old inbox', 'folder-map'],
      e: ['P/e', 'prefix'],
    })
  })

  test('may put two folders into one', () => {
    const rules = { folderMap: [{ from: ['old'], to: ['new'] }] }
    expect(changes(folders('old', 'old/x', 'new', 'new/x'), { rules })).toEqual({
      old: ['new', 'folder-map'],
      'old/x': ['new/x', 'folder-map'],
    })
  })

  test('gives places that the target can store', () => {
    const rules = { folderMap: [{ from: ['a'], to: ['x%', ' y'] }] }
    expect(changes(folders('a'), { rules, naming: { forbidden: '%' } })).toEqual({
      a: ['x_/y', 'folder-map', 'illegal-character', 'blank'],
    })
  })

  test('without a place is refused', () => {
    expect(() => changes(folders('a'), { rules: { folderMap: [{ from: ['a'], to: [] }] } })).toThrow(
      'gives no place for "a"',
    )
  })
})

describe('an earlier pass', () => {
  const remember = (source: readonly Folder[], world: World = {}): readonly EarlierPlace[] =>
    mapFolders(source, world.target ?? [], namingWith(world.naming), rulesWith(world.rules)).map((plan) => ({
      sourceId: plan.source.id,
      sourcePath: plan.source.path,
      targetPath: plan.targetPath,
    }))

  test('keeps a folder in its place when a neighbour arrives that would have had the name', () => {
    const naming = { isCaseSensitive: false, forbidden: '*' }
    const earlier = remember(folders('b', 'x*'), { naming })
    expect(changes(folders('B', 'b', 'x*', 'x_'), { naming, earlier })).toEqual({
      B: ['B (2)', 'collision'],
      'x*': ['x_', 'illegal-character'],
      x_: ['x_ (2)', 'collision'],
    })
  })

  test('keeps it where it is when a folder with a role appears at the target', () => {
    const source = [folderWith('Gesendet', 'sent')]
    const target = [folderWith('Gesendet'), folderWith('Sent', 'sent')]
    expect(changes(source, { target, earlier: remember(source) })).toEqual({})
  })

  test('keeps the reasons', () => {
    const source = [folderWith('Gesendet', 'sent'), ...folders('A', 'a')]
    const world = { naming: { isCaseSensitive: false }, target: [folderWith('Sent', 'sent')] }
    expect(changes(source, { ...world, earlier: remember(source, world) })).toEqual(changes(source, world))
  })

  test('yields to the folder map', () => {
    const source = folders('a')
    const rules = { folderMap: [{ from: ['a'], to: ['z'] }] }
    expect(changes(source, { rules, earlier: remember(source) })).toEqual({ a: ['z', 'folder-map'] })
  })
})

test('a folder that is left out has a place, but takes no name from one that is carried', () => {
  const rules = { excludeFolders: ['A'] }
  const plans = mapFolders(folders('A', 'A/x', 'a'), [], namingWith({ isCaseSensitive: false }), rulesWith(rules))
  expect(plans.map(({ targetPath, skippedBy }) => [targetPath.join('/'), skippedBy])).toEqual([
    ['A (2)', 'folder-excluded:A'],
    ['A (2)/x', undefined],
    ['a', undefined],
  ])
})
