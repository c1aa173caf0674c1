import { describe, expect, it } from 'vitest'
import type { DirectoryUser } from '../../../../src/control/microsoft-365/directory-user.ts'
import { readAddedColumns, readChoices, toMatchList, withChoices } from '../../../../src/control/microsoft-365/match/match-list.ts'
import { matchPeople, type MatchSettings } from '../../../../src/control/microsoft-365/match/match-people.ts'
import { parseSourceList, type SourceListOptions } from '../../../../src/control/microsoft-365/match/parse-source-list.ts'
import type { SourcePerson } from '../../../../src/control/microsoft-365/match/source-person.ts'
import { parsePairs } from '../../../../src/control/pairs/parse-pairs.ts'

const user = (userPrincipalName: string, fields: Partial<DirectoryUser> = {}): DirectoryUser => ({
  id: `id-${userPrincipalName}`,
  userPrincipalName,
  displayName: userPrincipalName.split('@')[0] as string,
  givenName: undefined,
  surname: undefined,
  mail: undefined,
  addresses: [],
  isGuest: false,
  isEnabled: true,
  isSynchronised: false,
  usageLocation: undefined,
  skuIds: [],
  isLicensed: true,
  ...fields,
})

const person = (line: number, address: string, displayName?: string): SourcePerson => ({
  line,
  source: `imaps://${address}`,
  addresses: address.includes('@') ? [address] : [],
  ...(displayName !== undefined && { displayName }),
})

const settings = (fields: Partial<MatchSettings> = {}): MatchSettings => ({
  maps: { addresses: {}, domains: {} },
  domains: ['new.example'],
  byName: true,
  ...fields,
})

const states = (people: readonly SourcePerson[], users: readonly DirectoryUser[], given = settings()) =>
  matchPeople(people, users, given).map(({ state, target }) => [state, target])

const options = (fields: Partial<SourceListOptions> = {}): SourceListOptions => ({ delimiter: undefined, columns: [], sourceUrl: undefined, ...fields })

describe('people', () => {
  it('are found by mail, user principal name and alias, whatever the case', () => {
    const users = [
      user('a@new.example', { mail: 'Anna@old.example' }),
      user('Bert@old.example'),
      user('c@new.example', { addresses: ['c@new.example', 'CLARA@old.example'] }),
    ]
    const matches = matchPeople([person(2, 'anna@OLD.example'), person(3, 'bert@old.example'), person(4, 'clara@old.example')], users, settings())
    expect(matches.map(({ state, target, reason }) => [state, target, reason])).toEqual([
      ['matched', 'a@new.example', 'same mail'],
      ['matched', 'Bert@old.example', 'same user principal name'],
      ['matched', 'c@new.example', 'same alias'],
    ])
  })

  it('are found in the domain that theirs is mapped to, and by the address map before all else', () => {
    const users = [user('anna@new.example'), user('anna@old.example'), user('b.smith@new.example')]
    const maps = { addresses: { 'bert@old.example': 'b.smith@new.example', 'anna@old.example': 'anna@new.example' }, domains: { 'old.example': 'new.example' } }
    expect(states([person(2, 'anna@old.example'), person(3, 'bert@old.example')], users, settings({ maps }))).toEqual([
      ['matched', 'anna@new.example'],
      ['matched', 'b.smith@new.example'],
    ])
    const byDomain = settings({ maps: { ...maps, addresses: {} } })
    expect(states([person(2, 'b.smith@old.example')], users, byDomain)).toEqual([['matched', 'b.smith@new.example']])
  })

  it('are not guessed where the address map names somebody who is not there', () => {
    const maps = { addresses: { 'anna@old.example': 'a.new@new.example' }, domains: {} }
    const [match] = matchPeople([person(2, 'anna@old.example', 'Anna')], [user('other@new.example', { displayName: 'Anna' }), user('anna@old.example')], settings({ maps }))
    expect(match).toMatchObject({ state: 'new', target: 'a.new@new.example', reason: expect.stringContaining('address map') })
  })

  it('are found by a name that one person and one user have', () => {
    const users = [user('a1@new.example', { displayName: 'Änna  Smith' }), user('b1@new.example', { displayName: 'Bert' }), user('b2@new.example', { displayName: 'bert' })]
    expect(states([person(2, 'x@old.example', 'änna smith')], users)).toEqual([['matched', 'a1@new.example']])
    expect(states([{ line: 2, source: 's', addresses: [], firstName: 'Änna', lastName: 'Smith' }], users)).toEqual([['matched', 'a1@new.example']])
    expect(states([person(2, 'x@old.example', 'Bert')], users)).toEqual([['ambiguous', undefined]])
    expect(states([person(2, 'x@old.example', 'Änna Smith'), person(3, 'y@old.example', 'änna SMITH')], users)).toEqual([['ambiguous', undefined], ['ambiguous', undefined]])
    expect(states([person(2, 'x@old.example', 'Änna Smith')], users, settings({ byName: false }))).toEqual([['none', undefined]])
    // Whoever has a user by address leaves the name to the other.
    const two = [user('x@old.example', { displayName: 'Same' }), user('z@new.example', { displayName: 'Same' })]
    expect(states([person(2, 'x@old.example'), person(3, 'y@old.example', 'Same')], two)).toEqual([['matched', 'x@old.example'], ['matched', 'z@new.example']])
  })

  it('never share a target', () => {
    const one = [user('a@new.example', { addresses: ['a@old.example', 'a2@old.example'] })]
    const matches = matchPeople([person(2, 'a@old.example'), person(3, 'a2@old.example')], one, settings())
    expect(matches.map(({ state, reason }) => [state, reason])).toEqual([
      ['ambiguous', 'the same target as for line 3: a@new.example'],
      ['ambiguous', 'the same target as for line 2: a@new.example'],
    ])
    const maps = { addresses: {}, domains: { 'one.example': 'new.example', 'two.example': 'new.example' } }
    expect(states([person(2, 'a@one.example'), person(3, 'a@two.example')], [], settings({ maps }))).toEqual([['ambiguous', undefined], ['ambiguous', undefined]])
  })

  it('nobody is there for can be made where the tenant has the domain', () => {
    const maps = { addresses: {}, domains: { 'old.example': 'new.example' } }
    expect(states([person(2, 'Anna@old.example')], [], settings({ maps }))).toEqual([['new', 'anna@new.example']])
    const [foreign] = matchPeople([person(2, 'anna@foreign.example')], [], settings())
    expect(foreign).toMatchObject({ state: 'none', target: undefined, reason: expect.stringContaining('foreign.example is no domain of the tenant') })
    expect(states([person(2, 'anna')], [])).toEqual([['none', undefined]])
  })
})

describe('a source list', () => {
  it.each([',', ';', '\t', '|'])('is read in any delimiter (%j), its columns known by their headers, passwords left alone', (delimiter) => {
    const rows = [
      ['User Name', 'Password', 'First name', 'Surname', 'Display-Name', 'E-Mail', 'Dept'],
      ['anna', 'hunter2', 'Anna', 'Smith', 'Anna Smith', 'anna@old.example', 'x'],
    ]
    const list = parseSourceList(rows.map((row) => row.join(delimiter)).join('\r\n'), options({ sourceUrl: 'imaps://{login}@mail.old.example' }))
    expect(list).toEqual({
      people: [{ line: 2, source: 'imaps://anna@mail.old.example', addresses: ['anna@old.example'], displayName: 'Anna Smith', firstName: 'Anna', lastName: 'Smith' }],
      faulty: [],
      passwordColumn: 'Password',
    })
    expect(JSON.stringify(list)).not.toContain('hunter2')
  })

  it('is read by the columns that a person names', () => {
    const text = 'Kürzel;Anzeige;Post\nas;Anna;anna@old.example\n'
    const list = parseSourceList(text, options({ columns: ['login=kürzel', 'displayName=Anzeige', 'address=Post'] }))
    expect(list.people).toEqual([{ line: 2, source: 'as', addresses: ['anna@old.example'], displayName: 'Anna' }])
    expect(() => parseSourceList(text, options())).toThrow(/no column of logins/)
    expect(() => parseSourceList(text, options({ columns: ['login=Nope'] }))).toThrow(/no column "Nope"/)
    expect(() => parseSourceList(text, options({ columns: ['colour=Post'] }))).toThrow(/names no field/)
  })

  it('may be addresses alone', () => {
    expect(parseSourceList('anna@old.example\nbert@old.example', options()).people.map(({ addresses }) => addresses)).toEqual([['anna@old.example'], ['bert@old.example']])
  })

  it('names its faulty rows', () => {
    const list = parseSourceList('login,name\nanna,A\n,B\nANNA,C\n"bert,D\n', options())
    expect(list.people).toHaveLength(1)
    expect(list.faulty.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'no login and no address'],
      [4, 'the same mailbox as in line 2'],
      [5, 'a quote is opened and never closed, or closed in the middle'],
    ])
  })

  it('puts odd logins into a URL whole', () => {
    expect(parseSourceList('login\n"DOM\\user/1?"', options({ sourceUrl: 'imaps://{login}@h' })).people[0]?.source).toBe('imaps://DOM%5Cuser%2F1%3F@h')
  })
})

describe('a list of matches', () => {
  const people = [person(2, 'anna@old.example', '=1+1'), person(3, 'bert@old.example', 'Bert'), person(4, 'carl@foreign.example')]
  const maps = { addresses: {}, domains: { 'old.example': 'new.example' } }
  const find = (some: readonly SourcePerson[]) => matchPeople(some, [user('anna@new.example')], settings({ maps }))

  it('is what migrate reads, names and all', () => {
    const { pairs, faulty } = parsePairs(toMatchList(find(people), 'contoso'), undefined)
    expect(pairs.map(({ source, target, displayName }) => [source, target, displayName])).toEqual([
      ['imaps://anna@old.example', 'm365://contoso/anna@new.example', '=1+1'],
      ['imaps://bert@old.example', 'm365://contoso/bert@new.example', 'Bert'],
    ])
    expect(faulty).toEqual([{ line: 4, reason: 'no target URL' }])
  })

  it('keeps through the next run what somebody wrote into it', () => {
    const written = toMatchList(find(people), 'contoso')
    expect(readChoices(written)).toEqual(new Map())
    const edited = written
      .replace(/(carl@foreign\.example),,none,/, '$1,anna@new.example,none,')
      .replace(/(bert@old\.example),m365:[^,]*,new,/, '$1,,manual,')
    const choices = readChoices(edited)
    expect(choices).toEqual(new Map([['imaps://bert@old.example', undefined], ['imaps://carl@foreign.example', 'anna@new.example']]))
    const again = withChoices(find(people), choices)
    expect(again.map(({ state, target }) => [state, target])).toEqual([['ambiguous', undefined], ['manual', undefined], ['manual', 'anna@new.example']])
  })

  it('keeps columns of somebody\'s own through the next run, to the letter', () => {
    const written = toMatchList(find(people), 'contoso')
    const values = ['usage_location,source_password', 'AT,"=a,b"', "DE,'-x", ',']
    const edited = written.trimEnd().split('\r\n').map((line, index) => `${line},${values[index] ?? ''}`).join('\r\n')
    const again = toMatchList(find(people), 'contoso', readAddedColumns(edited))
    expect(again.trimEnd()).toBe(edited)
    expect(parsePairs(again, undefined).pairs.map(({ sourcePassword }) => sourcePassword)).toEqual(['=a,b', "'-x"])
    expect(readAddedColumns('source,note\nx,y')).toEqual({ titles: [], cells: new Map() })
  })

  it('has the passwords of the source list only where their column was named', () => {
    const text = 'Login;Password\nanna@old.example;=p;w'.replace('=p;w', '"=p;w"')
    const sourceUrl = 'imaps://{login}@old.example'
    const plain = parseSourceList(text, { delimiter: undefined, columns: [], sourceUrl })
    expect(plain).toMatchObject({ passwordColumn: 'Password', people: [{ source: 'imaps://anna%40old.example@old.example' }] })
    expect(toMatchList(find(plain.people), 'contoso')).not.toContain('=p;w')
    const named = parseSourceList(text, { delimiter: undefined, columns: ['password=Password'], sourceUrl })
    expect(named.passwordColumn).toBeUndefined()
    const list = toMatchList(find(named.people), 'contoso')
    expect(parsePairs(list, undefined).pairs).toMatchObject([{ sourcePassword: '=p;w' }])
    // A later run without it leaves what is there.
    expect(toMatchList(find(plain.people), 'contoso', readAddedColumns(list))).toBe(list)
  })
})
