import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import { writeSampleMaildir } from '../../src/sandbox/samples/write-sample-maildir.ts'
import { type ProgramResult, runProgram } from './run-program.ts'

const nobody = { uid: 65_534, gid: 65_534 }
const isRoot = process.getuid?.() === 0
/** Root may open everything, so that the program has to run as somebody else. */
const owner = isRoot ? nobody : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
const as = isRoot ? { owner: nobody } : {}

let folder: string
let runs = 0
let cannotRun: string | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-permissions-'))
  chmodSync(folder, 0o755)
  const tried = spawnSync(process.execPath, ['--version'], as.owner ?? {})
  if (tried.error !== undefined || tried.status !== 0) cannotRun = 'no program can be run as another user here'
})
afterAll(async () => {
  // Without rights even their owner cannot delete them.
  if (!isRoot) spawnSync('chmod', ['-R', 'u+rwx', folder])
  await rm(folder, { recursive: true, force: true })
})

/** A source Maildir, an empty place for a target and a home, all of one user. */
function places(context: TestContext): { source: string; target: string; home: string } {
  if (cannotRun !== undefined) context.skip(cannotRun)
  const root = join(folder, String(++runs))
  const [source, parent, home] = [join(root, 'source'), join(root, 'archive'), join(root, 'home')] as const
  for (const path of [root, parent, home]) mkdirSync(path)
  writeSampleMaildir(source, { messages: 40, seed: 3, owner })
  if (isRoot) for (const path of [root, parent, home]) chownSync(path, owner.uid, owner.gid)
  return { source, target: join(parent, 'target'), home }
}

function mailvan(command: string, { source, target, home }: { source: string; target: string; home: string }, ...more: string[]): Promise<ProgramResult> {
  return runProgram([command, `maildir:${source}`, `maildir:${target}`, '--home', home, ...more], as)
}

/** One sentence that names the path, one that says what to do, and nothing else. */
function expectStop({ exitCode, errors }: ProgramResult, sentence: RegExp, path: string): void {
  const lines = errors.trimEnd().split('\n')
  expect(lines, errors).toHaveLength(2)
  expect(lines[0]).toMatch(sentence)
  expect(lines[0]).toContain(path)
  expect(lines[1]).toMatch(/^ {2}\S.*\.$/)
  expect(errors).not.toMatch(/\n\s+at |EACCES|errno/)
  expect(exitCode).toBe(2)
}

async function expectWhole(at: { source: string; target: string; home: string }, command = 'migrate'): Promise<void> {
  const { exitCode, errors, lines } = await mailvan(command, at, '--json')
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
  expect(lines.at(-1)).toMatchObject({ fates: { migrated: 40, failed: 0 } })
  expect(countMessages(at.target)).toBe(40)
}

function countMessages(maildir: string): number {
  return readdirSync(maildir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && /\/(?:cur|new)$/.test(one.parentPath)).length
}

test('a source archive that may not be opened', async (context) => {
  const at = places(context)
  chmodSync(at.source, 0)
  expectStop(await mailvan('migrate', at), /^mailvan: Source: .* may not be opened by this user\.$/, at.source)
  expect(existsSync(at.target)).toBe(false)
  chmodSync(at.source, 0o755)
  await expectWhole(at)
})

test('a folder of the source archive that may not be opened: nothing of it is taken for gone', async (context) => {
  const at = places(context)
  const closed = join(at.source, 'cur')
  await expectWhole(at)
  chmodSync(closed, 0)
  expectStop(await mailvan('migrate', at, '--policy', 'mirror'), /^mailvan: .* may not be opened by this user\.$/, at.source)
  expect(countMessages(at.target)).toBe(40)
  chmodSync(closed, 0o755)
  await expectWhole(at)
})

test('a message file that may not be opened fails alone, and a retry takes it once it may', async (context) => {
  const at = places(context)
  const [name = ''] = readdirSync(join(at.source, 'cur'))
  const file = join(at.source, 'cur', name)
  chmodSync(file, 0)
  const { exitCode, lines } = await mailvan('migrate', at, '--json')
  expect(exitCode).toBe(1)
  expect(lines.at(-1)).toMatchObject({ fates: { migrated: 39, failed: 1 } })
  const failed = lines.filter((line) => line['type'] === 'item' || line['type'] === 'itemFailed')
  expect(JSON.stringify(failed)).toContain('archive.no-permission')
  chmodSync(file, 0o644)
  await expectWhole(at, 'retry')
})

test('a target archive that may not be written', async (context) => {
  const at = places(context)
  const parent = join(at.target, '..')
  chmodSync(parent, 0o555)
  expectStop(await mailvan('migrate', at), /^mailvan: .* may not be (?:opened|changed) by this user\.$/, parent)
  chmodSync(parent, 0o755)
  await expectWhole(at)
})

test('a target archive that may be written no longer', async (context) => {
  const at = places(context)
  await expectWhole(at)
  for (const name of ['cur', 'new', 'tmp']) chmodSync(join(at.target, name), 0o555)
  writeSampleMaildir(join(at.source, '..', 'more'), { messages: 60, seed: 4, owner })
  const more = { ...at, source: join(at.source, '..', 'more') }
  expectStop(await mailvan('migrate', more), /^mailvan: .* may not be (?:opened|changed) by this user\.$/, at.target)
  for (const name of ['cur', 'new', 'tmp']) chmodSync(join(at.target, name), 0o755)
  const { exitCode, lines } = await mailvan('migrate', more, '--json')
  expect(exitCode).toBe(0)
  expect(lines.at(-1)).toMatchObject({ fates: { failed: 0 } })
  expect(countMessages(at.target)).toBe(100)
})

test('a home that may not be written', async (context) => {
  const at = places(context)
  chmodSync(at.home, 0o555)
  expectStop(await mailvan('migrate', at), /^mailvan: The ledger .* cannot be written\.$/, at.home)
  expect(existsSync(at.target)).toBe(false)
})
