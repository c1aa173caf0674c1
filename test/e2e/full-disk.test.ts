import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import { withProbe } from '../servers/imap-probe.ts'
import { differenceOf, toMultiset } from '../servers/message-multiset.ts'
import { runProgram } from './run-program.ts'
import { type ServerPair, startServerPair } from './server-pair.ts'

const messages = 1_500

let servers: ServerPair
const mounted: string[] = []
beforeAll(async () => {
  servers = await startServerPair({ source: { fsync: 'never' }, target: { fsync: 'never' } })
})
afterAll(async () => {
  for (const disk of mounted) spawnSync('umount', [disk])
  await Promise.all([servers?.stop(), ...mounted.map((disk) => rm(disk, { recursive: true, force: true }))])
})

/** A real file system of this size that can be made larger. */
async function mountDisk(context: TestContext, sizeKiB: number): Promise<{ readonly path: string; enlarge(sizeKiB: number): void }> {
  if (process.getuid?.() !== 0) context.skip('only root can mount a file system')
  const path = await mkdtemp(join(tmpdir(), 'mailvan-disk-'))
  const mount = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { encoding: 'utf8' })
  const { status, stderr } = mount(`size=${sizeKiB}k`)
  if (status !== 0) {
    await rm(path, { recursive: true })
    context.skip(`no file system can be mounted here: ${stderr.trim()}`)
  }
  mounted.push(path)
  return { path, enlarge: (toKiB) => expect(mount(`remount,size=${toKiB}k`)).toMatchObject({ status: 0 }) }
}

async function multisetOf(side: 'source' | 'target', user: string) {
  const { tlsPort, caFile = '' } = servers[side]
  return toMultiset(await withProbe({ port: tlsPort, user, caFile }, (probe) => probe.allMessages()), { dates: true, flags: true })
}

async function countAtTarget(user: string): Promise<number> {
  const { tlsPort, caFile = '' } = servers.target
  return (await withProbe({ port: tlsPort, user, caFile }, (probe) => probe.allMessages())).length
}

const fullWhen = [
  { when: 'before the ledger is made', sizeKiB: 64, copiedMin: 0, staysFull: true },
  { when: 'in the middle of the pass', sizeKiB: 1_200, copiedMin: 0, staysFull: true },
  // The next run begins by tidying up the ledger, which may be room enough.
  { when: 'when most is copied', sizeKiB: 2_300, copiedMin: 1, staysFull: false },
] as const

for (const { when, sizeKiB, copiedMin, staysFull } of fullWhen) {
  test(`the disk of the ledger is full ${when}: one sentence, and with more room nothing is lost or doubled`, async (context) => {
    const user = `ledger-${sizeKiB}`
    const disk = await mountDisk(context, sizeKiB)
    await servers.seed(user, messages)
    const args = ['migrate', servers.url('source', user), servers.url('target', user), '--home', disk.path]
    const stopped = await runProgram(args, { env: servers.env })
    expect(stopped.exitCode, stopped.errors).toBe(2)
    const [sentence, hint, ...rest] = stopped.errors.trimEnd().split('\n')
    expect(sentence).toMatch(/^mailvan: There is no room left to write the ledger \S+\.$/)
    expect(hint).toMatch(/^ {2}Free some disk space/)
    expect(rest).toEqual([])
    expect(await countAtTarget(user)).toBeGreaterThanOrEqual(copiedMin)
    if (staysFull) expect((await runProgram(args, { env: servers.env })).exitCode).toBe(2)
    disk.enlarge(64 * 1024)
    const { exitCode, errors, lines } = await runProgram([...args, '--json'], { env: servers.env })
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    expect(lines.at(-1)).toMatchObject({ fates: { failed: 0 } })
    expect(differenceOf(await multisetOf('source', user), await multisetOf('target', user))).toEqual({ missing: [], surplus: [] })
  })
}

test('the disk of a target archive is full: one sentence, and with more room nothing is lost or doubled', async (context) => {
  const disk = await mountDisk(context, 400)
  await servers.seed('ben', 300)
  const archive = `maildir:${join(disk.path, 'archive')}`
  const home = join(servers.folder, 'archive-home')
  const run = (command: string, ...more: readonly string[]) =>
    runProgram([command, servers.url('source', 'ben'), archive, '--home', home, ...more], { env: servers.env })
  const stopped = await run('migrate')
  expect(stopped.exitCode, stopped.errors).toBe(2)
  expect(stopped.errors).toMatch(/^mailvan: .+ is on a disk that is full\.\n {2}Free some space .*\.\n$/)
  disk.enlarge(64 * 1024)
  const { exitCode, errors, lines } = await run('migrate', '--json')
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
  expect(lines.at(-1)).toMatchObject({ fates: { failed: 0 } })
  const verified = await run('verify', '--verify', 'content')
  expect(verified.exitCode, verified.errors).toBe(0)
  expect(countFiles(join(disk.path, 'archive'))).toBe(300)
})

/** Message files of a Maildir, those not finished included. */
function countFiles(maildir: string): number {
  const files = readdirSync(maildir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return files.filter((one) => /\/(?:cur|new|tmp)$/.test(one.parentPath)).length
}
