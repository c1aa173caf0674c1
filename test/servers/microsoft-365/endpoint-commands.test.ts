import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandRig } from './command-rig.ts'

let rig: CommandRig

beforeAll(async () => {
  rig = await CommandRig.start()
})

afterAll(async () => {
  await rig.close()
  expect(rig.defects).toEqual([])
})

/** Every file of the home in one text. */
async function homeText(): Promise<string> {
  const names = await readdir(rig.home, { recursive: true, withFileTypes: true })
  const files = names.filter((one) => one.isFile() && one.name !== 'endpoint-key')
  return (await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'latin1')))).join('\n')
}

describe('mailvan endpoint', () => {
  it('sets a tenant up, looks at it, and removes everything again', async () => {
    const made = await rig.run(['endpoint', 'bootstrap', 'target', '--tenant', rig.tenant.domain, '--side', 'target', '--without', 'provisioning', ...rig.hosts])
    expect(made, made.output + made.errors).toMatchObject({ exitCode: 0, errors: '' })
    expect(made.output).toContain('Sign in as a Global Administrator of the tenant')
    expect(made.output).toContain('MailboxItem.ImportExport.All was granted.')
    expect(made.output).toContain("The administrator's sign-in was forgotten.")
    expect(made.output).toContain(`What was called is in ${join(rig.home, 'endpoints/target.calls.jsonl')}.`)

    const shown = (await rig.lines(['endpoint', 'show', 'target']))[0]
    expect(shown).toMatchObject({ name: 'target', tenantId: rig.tenant.id, cloud: 'worldwide', app: { isOurs: true }, credential: { type: 'certificate' } })
    expect((await rig.run(['endpoint', 'show', 'target'])).output).toContain('made by Mailvan')
    expect((await rig.run(['endpoint', 'list'])).output).toMatch(/target +\S+ +worldwide +target/)

    const checked = await rig.run(['endpoint', 'check', 'target'])
    expect(checked, checked.output).toMatchObject({ exitCode: 0 })
    expect(checked.output).toMatch(/✓ import\/export/)
    expect(checked.output).toContain('The endpoint target is as it should be.')

    expect(await homeText()).not.toMatch(/PRIVATE KEY|eyJ[\w-]+\.eyJ/)
    const left = await rig.run(['endpoint', 'remove', 'target'])
    expect(left).toMatchObject({ exitCode: 2 })
    expect(left.errors).toContain('is still in the tenant')
    const cleaned = await rig.run(['endpoint', 'clean-up', 'target'])
    expect(cleaned, cleaned.errors).toMatchObject({ exitCode: 0 })
    expect((await rig.run(['endpoint', 'list'])).output).toContain('There is no endpoint yet')
    expect([...(rig.sandbox.tenants[0]?.tenant.directory.applications.all() ?? [])].filter(({ tags }) => tags.includes('mailvan'))).toEqual([])
  })

  it('limits an app to some mailboxes by a script, which it keeps in mind and forgets again', async () => {
    await rig.run(['endpoint', 'bootstrap', 'few', '--tenant', rig.tenant.domain, '--side', 'source', '--work', 'items,settings', ...rig.hosts])
    expect((await rig.run(['endpoint', 'scope', 'few'])).output).toBe('The endpoint few has no scope: its app is to reach every mailbox of the tenant.\n')
    const set = await rig.run(['endpoint', 'scope', 'few', '--group', 'movers@contoso.com'])
    expect(set).toMatchObject({ exitCode: 0, errors: '' })
    expect(set.output).toMatch(/MailboxItem\.Export\.All +Application MailboxItem\.Export\n/)
    expect(set.output).toMatch(/User\.Read\.All +it is about the directory/)
    expect(set.output).toContain("Get-Group -Identity 'movers@contoso.com'")
    expect((await rig.run(['endpoint', 'scope', 'few'])).output).toBe(set.output)
    expect((await rig.lines(['endpoint', 'show', 'few']))[0]).toMatchObject({ scope: { type: 'group', group: 'movers@contoso.com' } })
    const [shown, script] = await rig.lines(['endpoint', 'scope', 'few'])
    expect(shown).toMatchObject({ type: 'scope', name: 'few', limited: expect.arrayContaining([{ permission: 'MailboxItem.Read.All', role: 'Application MailboxItem.Read' }]) as unknown[], tenantWide: [{ permission: 'User.Read.All' }] })
    expect(script).toMatchObject({ type: 'script' })
    const checked = await rig.run(['endpoint', 'check', 'few'])
    expect(checked.exitCode).toBe(2)
    expect(checked.output).toContain('granted for the whole tenant, so that the scope limits nothing')
    expect(await rig.run(['endpoint', 'scope', 'few', '--group', 'x', '--tenant-wide'])).toMatchObject({ exitCode: 3 })
    expect((await rig.run(['endpoint', 'scope', 'few', '--tenant-wide'])).output).toContain('New-MgServicePrincipalAppRoleAssignedTo')
    expect(await rig.run(['endpoint', 'check', 'few'])).toMatchObject({ exitCode: 0, output: expect.stringContaining('reaches every mailbox of the tenant') as string })
    await rig.run(['endpoint', 'clean-up', 'few'])
  })

  it('keeps an app that was registered by hand, its secret from the environment or a file and never from an argument', async () => {
    const args = ['endpoint', 'add', 'byhand', '--tenant', rig.tenant.id, '--side', 'both', '--also', 'imap', '--client-id', rig.tenant.clientId, ...rig.hosts]
    const none = await rig.run(args)
    expect(none).toMatchObject({ exitCode: 2 })
    expect(none.errors).toContain('There is neither a certificate nor a client secret.')
    const onLine = await rig.run([...args, '--secret', rig.tenant.clientSecret])
    expect(onLine).toMatchObject({ exitCode: 3 })
    expect(onLine.errors + onLine.output).not.toContain(rig.tenant.clientSecret)
    const added = await rig.run(args, { MAILVAN_CLIENT_SECRET: rig.tenant.clientSecret })
    expect(added, added.errors).toMatchObject({ exitCode: 0 })
    expect(added.output).not.toContain(rig.tenant.clientSecret)
    expect(await homeText()).not.toContain(rig.tenant.clientSecret)
    const checked = await rig.lines(['endpoint', 'check', 'byhand', '--mailbox', rig.tenant.users[0] ?? ''])
    expect(checked.filter(({ state }) => state === 'bad')).toEqual([])
    expect(checked.find(({ name }) => name === 'imap')).toMatchObject({ state: 'good' })

    const file = join(rig.folder, 'secret')
    await writeFile(file, 'wr0ng\n')
    expect((await rig.run([...args, '--secret-file', file])).exitCode).toBe(0)
    const failing = await rig.run(['endpoint', 'check', 'byhand'])
    expect(failing).toMatchObject({ exitCode: 2 })
    expect(failing.output).toContain('The client secret is wrong (AADSTS7000215)')
    expect(failing.output).not.toContain('wr0ng')
    expect((await rig.run(['endpoint', 'remove', 'byhand'])).exitCode).toBe(0)
  })

  it('keeps how a sandbox differs in what it lets in, and knows nothing of it for Microsoft', async () => {
    const secret = { MAILVAN_CLIENT_SECRET: rig.tenant.clientSecret }
    const add = (...more: readonly string[]) => rig.run(['endpoint', 'add', 'scaled', '--tenant', rig.tenant.id, '--client-id', rig.tenant.clientId, '--side', 'both', ...more], secret)
    expect(await add(...rig.hosts, '--time-factor', '20', '--limit-percent', '50')).toMatchObject({ exitCode: 0 })
    expect((await rig.lines(['endpoint', 'show', 'scaled']))[0]).toMatchObject({ hosts: { pace: { timeFactor: 20, limitPercent: 50 } } })
    expect(await add('--time-factor', '30')).toMatchObject({ exitCode: 0 })
    expect((await rig.run(['endpoint', 'show', 'scaled'])).output).toContain("its clock goes 30 times as fast, and it lets in 50 % of Microsoft's limits")
    expect((await add('--limit-percent', '0')).errors).toContain('--limit-percent: "0" is not a whole number from 1 to 100.')
    await rig.run(['endpoint', 'remove', 'scaled'])
    expect((await add('--time-factor', '20')).errors).toContain("Microsoft's limits are the same for everybody.")
  })

  it('rotates the key that seals, and takes it from the environment', async () => {
    const args = ['endpoint', 'add', 'sealed', '--tenant', rig.tenant.id, '--side', 'source', '--client-id', rig.tenant.clientId, ...rig.hosts]
    await rig.run(args, { MAILVAN_CLIENT_SECRET: rig.tenant.clientSecret })
    const before = await readFile(join(rig.home, 'endpoints/sealed.json'), 'utf8')
    expect((await rig.run(['endpoint', 'rotate-key'])).output).toContain('The secrets of 1 endpoint are sealed by a new key.')
    expect(await readFile(join(rig.home, 'endpoints/sealed.json'), 'utf8')).not.toBe(before)
    const MAILVAN_KEY = Buffer.alloc(32, 7).toString('base64')
    expect((await rig.run(['endpoint', 'rotate-key'], { MAILVAN_KEY })).exitCode).toBe(0)
    const locked = await rig.run(['endpoint', 'show', 'sealed'])
    expect(locked).toMatchObject({ exitCode: 2 })
    expect(locked.errors).toContain('were sealed by another key')
    expect((await rig.run(['endpoint', 'show', 'sealed'], { MAILVAN_KEY })).exitCode).toBe(0)
    expect((await rig.run(['endpoint', 'remove', 'sealed'], { MAILVAN_KEY })).exitCode).toBe(0)
  })

  it('prints what an administrator does by hand, and takes what comes of it', async () => {
    const tenant = ['--tenant', rig.tenant.id, '--side', 'target', '--work', 'items,imap', ...rig.hosts]
    const [script] = (await rig.lines(['endpoint', 'bootstrap', 'hand', '--by-hand', ...tenant])).filter(({ type }) => type === 'script')
    expect(script?.['script']).toContain('New-MgApplication')
    const kept = await rig.run(['endpoint', 'bootstrap', 'hand', '--by-hand', '--client-id', rig.tenant.clientId, '--principal-id', rig.tenant.servicePrincipalId, '--imap-mailbox', 'anna@contoso.example'])
    expect(kept, kept.errors).toMatchObject({ exitCode: 0 })
    expect(kept.output).toContain(`New-ServicePrincipal -AppId '${rig.tenant.clientId}' -ObjectId '${rig.tenant.servicePrincipalId}'`)
    expect(kept.output).toContain("Add-MailboxPermission -Identity 'anna@contoso.example'")
    const [page] = await rig.lines(['endpoint', 'consent', 'hand', '--print'])
    expect(page?.['page']).toBe(`${rig.sandbox.access.signIn}/${rig.tenant.id}/adminconsent?client_id=${rig.tenant.clientId}`)
    const consented = await rig.run(['endpoint', 'consent', 'hand'])
    expect(consented, consented.errors).toMatchObject({ exitCode: 0 })
    expect(consented.output).toContain('What the app asks for was granted.')
    rig.consent = 'decline'
    const declined = await rig.run(['endpoint', 'consent', 'hand'])
    rig.consent = 'accept'
    expect(declined).toMatchObject({ exitCode: 2 })
    expect(declined.errors).toContain('The consent was declined')
    // The certificate that was made for the script is not the one of the app that the test took instead.
    const checked = await rig.run(['endpoint', 'check', 'hand'])
    expect(checked.output).toContain('The certificate is not the one that is registered with the app')
    expect((await rig.run(['endpoint', 'remove', 'hand'])).exitCode).toBe(0)
  })

  it('tells what cannot be meant before it asks anybody', async () => {
    const tenant = ['--tenant', rig.tenant.id, '--side', 'target']
    const cases: readonly (readonly [args: readonly string[], exitCode: number, words: string])[] = [
      [['endpoint', 'bootstrap', 'Bad Name', ...tenant], 3, 'cannot be the name of an endpoint'],
      [['endpoint', 'bootstrap', 'x', '--side', 'target', ...rig.hosts], 3, '--tenant is missing'],
      [['endpoint', 'bootstrap', 'x', '--tenant', rig.tenant.id, ...rig.hosts], 3, '--side is missing'],
      [['endpoint', 'bootstrap', 'x', ...tenant, ...rig.hosts, '--work', 'magic'], 3, '"magic" is no work'],
      [['endpoint', 'bootstrap', 'x', ...tenant, '--graph', 'https://graph.example'], 3, 'given all together'],
      [['endpoint', 'bootstrap', 'x', ...tenant, ...rig.hosts, '--cloud', 'germany'], 2, 'was closed on 29 October 2021'],
      [['endpoint', 'bootstrap', 'x', ...tenant, ...rig.hosts, '--cloud', 'gcc-high'], 2, 'is in the world-wide cloud, not in GCC High'],
      [['endpoint', 'bootstrap', 'x', '--tenant', 'nowhere.example', '--side', 'target', ...rig.hosts], 2, 'No cloud of Microsoft knows the tenant'],
      [['endpoint', 'bootstrap', 'x', ...tenant, ...rig.hosts, '--imap-mailbox', 'a@b.example'], 3, 'not among the chosen work'],
      [['endpoint', 'bootstrap', 'x', ...tenant, ...rig.hosts, '--ca', join(rig.folder, 'nothing')], 3, 'cannot be read (ENOENT)'],
      [['endpoint', 'bootstrap', 'x', ...tenant, ...rig.hosts, '--port', '99999'], 3, 'is no port'],
      [['endpoint', 'check', 'nothing'], 2, 'There is no endpoint "nothing" yet.'],
    ]
    for (const [args, exitCode, words] of cases) {
      const outcome = await rig.run(args)
      expect(outcome.errors, args.join(' ')).toContain(words)
      expect(outcome.exitCode, args.join(' ')).toBe(exitCode)
    }
  })

  it('needs the authority of the hosts to be named', async () => {
    const hosts = rig.hosts.filter((one) => one !== '--ca' && one !== rig.sandbox.access.authorityFile)
    const outcome = await rig.run(['endpoint', 'bootstrap', 'x', '--tenant', rig.tenant.id, '--side', 'target', ...hosts])
    expect(outcome).toMatchObject({ exitCode: 2 })
    expect(outcome.errors).toMatch(/is signed by an authority that this machine does not know|comes without the certificates/)
    expect(outcome.errors).toContain('--ca FILE')
  })
})
