import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runInProcess } from './run-in-process.ts'

let folder: string
let home: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-cli-'))
  home = ['--home', join(folder, 'home')]
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const source = 'imaps://anna@old.invalid'
const target = 'imaps://anna@new.invalid'

describe('usage errors: one sentence, what to do, exit code 3', () => {
  const cases: readonly (readonly [args: readonly string[], words: string])[] = [
    [['migrate'], 'SOURCE and TARGET are missing.'],
    [['migrate', source], 'TARGET is missing.'],
    [['migrate', source, source], 'Source and target are the same mailbox'],
    [['migrate', source, 'imasp://anna@new.invalid'], '"imasp:" is not a kind of mailbox that is known (imaps:, imap:, maildir:, mbox:, eml:, m365:)'],
    [['migrate', 'anna@old.invalid', target], '"anna@old.invalid" is not a URL.'],
    [['migrate', 'imaps://anna@old.invalid:99999', target], 'SOURCE'],
    [['migrate', source, target, '--policy', 'copy'], '--policy: "copy" is not one of add, update, mirror.'],
    [['migrate', source, target, '--max-size', 'big'], '--max-size: "big" is not a size.'],
    [['migrate', source, target, '--newer-than', '31.12.2024'], '--newer-than: "31.12.2024" is neither a date'],
    [['migrate', source, target, '--include', 'role:postbox'], '"postbox" is not one of inbox'],
    [['migrate', source, target, '--sessions', '0'], '--sessions: "0" is not a whole number'],
    [['migrate', source, target, '--verify', 'all'], '--verify: "all" is not one of counts, identity, content.'],
    [['migrate', '--mailboxes', '/nowhere/pairs.csv'], '/nowhere/pairs.csv cannot be read (ENOENT)'],
    [['migrate', source, target, '--source-password-file', '/nowhere/secret'], '/nowhere/secret cannot be read (ENOENT)'],
    [['migrate', source, target, '--frobnicate'], "unknown option '--frobnicate'"],
    [['migrate', source, target, 'third'], 'too many arguments'],
    [['migrat', source, target], "unknown command 'migrat'"],
    [['find', ' '], 'There is nothing to look for.'],
  ]

  test.each(cases)('%j', async (args, words) => {
    const { exitCode, errors, output } = await runInProcess([...args])
    expect(errors).toContain(words)
    expect(errors).toMatch(/^mailvan: /)
    expect(errors.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
    expect(errors).not.toMatch(/\n\s+at /)
    expect(exitCode).toBe(3)
    expect(output).toBe('')
  })
})

describe('a password on the command line is refused and not repeated', () => {
  const cases: readonly (readonly string[])[] = [
    ['migrate', 'imaps://anna:hunter2@old.invalid', target],
    ['migrate', 'imaps://anna:hun/ter2?hunter2#@old.invalid', target],
    ['migrate', source, target, '--source-password', 'hunter2'],
    ['migrate', source, target, '--source-password=hunter2'],
    ['migrate', source, target, '--password=hunter2'],
    ['migrate', source, target, 'hunter2'],
    ['check', 'imaps://anna:hunter2@old.invalid'],
    ['imaps://anna:hunter2@old.invalid', target],
  ]

  test.each(cases.map((args) => [args]))('%j', async (args) => {
    const { exitCode, errors, output } = await runInProcess(args)
    expect(exitCode).toBe(3)
    expect(errors + output).not.toContain('hunter2')
    expect(errors).toMatch(/^mailvan: /)
  })
})

test('help and version are no errors', async () => {
  expect(await runInProcess(['--version'])).toMatchObject({ exitCode: 0, errors: '', output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  const help = await runInProcess(['--help'])
  expect(help).toMatchObject({ exitCode: 0, errors: '' })
  for (const command of ['migrate', 'plan', 'report', 'find', 'retry', 'folders', 'check']) expect(help.output).toContain(command)
  const migrateHelp = await runInProcess(['migrate', '--help'])
  expect(migrateHelp).toMatchObject({ exitCode: 0, errors: '' })
  expect(migrateHelp.output).not.toContain('--source-password ')
})

test('nothing at all is usage, with the help', async () => {
  const { exitCode, errors } = await runInProcess([])
  expect(exitCode).toBe(3)
  expect(errors).toContain('Usage: mailvan')
})

test('a password that nobody can be asked for needs a person', async () => {
  const { exitCode, errors } = await runInProcess(['migrate', source, target, ...home])
  expect(exitCode).toBe(2)
  expect(errors).toContain('There is no password for imaps://anna@old.invalid:993.')
  expect(errors).toContain('--source-password-file FILE')
})

test('--json tells an error as an object, too', async () => {
  const { exitCode, output } = await runInProcess(['migrate', source, source, '--json'])
  expect(exitCode).toBe(3)
  expect(JSON.parse(output)).toMatchObject({ type: 'error', kind: 'config', code: 'usage.same-endpoint', message: expect.any(String), hint: expect.any(String) })
})

test('a home without a ledger is told, and not made', async () => {
  const { exitCode, errors } = await runInProcess(['report', ...home])
  expect(exitCode).toBe(2)
  expect(errors).toContain('There is no ledger')
  await expect(rm(join(folder, 'home'))).rejects.toThrow('ENOENT')
})

test('faulty rows are named, and without a good one nothing runs', async () => {
  const list = join(folder, 'pairs.csv')
  await writeFile(list, `source;target\n${source};\nimaps://b:hunter2@old.invalid;${target}\nftp://x;${target}\n`)
  const { exitCode, errors } = await runInProcess(['migrate', '--mailboxes', list, ...home])
  expect(exitCode).toBe(2)
  expect(errors).toContain('pairs.csv, line 2: no target URL')
  expect(errors).toContain('pairs.csv, line 3: source: a password must not stand in the URL')
  expect(errors).toContain('pairs.csv, line 4: source: "ftp:" is not a kind of mailbox')
  expect(errors).not.toContain('hunter2')
})

test.each([
  ['endpoint', 'show', 'Contoso'],
  ['endpoint', 'check', 'CONTOSO'],
  ['discover', 'ConToso'],
  ['match', 'CONTOSO', 'contoso'],
  ['provision', 'pairs.csv', 'Contoso'],
])('the name of an endpoint is found in any letter case: %s %s %s', async (...args) => {
  const list = join(folder, 'pairs.csv')
  await writeFile(list, 'source,target\nimaps://anna@old.invalid,m365://contoso/anna@new.invalid\n')
  const given = args.map((word) => (word === 'pairs.csv' ? list : word))
  const { errors } = await runInProcess([...given.filter((word) => word !== undefined), ...home])
  expect(errors).toContain('There is no endpoint "contoso" yet')
})
