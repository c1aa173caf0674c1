import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cellWidth } from '../../../src/cli/output/terminal-text.ts'
import type { Sandbox } from '../../../src/sandbox/start-sandbox.ts'
import { runProgram } from '../../e2e/run-program.ts'
import { runInProcess } from '../../unit/cli/run-in-process.ts'
import { keepEndpoints } from './endpoint-home.ts'
import { withFaultsOf } from './probe-rig.ts'
import { startReadySandbox } from './ready-sandbox.ts'

let sandbox: Sandbox
let folder: string
const defects: unknown[] = []

beforeAll(async () => {
  sandbox = await startReadySandbox({ tenants: ['contoso'], users: 2, messagesPerUser: 3 }, defects)
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-probe-'))
  await keepEndpoints(join(folder, 'home'), sandbox.access)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

afterAll(async () => {
  await sandbox.close()
  expect(defects).toEqual([])
})

const home = () => join(folder, 'home')
const args = (...more: readonly string[]) => ['probe', 'microsoft-365', 'contoso', ...more, '--home', home()]
const run = (more: readonly string[], columns?: number) => runInProcess(args(...more), columns === undefined ? {} : { columns, env: { NO_COLOR: '1' } })
const user = () => sandbox.access.tenants[0]?.users[0] ?? ''
const writes = () => ['--write', '--mailbox', user(), '--upload-max', '1MB']

/** Folders below the root and in Deleted Items, hidden ones too. */
function foldersThere(): readonly string[] {
  const store = sandbox.tenants[0]!.store
  const mailbox = store.byGuid(store.all().find(({ address }) => address === user())?.guid ?? '')!
  return ['msgfolderroot', 'deleteditems', 'tasks'].flatMap((name) => mailbox.folders.children(mailbox.folders.wellKnown(name)?.id ?? 0).map((one) => one.name))
}

async function saved(): Promise<string> {
  const [name = ''] = await readdir(join(home(), 'probes'))
  expect((await stat(join(home(), 'probes', name))).mode & 0o777).toBe(0o600)
  return readFile(join(home(), 'probes', name), 'utf8')
}

describe('mailvan probe microsoft-365', () => {
  it.each([80, 120])('shows what was measured within %i columns, and saves it without names', async (columns) => {
    const { exitCode, output } = await run(['--mailbox', user()], columns)
    expect(exitCode).toBe(0)
    for (const line of output.split('\n').filter((one) => !one.startsWith('/'))) expect(cellWidth(line)).toBeLessThanOrEqual(columns)
    expect(output).toMatch(/✓ {2}1 Size, session and pace of imports\n {7}A session lives 60 minutes/)
    expect(output).toMatch(/\? {2}2 Streams made by Mailvan: not measured\n {7}Needs --write: it imports some small messages into a hidden folder\./)
    expect(output).toMatch(/\d of 10 things measured\. Nothing was written\./)
    const text = await saved()
    expect(JSON.parse(text)).toMatchObject({ type: 'microsoft-365-probe', wrote: false, hosts: 'other', measurements: { length: 10 } })
    for (const name of [user(), sandbox.access.tenants[0]!.id, sandbox.access.tenants[0]!.domain]) expect(text).not.toContain(name)
  })

  it('writes when it is told to, removes everything, and says so in JSON', async () => {
    const before = foldersThere()
    const { exitCode, output } = await run([...writes(), '--json', '--names'])
    expect(exitCode).toBe(0)
    const lines = output.trim().split('\n').map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    expect(lines.map(({ type }) => type)).toEqual([...Array.from({ length: 10 }, () => 'measurement'), 'saved'])
    expect(lines[0]).toMatchObject({ number: 1, id: 'import-limits', state: 'measured', seen: { takenBytes: 1_000_000 } })
    expect(foldersThere()).toEqual(before)
    expect(JSON.parse(await saved())).toMatchObject({ tenantId: sandbox.access.tenants[0]!.id, mailboxes: [user()], wrote: true })
  })

  it('asks for one mailbox before it writes, and for writing before it imports a file', async () => {
    expect(await run(['--write'])).toMatchObject({ exitCode: 3, errors: expect.stringContaining('--write needs exactly one --mailbox') as string })
    expect(await run(['--write', '--mailbox', 'a@b', '--mailbox', 'c@d'])).toMatchObject({ exitCode: 3 })
    expect(await run(['--export-file', 'x'])).toMatchObject({ exitCode: 3, errors: expect.stringContaining('--export-file needs --write') as string })
    expect(await run([...writes(), '--export-file', join(folder, 'none')])).toMatchObject({ exitCode: 3, errors: expect.stringContaining('cannot be read (ENOENT)') as string })
  })

  it('ends with 2 when something could not be removed, and names it', async () => {
    const stop = withFaultsOf(sandbox, ({ method }) => (method === 'DELETE' ? { type: 'status', status: 403, error: { code: 'ErrorCannotDeleteObject', message: 'No.' } } : undefined))
    const { exitCode, output } = await run(writes(), 100)
    stop()
    expect(exitCode).toBe(2)
    expect(output.replace(/\n +/g, ' ')).toContain(`✗ the hidden folder "Mailvan probe (may be deleted)" in the mailbox of ${user()} could not be removed`)
    expect(output).toContain('could not be removed.')
    expect((await run(writes())).exitCode).toBe(0)
    expect(foldersThere().filter((name) => name.startsWith('Mailvan'))).toEqual([])
  })

  it.each([1, 3, 5])('removes what it has written when Ctrl-C comes after measurement %i, however long that takes', async (number) => {
    const before = foldersThere()
    // Longer than a command is usually given to end.
    const stop = withFaultsOf(sandbox, ({ method }) => (method === 'DELETE' ? { type: 'delay', delayMs: 2_000 } : undefined))
    const interruptWhen = (output: string): NodeJS.Signals | undefined => (output.includes(`"number":${number},`) ? 'SIGINT' : undefined)
    const ended = await runProgram(args(...writes(), '--json'), { interruptWhen })
    stop()
    expect(ended).toMatchObject({ exitCode: 2, errors: expect.stringContaining('what was written is being removed') as string })
    expect(ended.errors).toContain('What was measured until then is in')
    expect(foldersThere()).toEqual(before)
    expect((JSON.parse(await saved()) as { readonly measurements: readonly unknown[] }).measurements.length).toBeGreaterThanOrEqual(number)
  })
})
