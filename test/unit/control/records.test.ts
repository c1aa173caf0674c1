import { readdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryWorld } from '../../../src/connectors/memory/index.ts'
import type { MemoryMailbox } from '../../../src/connectors/memory/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import type { Endpoint } from '../../../src/control/endpoint.ts'
import { findHome } from '../../../src/control/home.ts'
import type { MailboxOutcome } from '../../../src/control/mailbox-outcome.ts'
import { runMailbox } from '../../../src/control/run-mailbox.ts'
import { parseRules, type RulesInput } from '../../../src/control/settings/parse-rules.ts'
import { verifyCertificateFile } from '../../../src/control/verify-certificate.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import { openStore } from '../../../src/store/open-store.ts'
import type { Store } from '../../../src/store/open-store.ts'

let folder: string
let store: Store
let world: MemoryWorld
let source: MemoryMailbox

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-records-'))
  store = await openStore({ path: ':memory:' })
  world = new MemoryWorld()
  source = world.addMailbox('source')
  world.addMailbox('target')
})

afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

function endpoint(name: string): Endpoint {
  return {
    url: `memory:${name}`,
    needsPassword: false,
    forms: ['mail'],
    withPassword: () => endpoint(name),
    openSource: (context) => world.openSource({ mailbox: name }, context),
    openTarget: (context) => world.openTarget({ mailbox: name }, context),
  }
}

function run(task: 'migrate' | 'verify' = 'migrate', signal = new AbortController().signal, wishes: RulesInput = {}): Promise<MailboxOutcome> {
  const settings = { rules: parseRules(wishes, Date.now(), false), verification: 'identity', pace: { source: {}, target: {} } } as const
  const home = findHome(folder, {}, () => false)
  const mailbox = { name: 'anna', source: endpoint('source'), target: endpoint('target') }
  return runMailbox(mailbox, { home, store, settings, context: realContext(signal), task }, () => undefined)
}

function add(count: number): void {
  for (let index = 0; index < count; index++) {
    source.add(['INBOX'], { bytes: Buffer.from(`Subject: ${Math.random()}\r\n\r\n${index}\r\n`) })
  }
}

const certificates = (): Promise<readonly string[]> => readdir(join(folder, 'certificates'))

test('a pass that changed something has its certificate and report; one that did not keeps the last ones', async () => {
  add(3)
  const first = await run()
  expect(first).toMatchObject({ state: 'done', tally: { source: 3, fates: { migrated: 3 } } })
  const verdict = await verifyCertificateFile(first.certificateFile ?? '', undefined)
  expect(verdict).toMatchObject({ valid: true, statement: { items: 3, announcedItems: 3, accountedItems: 3 } })
  expect(await readFile(first.reportFile ?? '', 'utf8')).toContain('<html')

  const second = await run()
  expect(second.certificateFile).toBe(first.certificateFile)
  expect(second.reportFile).toBe(first.reportFile)
  expect(await certificates()).toHaveLength(1)

  add(1)
  const third = await run()
  expect(third.certificateFile).not.toBe(first.certificateFile)
  expect((await verifyCertificateFile(third.certificateFile ?? '', undefined)).statement).toMatchObject({ items: 4 })

  source.remove(source.contents()[0]!.id)
  const fourth = await run()
  expect((await verifyCertificateFile(fourth.certificateFile ?? '', undefined)).statement).toMatchObject({ items: 4, fates: { gone: 1, migrated: 3 } })
  expect(await certificates()).toHaveLength(3)
})

test('a verification has a certificate of its own, also when nothing had to change', async () => {
  add(2)
  const migrated = await run()
  const verified = await run('verify')
  expect(verified).toMatchObject({ state: 'done', task: 'verify' })
  expect(verified.certificateFile).not.toBe(migrated.certificateFile)
})

test('what another pass did before it was killed is certified by the next one', async () => {
  add(2)
  const first = await run()
  add(1)
  const ledger = await store.mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' })
  await ledger.startPass(0, '{}')
  const next = await run()
  expect(next.certificateFile).not.toBe(first.certificateFile)
})

test('errors, interruptions and defects are told apart', async () => {
  add(1)
  const aborted = new AbortController()
  aborted.abort()
  expect(await run('migrate', aborted.signal)).toMatchObject({ state: 'interrupted' })

  world.faults = () => {
    throw new MigrationError('config', 'x', { message: 'No.', hint: 'Do something.' })
  }
  const stopped = await run()
  expect(stopped).toMatchObject({ state: 'stopped', error: { code: 'x', message: 'Source: No.' } })

  world.faults = () => {
    throw new TypeError('a defect')
  }
  expect(await run()).toMatchObject({ state: 'defect', defect: { message: 'a defect' } })
  world.faults = () => undefined
  expect(await run()).toMatchObject({ state: 'done' })
})

test('work for a person is in a file beside the report, and what is beside the messages is in the report', async () => {
  source = world.addMailbox('source', { hasExtras: true })
  const target = world.addMailbox('target', { hasExtras: true })
  add(1)
  source.addExtra({ kind: 'category', name: 'Red', text: 'red' })
  const id = source.addExtra({ kind: 'permission', name: 'Anna\n```\n# <b>', text: '' })
  const first = await run()
  expect(first).toMatchObject({ state: 'done', tally: { extras: { fates: { carried: 1, handwork: 1 }, changed: 2 } } })
  const list = await readFile(first.handworkFile ?? '', 'utf8')
  expect(list.split('\n').slice(8)).toEqual([
    '## Permission',
    '',
    '- [ ] **Anna\\\\u\\{a\\}\\`\\`\\`\\\\u\\{a\\}\\# \\<b\\>**: Give the permission "Anna\\\\u\\{a\\}\\`\\`\\`\\\\u\\{a\\}\\# \\<b\\>"\\.',
    '',
    '  ````',
    '  allow Anna\\u{a}```\\u{a}# <b>',
    '  ````',
    '',
  ])
  const report = await readFile(first.reportFile ?? '', 'utf8')
  expect(report).toContain('Beside the messages')
  expect(report).toContain('Work for a person')
  expect(await run()).toMatchObject({ handworkFile: first.handworkFile, reportFile: first.reportFile })
  const [copy] = target.extras.keys()
  target.extras.delete(copy!)
  source.extras.delete(id)
  const later = await run()
  expect(later.reportFile).not.toBe(first.reportFile)
  expect(later.handworkFile).toBeUndefined()
  expect(await readFile(later.reportFile ?? '', 'utf8')).toContain('the copy was deleted at the target')
})

test('what is beside the items stays where it is when that is asked for', async () => {
  source = world.addMailbox('source', { hasExtras: true })
  const target = world.addMailbox('target', { hasExtras: true })
  source.addExtra({ kind: 'category', name: 'Red', text: 'red' })
  const { tally } = await run('migrate', new AbortController().signal, { extras: false })
  expect([tally?.extras, target.extras.size]).toEqual([undefined, 0])
})
