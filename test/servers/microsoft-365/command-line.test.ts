import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cellWidth } from '../../../src/cli/output/terminal-text.ts'
import type { Sandbox } from '../../../src/sandbox/start-sandbox.ts'
import { addUser } from '../../../src/sandbox/tenant/create-tenant.ts'
import { runProgram } from '../../e2e/run-program.ts'
import { runProgramUntil } from '../../e2e/sandbox-process.ts'
import { runInProcess } from '../../unit/cli/run-in-process.ts'
import { keepEndpoints } from './endpoint-home.ts'
import { startReadySandbox } from './ready-sandbox.ts'

let sandbox: Sandbox
let folder: string
const defects: unknown[] = []

beforeAll(async () => {
  sandbox = await startReadySandbox({ tenants: ['contoso', 'fabrikam'], users: 3, messagesPerUser: 2 }, defects)
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-tenant-'))
  await keepEndpoints(join(folder, 'home'), sandbox.access)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

afterAll(async () => {
  await sandbox.close()
  expect(defects).toEqual([])
})

const file = (name: string) => join(folder, name)
const run = (args: readonly string[], columns?: number) => runInProcess([...args, '--home', file('home')], columns === undefined ? {} : { columns, env: { NO_COLOR: '1' } })
const jsonOf = (text: string) => text.trim().split('\n').map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
const tenantOf = (name: string) => sandbox.tenants.find(({ tenant }) => tenant.name === name)!
const userOf = (name: string, address: string) => tenantOf(name).tenant.directory.users.findBy('userPrincipalName', address)

describe('mailvan discover', () => {
  it('shows a table that fits the terminal, whatever people are called', async () => {
    const { tenant } = tenantOf('contoso')
    const hostile = 'Evil \u001b[31m\u202ename\r\n \u{1F469}\u200D\u{1F4BB} 田中太郎 with a very long name that goes on and on'
    addUser(tenant, { userPrincipalName: `evil@${tenant.initialDomain}`, displayName: hostile, mail: `evil@${tenant.initialDomain}`, proxyAddresses: [`SMTP:evil@${tenant.initialDomain}`] })
    for (const columns of [80, 140]) {
      const { output, exitCode } = await run(['discover', 'contoso'], columns)
      expect(exitCode).toBe(0)
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
      expect(output).toContain('3 mailboxes')
      expect(output).toContain('cannot be migrated: an address, but no mailbox')
      for (const line of output.split('\n')) expect(cellWidth(line)).toBeLessThanOrEqual(columns)
    }
    tenant.directory.users.update({ ...userOf('contoso', `evil@${tenant.initialDomain}`)!, deletedDateTime: '2026-01-01T00:00:00Z' })
  })

  it('gives JSON and a list, which match and migrate read', async () => {
    const { output } = await run(['discover', 'contoso', '--json', '--kind', 'user'])
    const mailboxes = jsonOf(output)
    expect(mailboxes).toHaveLength(3)
    expect(mailboxes[0]).toMatchObject({ type: 'mailbox', kind: 'user', licences: ['Microsoft 365 E3'], size: { items: expect.any(Number) } })
    const listed = await run(['discover', 'contoso', '--csv', file('mailboxes.csv')])
    expect(listed.output).toContain(`3 mailboxes written to ${file('mailboxes.csv')}`)
    expect((await readFile(file('mailboxes.csv'), 'utf8')).split('\r\n')[1]).toMatch(/^[\w.]+@contoso\.onmicrosoft\.com,m365:\/\/contoso\/[\w.]+@contoso\.onmicrosoft\.com,,/)
    const migrated = await run(['migrate', '--mailboxes', file('mailboxes.csv')])
    expect(migrated.errors).toContain('line 2: no target URL')
    const matched = jsonOf((await run(['match', file('mailboxes.csv'), 'fabrikam', '--map-domain', 'contoso.onmicrosoft.com=fabrikam.onmicrosoft.com', '--json'])).output)
    expect(matched.map(({ state }) => state)).toEqual(['matched', 'matched', 'matched'])
  })

  it('gives a long table whole, also into a pipe', async () => {
    const { tenant } = tenantOf('contoso')
    const many = Array.from({ length: 1_500 }, (_, i) => addUser(tenant, { userPrincipalName: `plain${i}@${tenant.initialDomain}`, displayName: `A plain account, the ${i}th` }))
    const { output } = await runProgram(['discover', 'contoso', '--kind', 'none', '--home', file('home')])
    expect(output.length).toBeGreaterThan(80_000)
    expect(output.split('\n').filter((line) => line.startsWith('plain'))).toHaveLength(1_500)
    expect(output).toMatch(/0 mailboxes; 1,501 users without one to migrate\n$/)
    for (const user of many) tenant.directory.users.update({ ...user, deletedDateTime: '2026-01-01T00:00:00Z' })
  })

  it('names an endpoint that is not there, and options that cannot be meant', async () => {
    expect(await run(['discover', 'nowhere'])).toMatchObject({ exitCode: 2, errors: expect.stringContaining('There is no endpoint "nowhere"') })
    expect(await run(['discover', 'contoso', '--kind', 'cat'])).toMatchObject({ exitCode: 3, errors: expect.stringContaining('"cat" is no kind of mailbox') })
  })
})

describe('mailvan match', () => {
  it('says who has an archive, which does not come along', async () => {
    const { tenant, store } = tenantOf('contoso')
    const user = [...tenant.directory.users.all()].find(({ userPrincipalName }) => userPrincipalName === sandbox.access.tenants[0]!.users[1])!
    store.create({ userId: user.id, address: user.userPrincipalName, kind: 'archive' })
    const { output } = await run(['match', 'contoso', 'fabrikam', '--map-domain', 'contoso.onmicrosoft.com=fabrikam.onmicrosoft.com'])
    expect(output).toContain(`1 of them has an in-place archive, which does not come along: an archive moves by a list of its own, whose sources and targets end in ?archive=1\n  ${user.userPrincipalName}\n`)
  })

  it('matches one tenant against another, and saves what people may edit', async () => {
    const pairs = file('pairs.csv')
    const map = ['--map-domain', 'contoso.onmicrosoft.com=fabrikam.onmicrosoft.com']
    const first = await run(['match', 'contoso', 'fabrikam', ...map, '--csv', pairs])
    expect(first).toMatchObject({ exitCode: 0, output: expect.stringContaining('3 matched: same') })
    const again = await run(['match', 'contoso', 'fabrikam', '--no-names', '--csv', pairs])
    expect(again).toMatchObject({ exitCode: 2, output: expect.stringContaining('3 without a user') })
    const text = await readFile(pairs, 'utf8')
    const [address] = sandbox.access.tenants[1]!.users
    await writeFile(pairs, text.replace(',,none,', `,${address},none,`))
    const third = await run(['match', 'contoso', 'fabrikam', '--no-names', '--csv', pairs])
    expect(third.output).toContain('1 by hand: chosen by hand')
    expect(await readFile(pairs, 'utf8')).toContain(`m365://fabrikam/${address},manual,chosen by hand`)
  })

  it('reads a list of logins, and says which rows are no good', async () => {
    await writeFile(file('people.csv'), 'Login;Password;Display name\nanna;hunter2;Anna New\n;x;Nobody\n')
    const { exitCode, output, errors } = await run(['match', file('people.csv'), 'fabrikam', '--source-url', 'imaps://{login}@old.example'])
    expect(exitCode).toBe(2)
    expect(errors).toContain('line 3: no login and no address')
    expect(output + errors).not.toContain('hunter2')
  })
})

describe('mailvan provision', () => {
  const people = (name: string, count: number) =>
    ['Login,Display name', ...Array.from({ length: count }, (_, i) => `${name}${i}@old.example,${name} number ${i}`)].join('\n')

  async function matched(name: string, count: number): Promise<string> {
    await writeFile(file('people.csv'), people(name, count))
    const args = ['match', file('people.csv'), 'fabrikam', '--map-domain', 'old.example=fabrikam.onmicrosoft.com', '--source-url', 'imaps://{login}@old.example', '--csv', file(`${name}.csv`)]
    expect(await run(args)).toMatchObject({ exitCode: 0, output: expect.stringContaining(`${count} to be made by "mailvan provision"`) })
    return file(`${name}.csv`)
  }

  it('shows the choice of licences, then what it would do, then does it, then finds nothing to do', async () => {
    const pairs = await matched('new', 4)
    const choice = await run(['provision', pairs, 'fabrikam'])
    expect(choice).toMatchObject({ exitCode: 3, errors: expect.stringMatching(/SPE_E3 \(Microsoft 365 E3, \d+ free\)/) })
    const dry = await run(['provision', pairs, 'fabrikam', '--licence', 'SPE_E3', '--dry-run'])
    expect(dry).toMatchObject({ exitCode: 0, output: expect.stringContaining('4 users would be made; 4 seats of Microsoft 365 E3 needed') })
    expect(userOf('fabrikam', 'new0@fabrikam.onmicrosoft.com')).toBeUndefined()
    expect(await run(['provision', pairs, 'fabrikam', '--licence', 'SPE_E3'])).toMatchObject({ exitCode: 3, errors: expect.stringContaining('--passwords FILE') })
    const done = await run(['provision', pairs, 'fabrikam', '--licence', 'SPE_E3', '--passwords', file('pw.csv')])
    expect(done).toMatchObject({ exitCode: 0, output: expect.stringContaining('4 of 4 mailboxes ready') })
    const passwords = await readFile(file('pw.csv'), 'utf8')
    expect((await stat(file('pw.csv'))).mode & 0o777).toBe(0o600)
    for (let i = 0; i < 4; i++) {
      const user = userOf('fabrikam', `new${i}@fabrikam.onmicrosoft.com`)
      expect(user?.displayName).toBe(`new number ${i}`)
      expect(passwords).toContain(`new${i}@fabrikam.onmicrosoft.com,${user?.password}\n`)
      expect(done.output + done.errors).not.toContain(user?.password)
    }
    const again = await run(['provision', pairs, 'fabrikam', '--licence', 'SPE_E3', '--json'])
    expect(jsonOf(again.output).map(({ state, wasMade, wasLicensed }) => [state, wasMade, wasLicensed])).toEqual(Array.from({ length: 4 }, () => ['ready', false, false]))
    expect((await run(['match', file('people.csv'), 'fabrikam', '--map-domain', 'old.example=fabrikam.onmicrosoft.com'])).output).toContain('4 matched: same')
  })

  it('goes on after it was killed in the middle', async () => {
    const count = 60
    const pairs = await matched('kill', count)
    const args = ['provision', pairs, 'fabrikam', '--licence', 'SPE_E3', '--passwords', file('pw.csv'), '--home', file('home')]
    const made = () => Array.from({ length: count }, (_, i) => userOf('fabrikam', `kill${i}@fabrikam.onmicrosoft.com`)).filter((user) => user !== undefined)
    expect(await runProgramUntil(args, () => made().length >= 10)).toBe('SIGKILL')
    const before = made().length
    expect(before).toBeLessThan(count)
    const resumed = await runProgram(args)
    expect(resumed).toMatchObject({ exitCode: 0, output: expect.stringContaining(`${count} of ${count} mailboxes ready`) })
    const passwords = new Map((await readFile(file('pw.csv'), 'utf8')).trim().split('\n').map((line) => line.split(',') as [string, string]))
    expect(passwords.size).toBe(count + 1)
    for (const { userPrincipalName, password, assignedLicenses } of made()) {
      expect(password).toBe(passwords.get(userPrincipalName))
      expect(assignedLicenses).toHaveLength(1)
    }
    expect(resumed.output + resumed.errors).not.toContain([...passwords.values()][1])
  })

  it('gives mailboxes their old addresses, and shows them beforehand', async () => {
    const [source, target] = [sandbox.access.tenants[0]!.users[0]!, sandbox.access.tenants[1]!.users[0]!]
    const alias = 'X500:/o=\u202eOld/cn=anna'
    const { users } = tenantOf('contoso').tenant.directory
    const before = userOf('contoso', source)!
    users.update({ ...before, proxyAddresses: [...before.proxyAddresses, alias] })
    await writeFile(file('old.csv'), `source,target\nm365://contoso/${source},m365://fabrikam/${target}\nm365://contoso/nobody@contoso.onmicrosoft.com,other@fabrikam.onmicrosoft.com\nm365://contoso/${source}?archive=1,m365://fabrikam/${target}\nm365://contoso/${source},third@fabrikam.onmicrosoft.com\n`)
    const args = ['provision', file('old.csv'), 'fabrikam', '--old-addresses']
    const dry = await run([...args, '--dry-run'], 80)
    expect(dry.output).toContain(`${target}\n  + X500:/o=ExchangeLabs/`)
    expect(dry.output).toContain('  + X500:/o=\\u{202e}Old/cn=anna\n')
    expect(dry.output).toContain(`  - smtp:${source} (no domain of the tenant)`)
    expect(dry.output).toContain('2 addresses would be added to 1 mailbox. Nothing was changed.')
    expect(dry.errors).toContain('line 5: the same source as in line 2, with another target')
    expect(userOf('fabrikam', target)?.proxyAddresses).toHaveLength(1)
    for (const columns of [80, 120]) {
      const { output, exitCode } = await run(args, columns)
      expect(exitCode).toBe(2)
      expect(output).toContain('Exchange finds no mailbox of nobody@contoso.onmicrosoft.com in the tenant of contoso.')
      expect(output).toContain('1 of 2 mailboxes with all that they can have, 1 failed.')
      for (const line of output.split('\n').slice(0, 3)) expect(cellWidth(line)).toBeLessThanOrEqual(columns)
    }
    expect(userOf('fabrikam', target)?.proxyAddresses).toContain(alias)
    const lines = jsonOf((await run([...args, '--json'])).output)
    expect(lines).toMatchObject([
      { type: 'faultyRow', line: 5 },
      { type: 'oldAddresses', line: 2, address: target, state: 'complete', added: [], present: [expect.stringContaining('X500:/o=ExchangeLabs'), alias] },
      { type: 'oldAddresses', line: 3, state: 'failed', errors: [{ code: 'provision.no-mailbox' }] },
    ])
    expect(await run([...args, '--licence', 'SPE_E3'])).toMatchObject({ exitCode: 3, errors: expect.stringContaining('--licence has no meaning beside it') })
  })

  it('ends with 1 when somebody cannot be provided for, and with 2 when a row is no good', async () => {
    await writeFile(file('mixed.csv'), 'source,target,display_name\nimaps://a@o,m365://fabrikam/fine@fabrikam.onmicrosoft.com,Fine\nimaps://b@o,m365://fabrikam/b@foreign.example,B\n')
    const args = ['provision', file('mixed.csv'), 'fabrikam', '--licence', 'SPE_E3', '--passwords', file('pw.csv')]
    expect(await run(args)).toMatchObject({ exitCode: 1, output: expect.stringContaining("b@foreign.example cannot be made: its domain is none of the tenant's verified ones.") })
    await writeFile(file('other.csv'), 'source,target\nimaps://a@o,m365://contoso/fine@fabrikam.onmicrosoft.com\nimaps://b@o,imaps://b@n\nimaps://c@o,fine@fabrikam.onmicrosoft.com\n')
    const other = await run(['provision', file('other.csv'), 'fabrikam', '--licence', 'SPE_E3'])
    expect(other.exitCode).toBe(2)
    expect(other.errors).toContain('line 2: the target is a mailbox of the endpoint contoso, not of fabrikam')
    expect(other.errors).toContain('line 3: the target is no mailbox of Microsoft 365')
    expect(other.output).toContain('1 of 1 mailbox ready')
  })
})
