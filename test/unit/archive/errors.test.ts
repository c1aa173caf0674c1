import { describe, expect, it } from 'vitest'
import { archiveError, toArchiveError, toItemError } from '../../../src/connectors/archive/errors.ts'
import { MigrationError } from '../../../src/core/errors.ts'

const errno = (code: string) => Object.assign(new Error(`${code}: boom`), { code, syscall: 'open', errno: -1 })

describe('what the system says', () => {
  it.each([
    ['ENOENT', 'config', 'archive.not-found'],
    ['ENOTDIR', 'config', 'archive.not-a-directory'],
    ['EISDIR', 'config', 'archive.not-a-file'],
    ['EACCES', 'config', 'archive.no-permission'],
    ['EPERM', 'config', 'archive.no-permission'],
    ['EROFS', 'config', 'archive.read-only'],
    ['ENOSPC', 'config', 'archive.disk-full'],
    ['EDQUOT', 'config', 'archive.disk-full'],
    ['EFBIG', 'item', 'archive.file-too-large'],
    ['ENAMETOOLONG', 'config', 'archive.name-too-long'],
    ['ELOOP', 'config', 'archive.link-loop'],
    ['EMFILE', 'transient', 'archive.too-many-files'],
    ['ENFILE', 'transient', 'archive.too-many-files'],
    ['EIO', 'transient', 'archive.disk-error'],
    ['ESTALE', 'transient', 'archive.disk-error'],
    ['EBUSY', 'transient', 'archive.busy'],
    ['EWHATEVER', 'transient', 'archive.unclassified'],
  ])('%s', (code, kind, ours) => {
    const error = toArchiveError(errno(code), '/srv/mail') as MigrationError
    expect(error).toBeInstanceOf(MigrationError)
    expect([error.kind, error.code]).toEqual([kind, ours])
    expect(error.message).toMatch(/^\/srv\/mail [^.\n]+\.$/)
    expect(error.hint).toMatch(/^[A-Z][^\n]+\.$/)
  })

  it('fails one message alone where only that message is concerned', () => {
    for (const code of ['EACCES', 'EIO', 'EISDIR'])
      expect((toItemError(errno(code), '/x') as MigrationError).kind).toBe('item')
    expect((toItemError(errno('ENOSPC'), '/x') as MigrationError).kind).toBe('config')
  })

  it('leaves defects, aborts and errors that are typed already', () => {
    const typed = archiveError('no-folder', '/x')
    for (const error of [new TypeError('a defect'), typed, 'a reason']) expect(toArchiveError(error, '/x')).toBe(error)
  })
})
