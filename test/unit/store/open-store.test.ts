import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MigrationError } from '../../../src/core/errors.ts'
import { toStoreError } from '../../../src/store/errors.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { schemaVersion } from '../../../src/store/schema-version.ts'
import { folder, name, ref } from './world.ts'

let home: string
let path: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'store-'))
  path = join(home, 'sub', 'mailvan.sqlite')
})
afterEach(() => {
  chmodSync(home, 0o700)
  rmSync(home, { recursive: true, force: true })
})

async function refusal(options: Parameters<typeof openStore>[0]): Promise<MigrationError> {
  const error: unknown = await openStore(options).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  )
  if (!(error instanceof MigrationError)) throw new Error(`not refused as it should: ${String(error)}`)
  expect(error.kind).toBe('config')
  expect(error.message).toMatch(/^[A-Z].*\.$/)
  expect(error.hint).toMatch(/^[A-Z].*\.$/)
  return error
}

/** A store of one mailbox with items, closed again. */
async function makeStore(): Promise<void> {
  const store = await openStore({ path })
  const ledger = await store.mailbox(name)
  const { key } = await ledger.saveFolder(folder('INBOX'))
  const refs = Array.from({ length: 300 }, (_, index) => ref(`${index}`))
  await ledger.record(
    key,
    1,
    refs.map((each) => ({ ref: each, decision: { type: 'create' } })),
  )
  await store.close()
}

test('a store is made for its user alone, and found again', async () => {
  await makeStore()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(home, 'sub')).mode & 0o777).toBe(0o700)
  const store = await openStore({ path, mustExist: true })
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600)
  const [ledger] = await store.mailboxes()
  expect(ledger?.name).toEqual(name)
  expect((await ledger?.tally(1))?.source).toBe(300)
  await store.close()
  await store.close()
})

test('the same store opened twice in a process does not lose its locks', async () => {
  await makeStore()
  const [first, second] = await Promise.all([openStore({ path }), openStore({ path })])
  const lock = await first.lock(await first.mailbox(name))
  await expect(second.lock(await second.mailbox(name))).rejects.toMatchObject({ code: 'store.mailbox-busy' })
  lock.release()
  ;(await second.lock(await second.mailbox(name))).release()
  await Promise.all([first.close(), second.close()])
})

test('a mailbox is known by what its sides are, whatever they are called', async () => {
  const store = await openStore({ path })
  const ledger = await store.mailbox({ sourceUrl: 'm365:a/ann@old', targetUrl: 'm365:b/ann' })
  await ledger.keepPermanentIds({ source: 'MBX:1', target: 'MBX:2' })
  await ledger.keepPermanentIds({})
  expect(await ledger.permanentIds()).toEqual({ source: 'MBX:1', target: 'MBX:2' })
  const find = (sourceUrl: string, targetUrl: string, permanentIds: Parameters<typeof store.findRenamed>[1]) =>
    store.findRenamed({ sourceUrl, targetUrl }, permanentIds)
  expect((await find('m365:a/ann@new', 'm365:b/anna', { source: 'MBX:1', target: 'MBX:2' }))?.id).toBe(ledger.id)
  // What a side does not say is told by its name alone.
  expect((await find('m365:a/ann@new', 'm365:b/ann', { source: 'MBX:1' }))?.id).toBe(ledger.id)
  expect(await find('m365:a/ann@new', 'm365:b/anna', { source: 'MBX:1' })).toBeUndefined()
  expect(await find('m365:a/ann@old', 'm365:b/ann', { source: 'MBX:3', target: 'MBX:2' })).toBeUndefined()
  expect(await find('m365:a/ann@new', 'm365:b/ann', {})).toBeUndefined()
  const renamed = await store.rename(ledger, { sourceUrl: 'm365:a/ann@new', targetUrl: 'm365:b/ann' })
  expect(renamed.id).toBe(ledger.id)
  expect((await store.mailboxes()).map((one) => one.name)).toEqual([{ sourceUrl: 'm365:a/ann@new', targetUrl: 'm365:b/ann' }])
  expect(await store.findMailbox({ sourceUrl: 'm365:a/ann@old', targetUrl: 'm365:b/ann' })).toBeUndefined()
  await store.close()
})

describe('what cannot be used is refused', () => {
  test('a newer schema', async () => {
    await makeStore()
    const database = new DatabaseSync(path)
    database.exec(`INSERT INTO migrations (number, name) VALUES (${schemaVersion + 1}, 'later')`)
    database.close()
    const error = await refusal({ path })
    expect(error.code).toBe('store.newer-schema')
    expect(error.message).toContain(`schema ${schemaVersion + 1}, not ${schemaVersion}`)
  })

  test('a file that is no database', async () => {
    mkdirSync(join(home, 'sub'))
    writeFileSync(path, 'Dear diary, this is long enough to be looked at as a header of one hundred bytes.\n'.repeat(9))
    expect((await refusal({ path })).code).toBe('store.not-a-database')
    expect(readFileSync(path, 'utf8')).toMatch(/^Dear diary/)
  })

  test('the database of another program', async () => {
    mkdirSync(join(home, 'sub'))
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE bookmarks (url text)')
    database.close()
    expect((await refusal({ path })).code).toBe('store.not-a-ledger')
  })

  test('a damaged one', async () => {
    await makeStore()
    const bytes = readFileSync(path)
    bytes.fill(0xa5, 4_096)
    writeFileSync(path, bytes)
    const store = await openStore({ path }).catch((error: unknown) => error)
    const error =
      store instanceof MigrationError ? store : await readAll(store as Awaited<ReturnType<typeof openStore>>)
    expect(error).toMatchObject({ kind: 'config', code: 'store.corrupt' })
  })

  test('a folder', async () => {
    mkdirSync(path, { recursive: true })
    expect((await refusal({ path })).code).toBe('store.cannot-open')
  })

  test('a path through a file', async () => {
    writeFileSync(join(home, 'sub'), '')
    expect((await refusal({ path })).code).toBe('store.no-folder')
    expect((await refusal({ path: join(path, 'deeper', 'x.sqlite') })).code).toBe('store.no-folder')
  })

  test('a name that is too long', async () => {
    expect((await refusal({ path: join(home, 'x'.repeat(300), 'y') })).code).toBe('store.cannot-open')
  })

  test('a missing one, when it must exist; and none is made', async () => {
    expect((await refusal({ path, mustExist: true })).code).toBe('store.missing')
    expect(() => statSync(join(home, 'sub'))).toThrow('ENOENT')
  })

  test('a folder or a file that this user may not write', async () => {
    chmodSync(home, 0o555)
    expect(openAsNobody(path)).toMatchObject({ kind: 'config', code: 'store.unwritable' })
    chmodSync(home, 0o755)
    await makeStore()
    chmodSync(join(home, 'sub'), 0o555)
    chmodSync(path, 0o444)
    expect(openAsNobody(path)).toMatchObject({
      kind: 'config',
      code: expect.stringMatching(/unwritable|cannot-open/) as string,
    })
    chmodSync(join(home, 'sub'), 0o700)
  })

  test('one that another program keeps locked', async () => {
    await makeStore()
    const other = new DatabaseSync(path)
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    expect((await refusal({ path, busyTimeoutMs: 10 })).code).toBe('store.locked')
    other.close()
  })
})

test('a full disk is named as such', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('PRAGMA max_page_count = 5; CREATE TABLE filler (bytes blob)')
  let error: unknown
  try {
    database.exec('INSERT INTO filler VALUES (zeroblob(100000))')
  } catch (thrown) {
    error = thrown
  }
  expect(toStoreError(error, 'x')).toMatchObject({ kind: 'config', code: 'store.disk-full' })
})

async function readAll(store: Awaited<ReturnType<typeof openStore>>): Promise<unknown> {
  try {
    const [ledger] = await store.mailboxes()
    await ledger?.tally(1)
    return undefined
  } catch (error) {
    return error
  } finally {
    await store.close()
  }
}

function openAsNobody(storePath: string): unknown {
  const program = new URL('open-as-nobody.ts', import.meta.url).pathname
  return JSON.parse(execFileSync(process.execPath, [program, storePath], { encoding: 'utf8', timeout: 20_000 }))
}
