import { describe, expect, test } from 'vitest'
import { MigrationError } from '../../../src/core/errors.ts'
import type { Role } from '../../../src/core/model/folder.ts'
import { defaultExclusions } from '../../../src/core/plan/default-exclusions.ts'
import { compileFolderFilter } from '../../../src/core/plan/folder-filter.ts'
import type { Rules } from '../../../src/core/model/rules.ts'
import { folderWith } from './folder-with.ts'
import { rulesWith } from './rules-with.ts'

const mailbox = [
  folderWith('INBOX', 'inbox'),
  folderWith('INBOX/Work'),
  folderWith('Archive'),
  folderWith('Archive/2020'),
  folderWith('Sent', 'sent'),
  folderWith('Papierkorb'),
  folderWith('Papierkorb/alt'),
  folderWith('[Gmail]/All Mail', 'all'),
  folderWith('Sync Issues'),
  folderWith('Sync Issues/Conflicts'),
]

function leftOut(rules: Partial<Rules>): Record<string, string> {
  const filter = compileFolderFilter(mailbox, rulesWith(rules))
  return Object.fromEntries(
    mailbox.flatMap((folder) => {
      const rule = filter(folder)
      return rule === undefined ? [] : [[folder.path.join('/'), rule]]
    }),
  )
}

const byDefault = {
  '[Gmail]/All Mail': 'default-exclusion',
  'Sync Issues': 'default-exclusion',
  'Sync Issues/Conflicts': 'default-exclusion',
}

describe('without patterns', () => {
  test('only the default exclusions are left out', () => {
    expect(leftOut({})).toEqual(byDefault)
  })

  test('nothing is, once they are switched off', () => {
    expect(leftOut({ usesDefaultExclusions: false })).toEqual({})
  })
})

describe('exclude patterns', () => {
  test('name the pattern', () => {
    expect(leftOut({ excludeFolders: ['inbox/*', 'Archive/**'] })).toEqual({
      ...byDefault,
      'INBOX/Work': 'folder-excluded:inbox/*',
      Archive: 'folder-excluded:Archive/**',
      'Archive/2020': 'folder-excluded:Archive/**',
    })
  })

  test('by role reach the announced folder and one that only its name tells', () => {
    expect(leftOut({ excludeFolders: ['role:sent', 'role:trash'] })).toEqual({
      ...byDefault,
      Sent: 'folder-excluded:role:sent',
      Papierkorb: 'folder-excluded:role:trash',
    })
  })

  test('by role reach all below when asked to', () => {
    expect(leftOut({ excludeFolders: ['role:trash/**'] })).toEqual({
      ...byDefault,
      Papierkorb: 'folder-excluded:role:trash/**',
      'Papierkorb/alt': 'folder-excluded:role:trash/**',
    })
  })

  test('win over include patterns', () => {
    expect(leftOut({ includeFolders: ['Archive/**'], excludeFolders: ['Archive/2020'] })['Archive/2020']).toBe(
      'folder-excluded:Archive/2020',
    )
  })
})

describe('include patterns', () => {
  test('leave out everything else', () => {
    const rules = leftOut({ includeFolders: ['INBOX', 'role:sent'] })
    expect(Object.keys(rules)).toHaveLength(mailbox.length - 2)
    expect(new Set(Object.values(rules))).toEqual(new Set(['folder-not-included']))
  })

  test('lift a default exclusion that they name, but ** alone lifts none', () => {
    expect(leftOut({ includeFolders: ['**'] })).toEqual(byDefault)
    expect(Object.keys(leftOut({ includeFolders: ['**', 'role:all'] }))).toEqual([
      'Sync Issues',
      'Sync Issues/Conflicts',
    ])
  })
})

test.each(['role:sents', 'role:', '', 'x'.repeat(2_000)])('%j is refused with what to do', (pattern) => {
  const error = (() => {
    try {
      return compileFolderFilter(mailbox, rulesWith({ excludeFolders: [pattern] }))
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toBeInstanceOf(MigrationError)
  expect(error).toMatchObject({
    kind: 'config',
    code: expect.stringMatching(/^rules\.folder-/),
    hint: expect.stringMatching(/\.$/),
  })
})

test('each default exclusion has a reason and something to match', () => {
  const roles: Role[] = []
  for (const exclusion of defaultExclusions) {
    expect(exclusion.reason).toMatch(/\.$/)
    expect(exclusion.roles.length + exclusion.trees.length).toBeGreaterThan(0)
    roles.push(...exclusion.roles)
  }
  expect(new Set(roles).size).toBe(roles.length)
})
