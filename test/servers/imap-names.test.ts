import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runProgram } from '../e2e/run-program.ts'
import { startDovecot } from './dovecot.ts'
import type { DovecotOptions } from './dovecot.ts'
import { withProbe } from './imap-probe.ts'

let place: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'mailvan-names-'))
})

afterEach(() => rm(place, { recursive: true, force: true }))

/** Folder names that one kind of Dovecot or another refuses, and two that fall together once they are changed. */
const names = ['example.com', 'example_com', 'example.com/v1.2', '~home', 'plain/~home', 'back\\slash', 'a (b) [c]', 'Ünïcode & Co.']

const kinds: readonly (readonly [kind: string, options: DovecotOptions, changed: readonly string[]])[] = [
  ['a Maildir', {}, ['example_com (2)', 'example_com (2)/v1_2', '_home', 'back_slash', 'Ünïcode & Co_']],
  ['dots between names', { separator: '.' }, ['example_com (2)', 'example_com (2)/v1_2', '_home', 'back_slash', 'Ünïcode & Co_']],
  [
    'everything below INBOX',
    { separator: '.', namespacePrefix: 'INBOX.' },
    ['example_com (2)', 'example_com (2)/v1_2', '_home', 'back_slash', 'Ünïcode & Co_'],
  ],
  ['dbox', { storage: 'sdbox' }, ['_home', 'back_slash']],
]

test.each(kinds)('names that the target refuses are changed and told, and nothing stops: %s', async (_, options, changed) => {
  const source = join(place, 'source')
  for (const name of names) {
    await mkdir(join(source, name), { recursive: true })
    await writeFile(join(source, name, '1.eml'), `Subject: ${name}\r\n\r\nIn ${name}.\r\n`)
  }
  const target = await startDovecot({ tls: false, specialUse: {}, ...options })
  try {
    const urls = [`eml:${source}`, `imap://anna@127.0.0.1:${target.port}?tls=off`]
    const env = { MAILVAN_TARGET_PASSWORD: target.password, MAILVAN_HOME: join(place, 'home') }
    const { exitCode, errors, lines } = await runProgram(['migrate', ...urls, '--json'], { env })
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    const told = lines.filter(({ type }) => type === 'folderMapped').map(({ to }) => (to as readonly string[]).join('/'))
    expect(told.sort()).toEqual(changed.toSorted())
    const standing = await withProbe({ port: target.port, user: 'anna' }, (probe) => probe.allMessages())
    const unchanged = ['example_com', 'plain/~home', 'a (b) [c]', ...(changed.length > 2 ? [] : names)]
    const expected = [...new Set([...unchanged, ...changed])].filter((name) => !['~home', 'back\\slash'].includes(name))
    expect(standing.map(({ folder }) => folder).sort()).toEqual(expected.sort())
  } finally {
    await target.stop()
  }
})
