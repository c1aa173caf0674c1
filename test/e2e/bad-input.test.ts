import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDovecot } from '../servers/dovecot.ts'
import type { DovecotServer } from '../servers/dovecot.ts'
import { freePortPair } from '../servers/free-port.ts'
import { ImapProbe } from '../servers/imap-probe.ts'
import { runProgram } from './run-program.ts'
import type { ProgramResult } from './run-program.ts'
import { startServerPair } from './server-pair.ts'
import type { ServerPair } from './server-pair.ts'

const secret = 'hunter2-is-secret'

let servers: ServerPair
let plain: DovecotServer
let source: string
let target: string
let homes = 0

beforeAll(async () => {
  ;[servers, plain] = await Promise.all([startServerPair({ target: { quotaBytes: 200_000 } }), startDovecot({ tls: false })])
  await servers.seed('anna', 60)
  source = servers.url('source', 'anna')
  target = servers.url('target', 'anna')
})

afterAll(async () => {
  await Promise.all([servers?.stop(), plain?.stop()])
})

function migrate(from: string, to: string, env: Readonly<Record<string, string>> = {}, ...more: string[]): Promise<ProgramResult> {
  const home = join(servers.folder, `home-${++homes}`)
  return runProgram(['migrate', from, to, '--home', home, ...more], { env: { ...servers.env, ...env } })
}

/** One sentence, what to do, no stack, no secret. */
function expectClear({ exitCode, errors, output }: ProgramResult, code: number, sentence: RegExp, hint: RegExp): void {
  const lines = errors.trimEnd().split('\n')
  expect(lines, errors).toHaveLength(2)
  expect(lines[0]).toMatch(/^mailvan: /)
  expect(lines[0]?.slice('mailvan: '.length)).toMatch(sentence)
  expect(lines[1]).toMatch(/^ {2}\S/)
  expect(lines[1]).toMatch(hint)
  expect(errors + output).not.toContain(secret)
  expect(errors + output).not.toMatch(/\n\s+at \S+ \(/)
  expect(exitCode).toBe(code)
}

describe('what cannot be reached', () => {
  test('a wrong host', async () => {
    expectClear(await migrate('imaps://anna@nosuch.invalid', target), 2, /^Source: There is no host .*nosuch\.invalid/, /host/)
    expectClear(await migrate(source, 'imaps://anna@nosuch.invalid'), 2, /^Target: There is no host .*nosuch\.invalid/, /host/)
  })

  test('a wrong port', async () => {
    const { first: closedPort } = await freePortPair(10)
    expectClear(await migrate(`imaps://anna@localhost:${closedPort}`, target), 2, /^Source: Nothing answers at localhost/, /port/)
  })

  test('a wrong password', async () => {
    expectClear(await migrate(source, target, { MAILVAN_SOURCE_PASSWORD: secret }), 2, /^Source: The server refused user name and password\.$/, /Check both/)
    expectClear(await migrate(source, target, { MAILVAN_TARGET_PASSWORD: secret }), 2, /^Target: The server refused user name and password\.$/, /Check both/)
  })

  test('a certificate that nobody vouches for', async () => {
    const unverified = `imaps://anna@localhost:${servers.source.tlsPort}`
    expectClear(await migrate(unverified, target), 2, /^Source: The certificate of localhost/, /\?ca=FILE.*\?tls=unverified/)
    expect((await runProgram(['check', `${unverified}?tls=unverified`], { env: servers.env })).exitCode).toBe(0)
  })

  test('a certificate of another host', async () => {
    const other = source.replace('localhost', 'localhost.localdomain')
    const { errors, exitCode } = await migrate(other, target)
    expect(exitCode).toBe(2)
    expect(errors).toMatch(/certificate|There is no host/)
  })

  test('a wrong protocol', async () => {
    expectClear(await migrate(`imaps://anna@localhost:${plain.port}`, target), 2, /^Source: .*does not speak TLS/, /imap:\/\//)
    expectClear(await migrate(`imap://anna@localhost:${plain.port}`, target), 2, /^Source: .*STARTTLS/, /tls=off/)
  })
})

describe('URLs with a typo', () => {
  test.each([
    ['imasp://anna@host', /^SOURCE: "imasp:" is not a kind/],
    ['imaps//anna@host', /^SOURCE: "imaps\/\/anna@host" is not a URL/],
    ['imaps:/anna@host', /^SOURCE: The URL names no host/],
    ['imaps://host', /^SOURCE: The URL names no user/],
    ['imaps://anna@host:99x', /^SOURCE: /],
    ['imaps://anna@host?tsl=off', /^SOURCE: The URL has an unknown parameter "tsl"/],
    ['imaps://anna@host/INBOX', /^SOURCE: An IMAP URL ends after the host/],
    [`imaps://anna:${secret}@host`, /^SOURCE: a password must not stand in the URL/],
    ['maildir:', /^SOURCE: /],
  ])('%s', async (url, sentence) => {
    expectClear(await migrate(url, target), 3, sentence, /./)
  })
})

describe('paths', () => {
  test('no Maildir', async () => {
    const folder = join(servers.folder, 'no-maildir')
    await mkdir(folder)
    await writeFile(join(folder, 'letter.txt'), 'Dear Anna,\n')
    expectClear(await migrate(`maildir:${folder}`, target), 2, /^Source: .* is no Maildir/, /cur/)
  })

  test('nothing there', async () => {
    expectClear(await migrate(`maildir:${join(servers.folder, 'nowhere')}`, target), 2, /^Source: .* does not exist/, /path/)
  })

  test('no mbox', async () => {
    const file = join(servers.folder, 'no.mbox')
    await writeFile(file, 'Dear Anna,\n')
    expectClear(await migrate(`mbox:${file}`, target), 2, /^Source: .* is no mbox/, /mbox/)
  })

  test('an mbox that was cut in the middle loses nothing', async () => {
    const file = join(servers.folder, 'cut.mbox')
    const message = (n: number): string => `From anna@example.org Mon Jan  1 10:00:0${n} 2024\nFrom: anna@example.org\nSubject: ${n}\n\nbody ${n}\n\n`
    await writeFile(file, `${message(1)}${message(2)}From anna@example.org Mon Jan  1 10:00:03 2024\nFrom: anna@example.org\nSubj`)
    const to = `maildir:${join(servers.folder, 'cut')}`
    const { exitCode, errors, lines } = await migrate(`mbox:${file}`, to, {}, '--json')
    expect(errors).not.toMatch(/\n\s+at \S+ \(/)
    expect([0, 1]).toContain(exitCode)
    const { counts } = lines.at(-1) as { counts: Record<string, number> }
    expect(counts['source']).toBe(3)
    expect((counts['migrated'] ?? 0) + (counts['failed'] ?? 0)).toBe(3)
    expect(counts['migrated']).toBeGreaterThanOrEqual(2)
  })

  test('a home that cannot be written', async () => {
    const file = join(servers.folder, 'a-file')
    await writeFile(file, '')
    const result = await runProgram(['migrate', source, target, '--home', join(file, 'home')], { env: servers.env })
    expectClear(result, 2, /^The ledger .* cannot be made/, /--home/)
  })

  test('a ledger that is something else', async () => {
    const home = join(servers.folder, 'odd-home')
    await mkdir(home)
    await writeFile(join(home, 'mailvan.sqlite'), 'this is no database, and it is longer than a header of one would be '.repeat(20))
    const result = await runProgram(['migrate', source, target, '--home', home], { env: servers.env })
    expectClear(result, 2, /is not a ledger/, /--home/)
  })

  test('a ledger in use', async () => {
    const home = join(servers.folder, 'busy-home')
    const to = `maildir:${join(servers.folder, 'busy')}`
    const args = ['migrate', source, to, '--home', home, '--json']
    let second: Promise<ProgramResult> | undefined
    await runProgram([...args, '--source-messages-per-second', '40'], {
      env: servers.env,
      interruptWhen(output) {
        if (output.includes('"transfer"')) second ??= runProgram(args, { env: servers.env })
        return undefined
      },
    })
    const result = await second
    expect(result?.exitCode).toBe(2)
    expect(result?.errors).toContain('Another run is working on')
  })
})

describe('while it runs', () => {
  test('a full target stops, loses nothing, and the next run goes on', async () => {
    const first = await migrate(source, servers.url('target', 'full'))
    expectClear(first, 2, /quota|full|room/i, /./)
    expect(first.output).toContain('pending')
  })

  test('a folder that vanishes between two passes ends its messages as gone', async () => {
    await servers.seed('vera', 60)
    const home = join(servers.folder, 'vanish')
    const args = ['migrate', servers.url('source', 'vera'), `maildir:${join(servers.folder, 'vera')}`, '--home', home, '--json']
    expect((await runProgram(args, { env: servers.env })).exitCode).toBe(0)
    const { tlsPort, caFile = '' } = servers.source
    const probe = await ImapProbe.open({ port: tlsPort, caFile, user: 'vera' })
    const held = (await probe.status(['Sent'])).messages
    await probe.delete(['Sent'])
    await probe.close()
    const second = await runProgram(args, { env: servers.env })
    expect(second.exitCode).toBe(0)
    expect((second.lines.at(-1) as { counts: Record<string, number> }).counts).toMatchObject({ source: 60, gone: held, unchanged: 60 - held })
    expect(held).toBeGreaterThan(0)
  })
})
