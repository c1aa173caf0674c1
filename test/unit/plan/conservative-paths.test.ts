import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conservativePaths } from '../../../src/core/plan/conservative-paths.ts'

describe('paths to try when the target refuses one', () => {
  test('keep letters, digits, blanks, hyphens and underscores, first of every script and then of ASCII', () => {
    const [plain, ascii, single] = conservativePaths(['Büro', 'a.b:c'])
    expect(plain).toEqual(['Büro', expect.stringMatching(/^a_b_c-[0-9a-f]{8}$/)])
    expect(ascii).toEqual([expect.stringMatching(/^B_ro-[0-9a-f]{8}$/), plain?.[1]])
    expect(single).toEqual([expect.stringMatching(/^Folder-[0-9a-f]{8}$/)])
  })

  test('mark a name that looks harmless and was refused all the same', () => {
    expect(conservativePaths(['Work', 'CON'])[0]).toEqual(['Work', expect.stringMatching(/^CON-[0-9a-f]{8}$/)])
  })

  test('leave INBOX alone and give a folder with a changed name below one the same parent', () => {
    const [parent] = conservativePaths(['INBOX', 'x~y'])
    const [child] = conservativePaths(['INBOX', 'x~y', 'z'])
    expect(child).toEqual([...(parent as readonly string[]), 'z'])
    expect(parent?.[0]).toBe('INBOX')
  })

  test('never fall together for different paths, and are never the path itself', () => {
    const name = fc.string({ minLength: 1, maxLength: 60 })
    const anyPath = fc.array(name, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(anyPath, anyPath, (one, other) => {
        const paths = conservativePaths(one)
        expect(paths.length).toBeGreaterThan(0)
        expect(paths.map((path) => path.join('\0'))).not.toContain(one.join('\0'))
        if (one.join('\0') === other.join('\0')) return
        const others = new Set(conservativePaths(other).map((path) => path.join('\0')))
        expect(paths.filter((path) => path.join('\0') !== other.join('\0') && others.has(path.join('\0')))).toEqual([])
      }),
    )
  })
})
