import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHash } from 'node:crypto'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { type DovecotServer, startDovecot } from '../dovecot.ts'
import { withProbe } from '../imap-probe.ts'
import { differenceOf, toMultiset } from '../message-multiset.ts'
import { everything, fill, range } from './fault-rig.ts'
import { refusalOf, withSource } from './open-side.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startDovecot({ fsync: 'never' })
})
afterAll(() => server.stop())

const inbox = (url: string): Promise<number | undefined> =>
  withSource(url, 'pw', async (source) => (await source.discover()).find(({ role }) => role === 'inbox')?.status?.items)

test('TLS verified with the authority that ?ca= names', async () => {
  expect(await inbox(`imaps://tls@127.0.0.1:${server.tlsPort}?ca=${server.caFile}`)).toBe(0)
  expect(await inbox(`imap://tls@localhost:${server.port}?ca=${server.caFile}`)).toBe(0)
})

test('TLS with a certificate that nobody vouches for is refused by default, with what to do', async () => {
  for (const url of [`imaps://tls@127.0.0.1:${server.tlsPort}`, `imap://tls@127.0.0.1:${server.port}`]) {
    const error = await refusalOf(url, 'kEEp-th1s-0ut')
    expect(error.kind).toBe('config')
    expect(error.code).toMatch(/^imap\.tls\.certificate-/)
    expect(error.hint).toContain('?tls=unverified')
    expect(error.hint).toContain('?ca=')
  }
})

test('TLS unverified when it is asked for', async () => {
  expect(await inbox(`imaps://tls@127.0.0.1:${server.tlsPort}?tls=unverified`)).toBe(0)
  expect(await inbox(`imap://tls@127.0.0.1:${server.port}?tls=unverified`)).toBe(0)
})

test('imaps:// on a port without TLS and imap:// on a port with it are told apart', async () => {
  expect(await refusalOf(`imaps://tls@127.0.0.1:${server.port}`, 'kEEp-th1s-0ut')).toMatchObject({ kind: 'config', code: 'imap.tls.not-tls' })
})

test('a ?ca= file that is missing', () => {
  expect(() => imapConnector.parseUrl('imaps://tls@localhost?ca=/no/such/file.pem', {})).toThrow(
    expect.objectContaining({ kind: 'config', code: 'imap.ca-file' }),
  )
})

test.each([
  ['imaps', 'on'],
  ['imaps', 'off'],
  ['imap', 'on'],
] as const)('a migration by %s:// with COMPRESS %s on both sides is a full copy', async (scheme, compress) => {
  const users = { source: `c-${scheme}-${compress}-s`, target: `c-${scheme}-${compress}-t` }
  await withProbe({ port: server.port, user: users.source }, async (probe) => {
    await fill(probe, ['INBOX'], range(0, 60))
    await fill(probe, ['A', 'B'], range(100, 3), 1_500_000)
    await probe.append(['A', 'B'], noise(2_000_000))
  })
  const port = scheme === 'imaps' ? server.tlsPort : server.port
  const context = realContext(AbortSignal.timeout(100_000))
  const open = (user: string) => imapConnector.parseUrl(`${scheme}://${user}@127.0.0.1:${port}?ca=${server.caFile}&compress=${compress}`, { password: 'pw' })
  const source = await imapConnector.openSource(open(users.source), context)
  const target = await imapConnector.openTarget(open(users.target), context)
  const store = await openStore({ path: ':memory:' })
  try {
    const ledger = await store.mailbox({ sourceUrl: 'imap://source', targetUrl: 'imap://target' })
    const governor = createGovernor({ clock: context.clock, source: { sessionsMax: 4 }, target: { sessionsMax: 4 } })
    const tally = await runPass({
      source,
      target,
      ledger,
      governor,
      context,
      rules: everything,
      verification: 'content',
      observe: () => {},
    })
    expect(tally.fates).toMatchObject({ migrated: 64, failed: 0, pending: 0 })
  } finally {
    await Promise.all([source.close(), target.close()])
    await store.close()
  }
  const [there, here] = await Promise.all(
    [users.source, users.target].map((user) =>
      withProbe({ port: server.port, user }, async (probe) => toMultiset(await probe.allMessages(), { dates: true, flags: true })),
    ),
  )
  expect(differenceOf(there ?? new Map(), here ?? new Map())).toEqual({ missing: [], surplus: [] })
})

/** Bytes that do not compress, in lines. */
function noise(sizeBytes: number): Buffer {
  const lines = ['Subject: noise\r\n\r\n']
  let seed = 'noise'
  for (let bytes = 0; bytes < sizeBytes; bytes += 66) {
    seed = createHash('sha256').update(seed).digest('hex')
    lines.push(`${seed}\r\n`)
  }
  return Buffer.from(lines.join(''))
}
