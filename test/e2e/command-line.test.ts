import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ImapProbe } from '../servers/imap-probe.ts'
import { differenceOf, toMultiset } from '../servers/message-multiset.ts'
import { runProgram } from './run-program.ts'
import type { ProgramOptions, ProgramResult } from './run-program.ts'
import { startServerPair } from './server-pair.ts'
import type { ServerPair } from './server-pair.ts'

const messages = 600

let servers: ServerPair
let source: string
let target: string

beforeAll(async () => {
  servers = await startServerPair()
  await servers.seed('anna', messages)
  source = servers.url('source', 'anna')
  target = servers.url('target', 'anna')
})

afterAll(() => servers?.stop())

function mailvan(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return runProgram(args, { ...options, env: { ...servers.env, ...options.env } })
}

function probe(side: 'source' | 'target', user = 'anna'): Promise<ImapProbe> {
  const { tlsPort, caFile = '' } = servers[side]
  return ImapProbe.open({ port: tlsPort, user, caFile })
}

describe('a mailbox is moved, from the plan to the certificate', () => {
  let certificate = ''

  test('plan says what would happen and leaves no trace', async () => {
    const { exitCode, lines, errors } = await mailvan(['plan', source, target, '--json', '--max-size', '100kB'])
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    const summary = lines.at(-1) as { type: string; counts: Record<string, number> }
    expect(summary.type).toBe('summary')
    const { source: total = 0, create = 0, skip = 0 } = summary.counts
    expect(total).toBe(messages)
    expect(create + skip).toBe(messages)
    expect(skip).toBeGreaterThan(0)
    const told = lines.filter((line) => line['type'] === 'item' && line['outcome'] === 'skip')
    expect(told).toHaveLength(skip)
    expect(told[0]).toMatchObject({ reason: 'too-large', path: expect.any(Array), sourceId: expect.any(String), sizeBytes: expect.any(Number) })
    await expect(stat(join(servers.folder, 'home'))).rejects.toThrow('ENOENT')
    const at = await probe('target')
    expect(await at.allMessages()).toEqual([])
    await at.close()
  })

  test('migrate moves everything, and the source is left as it was', async () => {
    const from = await probe('source')
    const before = await from.allStatus()
    const { exitCode, lines, errors } = await mailvan(['migrate', source, target, '--json'])
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    expect(lines.at(-1)).toEqual({
      type: 'summary',
      counts: { source: messages, migrated: messages, alreadyThere: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, gone: 0 },
      fates: { migrated: messages, alreadyThere: 0, skipped: 0, failed: 0, gone: 0 },
    })
    for (const line of lines) expect(line).toHaveProperty('type')
    const at = await probe('target')
    const also = { dates: true, flags: true }
    expect(differenceOf(toMultiset(await from.allMessages(), also), toMultiset(await at.allMessages(), also))).toEqual({ missing: [], surplus: [] })
    expect(await from.allStatus()).toEqual(before)
    await from.close()
    await at.close()
    certificate = String(lines.find((line) => line['type'] === 'fileWritten' && line['content'] === 'certificate')?.['file'])
  })

  test('a second pass has nothing to do and keeps the certificate', async () => {
    const { exitCode, lines } = await mailvan(['migrate', source, target, '--json'])
    expect(exitCode).toBe(0)
    expect(lines.at(-1)).toEqual({
      type: 'summary',
      counts: { source: messages, migrated: 0, alreadyThere: 0, updated: 0, unchanged: messages, skipped: 0, failed: 0, gone: 0 },
      fates: { migrated: messages, alreadyThere: 0, skipped: 0, failed: 0, gone: 0 },
    })
    expect(lines.some((line) => line['type'] === 'fileWritten')).toBe(false)
    expect(await readdir(join(servers.folder, 'home/certificates'))).toHaveLength(1)
    const text = await mailvan(['migrate', source, target])
    expect(text.output).toContain('Nothing to do')
    expect(text.output).toContain(certificate)
  })

  test('plan after it has nothing to plan', async () => {
    const { lines } = await mailvan(['plan', source, target, '--json'])
    expect((lines.at(-1) as { counts: unknown }).counts).toMatchObject({ source: messages, create: 0, update: 0, skip: 0, unchanged: messages, gone: 0 })
  })

  test('the certificate holds, and one changed byte is found', async () => {
    const good = await mailvan(['certificate', 'verify', certificate])
    expect(good.exitCode).toBe(0)
    expect(good.output).toContain('holds')
    const key = join(servers.folder, 'home/signing-key.pem.pub')
    expect((await mailvan(['certificate', 'verify', certificate, '--key', key])).output).toContain('the expected one')
    const bytes = await readFile(certificate)
    const at = Math.floor(bytes.length / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const changed = join(servers.folder, 'changed.jsonl')
    await writeFile(changed, bytes)
    const bad = await mailvan(['certificate', 'verify', changed])
    expect(bad.exitCode).toBe(1)
    expect(bad.output).toContain('does not hold')
    expect((await mailvan(['certificate', 'show', source, target])).output).toContain(certificate)
  })

  test('report and find know everything from the ledger alone', async () => {
    const report = await mailvan(['report', '--json'])
    expect(report.exitCode).toBe(0)
    expect(report.lines).toHaveLength(1)
    expect(report.lines[0]).toMatchObject({ type: 'mailbox', certificateFile: certificate, fates: { migrated: messages } })
    const reportFile = String(report.lines[0]?.['reportFile'])
    expect(await readFile(reportFile, 'utf8')).toMatch(/^<!doctype html>/i)
    expect(await readFile(reportFile.replace(/html$/, 'md'), 'utf8')).toMatch(/^# /)

    const items = join(servers.folder, 'items.csv')
    expect((await mailvan(['report', source, target, '--items', items])).exitCode).toBe(0)
    const csv = await readFile(items, 'utf8')
    expect(csv.split('\r\n').filter(Boolean).length).toBeGreaterThanOrEqual(messages + 1)

    const someId = /,(<[^>\s",]+@[^>\s",]+>)\r\n/.exec(csv)?.[1] ?? ''
    const found = await mailvan(['find', someId.slice(1, -1).toUpperCase(), '--json'])
    expect(found.exitCode).toBe(0)
    expect(found.lines[0]).toMatchObject({ type: 'found', fate: 'migrated', messageId: someId, fatePass: 1, targetId: expect.any(String) })
    expect((await mailvan(['find', 'no such words anywhere'])).output).toBe('0 items found.\n')
  })

  test('folders and check speak of servers without changing them', async () => {
    const folders = await mailvan(['folders', source, target, '--json'])
    expect(folders.exitCode).toBe(0)
    expect(folders.lines.find((line) => JSON.stringify(line['path']) === '["INBOX"]')).toMatchObject({ role: 'inbox', targetPath: ['INBOX'] })
    const check = await mailvan(['check', source, '--json'])
    expect(check.lines[0]).toMatchObject({ type: 'check', items: messages, announced: expect.arrayContaining(['UIDPLUS']) })
    const list = join(servers.folder, 'check.csv')
    await writeFile(list, `name,source,target,source_password\nAnna,${source},${target},\nBob,${servers.url('source', 'bob')},${servers.url('target', 'bob')},wrong\n`)
    const all = await mailvan(['check', '--mailboxes', list, '--json'])
    expect(all.exitCode).toBe(2)
    const [anna, bob] = ['Anna', 'Bob'].map((name) => all.lines.find((line) => line['name'] === name))
    expect(anna).toMatchObject({ type: 'mailboxCheck', isReady: true, source: { items: messages }, target: { folders: expect.any(Number) } })
    expect(bob).toMatchObject({ isReady: false, source: { error: { code: 'imap.auth.failed' } }, target: { folders: expect.any(Number) } })
    expect(all.lines.at(-1)).toMatchObject({ type: 'summary', mailboxes: 2, ready: 1 })
    expect((await mailvan(['check', '--mailboxes', list])).output).toContain('1 of 2 mailboxes can be opened on both sides.')
  })

  test('verify finds what was lost at the target, and retry writes it again', async () => {
    for (const level of ['counts', 'identity', 'content']) {
      const verified = await mailvan(['verify', source, target, '--verify', level])
      expect({ level, exitCode: verified.exitCode, errors: verified.errors }).toEqual({ level, exitCode: 0, errors: '' })
      expect(verified.output).toContain('Verified: every copy is at the target')
    }
    const at = await probe('target')
    await at.expunge(['INBOX'], '1:3')
    for (const level of ['counts', 'identity']) {
      const { exitCode, lines } = await mailvan(['verify', source, target, '--verify', level, '--json'])
      expect(exitCode).toBe(1)
      expect(lines.at(-1)).toMatchObject({ counts: { source: messages, failed: 3, unchanged: messages - 3 } })
    }
    const report = await mailvan(['report', source, target, '--failed'])
    expect(report.exitCode).toBe(1)
    expect(report.output.match(/verify\.missing/g)).toHaveLength(3)
    // A pass leaves failed items alone; retry is what tries them again.
    expect((await mailvan(['migrate', source, target])).exitCode).toBe(1)
    const { exitCode, lines } = await mailvan(['retry', source, target, '--json'])
    expect(exitCode).toBe(0)
    expect(lines.at(-1)).toMatchObject({ counts: { source: messages, migrated: 3, failed: 0, unchanged: messages - 3 } })
    const from = await probe('source')
    expect(differenceOf(toMultiset(await from.allMessages()), toMultiset(await at.allMessages()))).toEqual({ missing: [], surplus: [] })
    await from.close()
    await at.close()
    const unknown = await mailvan(['verify', source, servers.url('target', 'nobody')])
    expect(unknown.exitCode).toBe(2)
    expect(unknown.errors).toContain('The ledger does not know the mailbox')
  })

  test('nothing that was written holds a password', async () => {
    const secret = 'pw-that-is-found-nowhere-else'
    const { exitCode } = await mailvan(['migrate', source, servers.url('target', 'spy'), '--json'], { env: { MAILVAN_TARGET_PASSWORD: secret } })
    expect(exitCode).toBe(2)
    const home = join(servers.folder, 'home')
    for (const name of await readdir(home, { recursive: true })) {
      const file = join(home, name)
      if ((await stat(file)).isFile()) expect((await readFile(file)).includes(secret), name).toBe(false)
    }
  })
})

test('Ctrl-C ends cleanly in the middle of a pass, and the next run goes on', async () => {
  const to = servers.url('target', 'ida')
  const args = ['migrate', source, to, '--json', '--home', join(servers.folder, 'interrupted')]
  const first = await mailvan([...args, '--target-messages-per-second', '150'], {
    interruptWhen: (output) => (/"itemsDone":[1-9]/.test(output) ? 'SIGINT' : undefined),
  })
  expect(first.exitCode).toBe(2)
  expect(first.errors).toBe('mailvan: interrupted; run the same command again to go on.\n')
  const { counts } = first.lines.at(-1) as { counts: Record<string, number> }
  expect(counts['migrated']).toBeGreaterThan(0)
  expect(counts['pending']).toBeGreaterThan(0)

  const second = await mailvan(args)
  expect(second.exitCode).toBe(0)
  const fates = (second.lines.at(-1) as { fates: Record<string, number> }).fates
  expect((fates['migrated'] ?? 0) + (fates['alreadyThere'] ?? 0)).toBe(messages)
  const [from, at] = [await probe('source'), await probe('target', 'ida')]
  expect(differenceOf(toMultiset(await from.allMessages()), toMultiset(await at.allMessages()))).toEqual({ missing: [], surplus: [] })
  await from.close()
  await at.close()
})

test('many mailboxes: faulty rows are named, the others run, and everything is summed', async () => {
  for (const user of ['u1', 'u2', 'u3']) await servers.seed(user, 40)
  const list = join(servers.folder, 'pairs.csv')
  const row = (user: string, password: string): string => [servers.url('source', user), servers.url('target', user), password, 'pw'].join(';')
  await writeFile(list, ['source;target;source_password;target_password', row('u1', 'pw'), 'imaps://x;', row('u2', 'pw'), row('u3', 'wrong-pw'), ''].join('\n'))
  const { exitCode, lines, errors } = await mailvan(
    ['migrate', '--mailboxes', list, '--at-once', '2', '--json', '--home', join(servers.folder, 'many')],
    { env: { MAILVAN_SOURCE_PASSWORD: '', MAILVAN_TARGET_PASSWORD: '' } },
  )
  expect(exitCode).toBe(2)
  expect(errors).toContain('pairs.csv, line 3: no target URL')
  expect(errors).toContain('u3@localhost')
  expect(errors).toContain('refused')
  expect(errors).not.toContain('wrong-pw')
  const summaries = lines.filter((line) => line['type'] === 'summary') as { mailbox?: string; counts: Record<string, number> }[]
  expect(summaries.filter(({ mailbox }) => mailbox !== undefined).map(({ counts }) => counts['migrated'])).toEqual([40, 40])
  expect(lines.at(-1)).toMatchObject({ type: 'summary', counts: { source: 80, migrated: 80 } })
  expect(lines.at(-1)).not.toHaveProperty('mailbox')
  expect(lines.find((line) => line['type'] === 'error')).toMatchObject({ kind: 'auth', mailbox: expect.stringContaining('u3') })
})

test('a reader that leaves ends the program without a word', async () => {
  const { spawn } = await import('node:child_process')
  const program = new URL('../../bin/mailvan.js', import.meta.url).pathname
  const child = spawn('/bin/sh', ['-c', '"$0" "$1" --help | true; "$0" "$1" report --json | head -c 1 >/dev/null', process.execPath, program], {
    env: { PATH: process.env['PATH'] ?? '', ...servers.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  await new Promise((resolve) => child.once('close', resolve))
  expect(errors).toBe('')
})
