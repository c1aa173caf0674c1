import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GraphAnswer } from '../../../../src/connectors/kit/microsoft/graph-client.ts'
import { makeInitialPassword } from '../../../../src/control/microsoft-365/provision/initial-password.ts'
import { PasswordFile } from '../../../../src/control/microsoft-365/provision/password-file.ts'
import { toMailNickname } from '../../../../src/control/microsoft-365/provision/provide-person.ts'
import { isNameTaken, isPasswordRefusal, provisionError } from '../../../../src/control/microsoft-365/provision/provision-refusals.ts'

const refusal = (message: string): GraphAnswer => ({ status: 400, headers: {}, body: new Uint8Array(), json: { error: { code: 'Request_BadRequest', message } } })

describe('a refusal of the directory', () => {
  it.each([
    ['Another object with the same value for property userPrincipalName already exists.', 'provision.address-taken'],
    ['Another object with the same value for property proxyAddresses already exists.', 'provision.address-taken'],
    ['The specified password does not comply with password complexity requirements. Please provide a different password.', 'provision.password-refused'],
    ['The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.', 'provision.domain-foreign'],
    ['Property userPrincipalName is invalid.', 'provision.address-invalid'],
    ["Invalid value specified for property 'mailNickname' of resource 'User'.", 'provision.address-invalid'],
    ["Invalid value specified for property 'usageLocation' of resource 'User'.", 'provision.usage-location'],
    ['License assignment cannot be done for user with invalid usage location.', 'provision.usage-location'],
    ['Subscription with SkuId 05e9a617-0261-4cee-bb44-138d3ef5d965 does not have any available licenses.', 'provision.no-seats'],
    ['License assignment failed because service plans EXCHANGE_S_STANDARD, EXCHANGE_S_ENTERPRISE are mutually exclusive.', 'provision.licence-conflict'],
    ['License assignment failed because service plan 113feb6c depends on the service plan(s) 9aaf7827.', 'provision.licence-conflict'],
    ['Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.', 'provision.synchronised'],
    ['Something that nobody has seen yet.', 'graph.refused'],
  ])('%s', (text, code) => {
    const error = provisionError('anna@contoso.com', refusal(text), 'User.ReadWrite.All')
    expect(error.code).toBe(code)
    expect(error.message).toMatch(/^[^.]*(?:\.[^ .][^.]*)*\.$/)
    if (code.startsWith('provision.')) expect(error.message).toContain('anna@contoso.com')
    expect(error.hint).not.toBe('')
    expect(isPasswordRefusal(refusal(text))).toBe(code === 'provision.password-refused')
    expect(isNameTaken(refusal(text))).toBe(text.includes('property userPrincipalName already'))
  })
})

describe('an initial password', () => {
  it('has three kinds of characters and is never the same', () => {
    const passwords = Array.from({ length: 500 }, () => makeInitialPassword(randomBytes))
    for (const password of passwords) {
      expect(password).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{5}(?:-[a-km-zA-HJ-NP-Z2-9]{5}){3}$/)
      for (const kind of [/[a-z]/, /[A-Z]/, /\d/]) expect(password).toMatch(kind)
    }
    expect(new Set(passwords).size).toBe(500)
  })

  it('uses every character as often as another', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 5_000; i++) for (const character of makeInitialPassword(randomBytes).replaceAll('-', '')) counts.set(character, (counts.get(character) ?? 0) + 1)
    const even = 100_000 / counts.size
    for (const count of counts.values()) expect(Math.abs(count - even) / even).toBeLessThan(0.2)
  })
})

describe('the file of passwords', () => {
  let folder: string
  const file = () => join(folder, 'pw.csv')
  let made = 0
  const open = () => PasswordFile.open(file(), () => `pw-${++made}`)

  beforeEach(async () => {
    made = 0
    folder = await mkdtemp(join(tmpdir(), 'mailvan-passwords-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is its owner’s alone, holds each password before it is given, and gives the same one again', async () => {
    const passwords = await open()
    await expect(stat(file())).rejects.toThrow('ENOENT')
    const all = await Promise.all(['A@x', 'b@x', 'a@X'].map((address) => passwords.ensure(address)))
    expect(all).toEqual(['pw-1', 'pw-2', 'pw-1'])
    expect(await readFile(file(), 'utf8')).toBe('address,password\na@x,pw-1\nb@x,pw-2\n')
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    // Not closed, as after a kill.
    expect(await (await open()).ensure('b@x')).toBe('pw-2')
    await passwords.close()
  })

  it('forgets a line that was cut short, what was replaced, and who was not made', async () => {
    await writeFile(file(), 'address,password\na@x,pw-a\nb@x,pw', { mode: 0o600 })
    const passwords = await open()
    expect([await passwords.ensure('a@x'), await passwords.ensure('b@x'), await passwords.renew('b@x'), await passwords.ensure('c@x')]).toEqual(['pw-a', 'pw-1', 'pw-2', 'pw-3'])
    passwords.drop('c@x')
    await passwords.close()
    expect(await readFile(file(), 'utf8')).toBe('address,password\na@x,pw-a\nb@x,pw-2\n')
    expect((await stat(file())).mode & 0o777).toBe(0o600)
  })

  it('is not used when others may read it, nor when it is something else', async () => {
    await writeFile(file(), 'address,password\n')
    await chmod(file(), 0o644)
    await expect(open()).rejects.toMatchObject({ code: 'provision.passwords-exposed' })
    await chmod(file(), 0o600)
    await writeFile(file(), 'source,target\n')
    await expect(open()).rejects.toMatchObject({ code: 'provision.passwords-unusable' })
    await expect(PasswordFile.open(join(folder, 'no', 'such', 'pw.csv'), () => 'x').then((one) => one.ensure('a@x'))).rejects.toMatchObject({ code: 'provision.passwords-unusable' })
  })
})

it.each([
  ['anna@contoso.com', 'anna'],
  ['änna o(x)@contoso.com', 'nnaox'],
  ['@contoso.com', 'user'],
  [`${'a'.repeat(70)}@contoso.com`, 'a'.repeat(64)],
])('the nickname of %s is %s', (address, nickname) => {
  expect(toMailNickname(address)).toBe(nickname)
})
