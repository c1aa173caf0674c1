import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './run-program.ts'
import { runProgramUntil, type SandboxProcess, startSandboxProcess } from './sandbox-process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function tokenOf({ ready }: SandboxProcess): Promise<string> {
  const [tenant] = ready.tenants
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: tenant!.clientId,
    client_secret: tenant!.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  })
  const answer = await fetch(`${tenant!.authority}/oauth2/v2.0/token`, { method: 'POST', body })
  return ((await answer.json()) as { access_token: string }).access_token
}

async function get(url: string, token: string): Promise<Record<string, never>> {
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } })
  return (await answer.json()) as Record<string, never>
}

describe('mailvan sandbox', () => {
  test('says where everything is, shows its page, and leaves nothing behind', async () => {
    const sandbox = await startSandboxProcess(['--tenant', 'contoso', '--tenant', 'fabrikam', '--users', '2', '--messages', '20', '--http'])
    const { ready } = sandbox
    expect(ready).toMatchObject({ type: 'ready', imap: { security: 'plain' }, tenants: [{ domain: 'contoso.onmicrosoft.com' }, { name: 'fabrikam' }] })
    expect(ready.tenants.map(({ users }) => users.length)).toEqual([2, 2])
    const page = await (await fetch(ready.page)).text()
    expect(page).toContain('anna.berg@contoso.onmicrosoft.com')
    expect(page).toContain('Empty: nothing would have been sent to anybody.')
    const guid = /\/mailboxes\/([0-9a-f-]+)/.exec(page)![1]!
    const mailbox = await (await fetch(`${ready.page}mailboxes/${guid}`)).text()
    const item = /\/mailboxes\/[0-9a-f-]+\/items\/\d+/.exec(mailbox)![0]
    expect((await fetch(new URL(item, ready.page))).status).toBe(200)
    expect((await fetch(new URL('/mailboxes/none', ready.page))).status).toBe(404)
    expect(await sandbox.stop()).toBe(0)
  })

  test('speaks HTTPS by an authority whose file goes with it', async () => {
    const sandbox = await startSandboxProcess(['--users', '0'])
    const file = sandbox.ready.authorityFile!
    expect(existsSync(file)).toBe(true)
    await expect(fetch(sandbox.ready.page)).rejects.toThrow()
    expect(await sandbox.stop()).toBe(0)
    expect(existsSync(file)).toBe(false)
  })

  test('keeps its tenants in a folder: ids, secret and mail are the same the next time', async () => {
    const args = ['--users', '1', '--messages', '10', '--http', '--folder', join(folder, 'kept')]
    const first = await startSandboxProcess(args)
    const users = await get(`${first.ready.graph}/v1.0/users/${first.ready.tenants[0]!.users[0]}/settings/exchange`, await tokenOf(first))
    expect(await first.stop()).toBe(0)
    const again = await startSandboxProcess(args)
    expect(again.ready.tenants[0]).toMatchObject({
      id: first.ready.tenants[0]!.id,
      clientSecret: first.ready.tenants[0]!.clientSecret,
      users: first.ready.tenants[0]!.users,
    })
    const same = await get(`${again.ready.graph}/v1.0/users/${again.ready.tenants[0]!.users[0]}/settings/exchange`, await tokenOf(again))
    expect(same['primaryMailboxId']).toBe(users['primaryMailboxId'])
    expect(await again.stop()).toBe(0)
  })

  test('a kept folder belongs to one sandbox at a time', async () => {
    const args = ['--users', '1', '--messages', '1', '--http', '--folder', join(folder, 'shared')]
    const first = await startSandboxProcess(args)
    const second = await runProgram(['sandbox', '--port', '0', ...args])
    expect(second.exitCode).toBe(2)
    expect(second.errors).toMatch(/^mailvan: Another sandbox works with \S+contoso\.tenant\.db\.\n {2}End that one first/)
    expect((await fetch(first.ready.page)).status).toBe(200)
    expect(await first.stop()).toBe(0)
    const third = await startSandboxProcess(args)
    expect(await third.stop()).toBe(0)
  })

  test('a tenant that was cut short while it was made is made anew, whole', async () => {
    const kept = join(folder, 'cut')
    const args = ['--users', '8', '--messages', '150', '--http', '--folder', kept]
    const cut = await runProgramUntil(['sandbox', '--port', '0', ...args], () => existsSync(join(kept, 'contoso.tenant.db.making')))
    expect(cut).toBe('SIGKILL')
    expect(existsSync(join(kept, 'contoso.tenant.db'))).toBe(false)
    const sandbox = await startSandboxProcess(args)
    expect(new Set(sandbox.ready.tenants[0]!.users).size).toBe(8)
    expect(sandbox.ready.tenants[0]!.users).toHaveLength(8)
    expect(await sandbox.stop()).toBe(0)
    expect(readdirSync(kept).filter((name) => name.includes('making'))).toEqual([])
  })

  test('says so when the file that tells how to sign in is gone', async () => {
    const kept = join(folder, 'no-access')
    const args = ['--users', '0', '--http', '--folder', kept]
    expect(await (await startSandboxProcess(args)).stop()).toBe(0)
    await rm(join(kept, 'contoso.access.json'))
    const result = await runProgram(['sandbox', '--port', '0', ...args])
    expect(result.exitCode).toBe(2)
    expect(result.errors).toContain('which says how to sign in to the kept tenant, is not there.')
  })

  test.each([
    [['--profile', 'nasty'], 3, 'There is no profile "nasty"'],
    [['--tenant', 'con toso'], 3, 'cannot be the name of a tenant'],
    [['--tenant', 'a', '--tenant', 'A'], 3, 'Two tenants have the same name'],
    [['--users', '-1'], 3, '--users takes a whole number'],
    [['--folder', '/dev/null/x'], 2, 'cannot write into its folder'],
  ])('refuses %j in one sentence', async (args, exitCode, sentence) => {
    const result = await runProgram(['sandbox', '--port', '0', ...args])
    expect(result).toMatchObject({ exitCode })
    expect(result.errors).toContain(sentence)
    expect(result.errors).not.toMatch(/ at .*\.ts/)
  })

  test('says that its port is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const result = await runProgram(['sandbox', '--users', '0', '--port', String(port)])
    server.close()
    expect(result.exitCode).toBe(2)
    expect(result.errors).toContain(`Port ${port} or the one after it is taken`)
  })
})
