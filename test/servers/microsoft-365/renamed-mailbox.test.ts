import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/start-sandbox.ts'
import { addUser } from '../../../src/sandbox/tenant/create-tenant.ts'
import { runInProcess } from '../../unit/cli/run-in-process.ts'
import { keepEndpoints } from './endpoint-home.ts'
import { startReadySandbox } from './ready-sandbox.ts'

let sandbox: Sandbox
let folder: string
const defects: unknown[] = []

beforeAll(async () => {
  sandbox = await startReadySandbox({ tenants: ['contoso', 'fabrikam'], users: 1, messagesPerUser: 12 }, defects)
  folder = await mkdtemp(join(tmpdir(), 'mailvan-renamed-'))
  await keepEndpoints(join(folder, 'home'), sandbox.access)
})

afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
  expect(defects).toEqual([])
})

const [from, into] = ['contoso', 'fabrikam'] as const
const tenantOf = (name: string) => sandbox.tenants.find(({ tenant }) => tenant.name === name)!
const addressOf = (name: string) => sandbox.access.tenants.find((tenant) => tenant.name === name)!.users[0]!

async function run(command: string, source: string, target: string) {
  const { exitCode, output, errors } = await runInProcess([command, source, target, '--json', '--home', join(folder, 'home')])
  const lines = output.trim().split('\n').map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  return { exitCode, errors, lines, summary: lines.at(-1) }
}

/** As an administrator changes it; the mailbox stays the same. */
function rename(tenantName: string, old: string, address: string): void {
  const { tenant, store } = tenantOf(tenantName)
  const user = tenant.directory.users.findBy('userPrincipalName', old)!
  tenant.directory.users.update({ ...user, userPrincipalName: address, mail: address, proxyAddresses: [`SMTP:${address}`] })
  store.setAddress(user.id, address)
}

it('a pair whose addresses changed on both sides goes on where it was', async () => {
  const [source, target] = [addressOf(from), addressOf(into)]
  const first = await run('migrate', `m365://${from}/${source}`, `m365://${into}/${target}`)
  expect(first.exitCode).toBe(0)
  rename(from, source, `moved.${source}`)
  rename(into, target, `moved.${target}`)
  const pair = [`m365://${from}/moved.${source}`, `m365://${into}/moved.${target}`] as const
  expect((await run('plan', ...pair)).summary).toMatchObject({ counts: { create: 0 } })
  expect((await run('verify', ...pair)).exitCode).toBe(0)
  const again = await run('migrate', ...pair)
  expect(again.exitCode).toBe(0)
  expect(again.lines.filter(({ type }) => type === 'passStarted')).toMatchObject([{ pass: 3 }])
  expect(again.summary).toMatchObject({ counts: { migrated: 0 } })
  rename(from, `moved.${source}`, source)
  rename(into, `moved.${target}`, target)
})

it('mail out of a mailbox whose address changed goes on where it was', async () => {
  const source = addressOf(from)
  const archive = `eml:${join(folder, 'archive')}`
  expect((await run('migrate', `m365://${from}/${source}`, archive)).summary).toMatchObject({ counts: { migrated: 12 } })
  rename(from, source, `moved.${source}`)
  const again = await run('migrate', `m365://${from}/moved.${source}`, archive)
  expect(again.summary).toMatchObject({ counts: { migrated: 0 } })
  expect(again.lines.filter(({ type }) => type === 'passStarted')).toMatchObject([{ pass: 2 }])
})

it('an address that belongs to somebody else now is refused, and nothing is written there', async () => {
  const { tenant, store } = tenantOf(into)
  const target = addressOf(into)
  const address = `anew@${tenant.initialDomain}`
  const source = `eml:${join(folder, 'archive')}`
  const person = () => addUser(tenant, { userPrincipalName: address, displayName: 'Anew', mail: address, proxyAddresses: [`SMTP:${address}`] })
  store.create({ userId: person().id, address })
  expect((await run('migrate', source, `m365://${into}/${address}`)).exitCode).toBe(0)
  rename(into, address, `gone.${target}`)
  const other = store.create({ userId: person().id, address })
  for (const command of ['plan', 'verify', 'migrate']) {
    const refused = await run(command, source, `m365://${into}/${address}`)
    expect({ command, exitCode: refused.exitCode }).toEqual({ command, exitCode: 2 })
    expect(refused.errors).toContain('is another mailbox than in the passes before')
  }
  expect(other.itemsTotal).toBe(0)
})
