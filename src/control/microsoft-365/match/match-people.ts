import type { RecipientMap } from '../../../core/model/recipient-map.ts'
import { mapAddress } from '../../../core/plan/map-address.ts'
import type { DirectoryUser } from '../directory-user.ts'
import { nameOf, type ResourceKind, type SourcePerson } from './source-person.ts'

/**
 * What became of a person: a user was found; several might be meant; nobody is there, but a user of a certain address can
 * be made; nobody is there and no address can be told; or somebody chose by hand.
 */
export type MatchState = 'matched' | 'ambiguous' | 'new' | 'none' | 'manual'

/** A person of the source with the user at the target. */
export interface Match {
  readonly person: SourcePerson
  readonly state: MatchState
  /** The user found. */
  readonly user: DirectoryUser | undefined
  /** The address at the target: the user's principal name, or that of the user to be made. */
  readonly target: string | undefined
  /** Why, in words. */
  readonly reason: string
}

/** How people are matched. */
export interface MatchSettings {
  readonly maps: RecipientMap
  /** Domains of the tenant, lower case: where users can be made. */
  readonly domains: readonly string[]
  /** Whether names count where no address does. */
  readonly byName: boolean
}

/**
 * Finds the target's user for every person, by the address map, the addresses as they are, the addresses in the domain that
 * theirs is mapped to, and last by a display name that only one user has. No target is
 * given to two people. Pure.
 */
export function matchPeople(people: readonly SourcePerson[], users: readonly DirectoryUser[], settings: MatchSettings): readonly Match[] {
  const byAddress = indexAddresses(users)
  const firsts = people.map((person) => matchByAddress(person, byAddress, settings))
  const taken = new Set(firsts.flatMap(({ user }) => user?.id ?? []))
  const free = users.filter(({ id }) => !taken.has(id))
  const byName = group(free, ({ displayName }) => [toNameKey(displayName)])
  const nameCounts = group(people, (person) => [toNameKey(nameOf(person) ?? '')])
  const named = firsts.map((match) => {
    const isMapped = match.person.addresses.some((address) => Object.hasOwn(settings.maps.addresses, address.toLowerCase()))
    if (match.state === 'matched' || match.state === 'ambiguous' || isMapped || !settings.byName) return match
    return matchByName(match, byName, nameCounts)
  })
  return settleClaims(named)
}

/** By which of a user's addresses it was found, best first. */
type Found = { readonly user: DirectoryUser; readonly by: 'mail' | 'user principal name' | 'alias' }

function indexAddresses(users: readonly DirectoryUser[]): ReadonlyMap<string, readonly Found[]> {
  const index = new Map<string, Found[]>()
  const add = (address: string | undefined, found: Found): void => {
    if (address === undefined) return
    const known = index.get(address.toLowerCase()) ?? []
    if (!known.some(({ user }) => user.id === found.user.id)) index.set(address.toLowerCase(), [...known, found])
  }
  for (const user of users) {
    add(user.mail, { user, by: 'mail' })
    add(user.userPrincipalName, { user, by: 'user principal name' })
    for (const address of user.addresses) add(address, { user, by: 'alias' })
  }
  return index
}

const byAddressMap = ' (by the address map)'

function matchByAddress(person: SourcePerson, index: ReadonlyMap<string, readonly Found[]>, { maps, domains }: MatchSettings): Match {
  const tried: readonly (readonly [addresses: readonly string[], how: string])[] = [
    [mapped(person, { ...maps, domains: {} }), byAddressMap],
    [person.addresses, ''],
    [mapped(person, { ...maps, addresses: {} }), ' (by the domain map)'],
  ]
  for (const [addresses, how] of tried) {
    const candidates = new Map(addresses.flatMap((address) => (index.get(address.toLowerCase()) ?? []).map((one) => [one.user.id, one])))
    const [only, ...more] = candidates.values()
    if (only !== undefined && more.length === 0) return found(person, only.user, `same ${only.by}${how}`)
    if (only !== undefined) return ambiguous(person, [...candidates.values()].map(({ user }) => user), `several users have its addresses${how}`)
    // What a person wrote into the address map goes before everything that could be guessed.
    const [wanted] = how === byAddressMap ? addresses : []
    if (wanted !== undefined) return unmatched(person, wanted, domains, 'nobody has the address of the address map')
  }
  const [address] = person.addresses
  if (address === undefined) return unmatched(person, undefined, domains, 'no address is known')
  return unmatched(person, mapAddress(maps, address), domains, 'nobody has this address or name')
}

/** The addresses that a map changes, as they are then. */
function mapped({ addresses }: SourcePerson, map: RecipientMap): readonly string[] {
  return addresses.map((address) => mapAddress(map, address)).filter((address, at) => address !== addresses[at])
}

function matchByName(match: Match, byName: ReadonlyMap<string, readonly DirectoryUser[]>, sameNames: ReadonlyMap<string, readonly SourcePerson[]>): Match {
  const { person } = match
  const key = toNameKey(nameOf(person) ?? '')
  const candidates = key === '' ? [] : (byName.get(key) ?? [])
  const [only, ...more] = candidates
  if (only === undefined) return match
  if (more.length > 0) return ambiguous(person, candidates, 'several users have this display name')
  if ((sameNames.get(key)?.length ?? 0) > 1) return ambiguous(person, candidates, 'several people of the source have this name')
  return found(person, only, 'same display name, which nobody else has')
}

/** A target that was found for several people is nobody's: a person has to say whose. */
function settleClaims(matches: readonly Match[]): readonly Match[] {
  const claims = claimsOf(matches)
  return matches.map((match) => {
    const claimants = match.target === undefined ? [] : (claims.get(match.target.toLowerCase()) ?? [])
    if (claimants.length < 2) return match
    const others = claimants.filter(({ person }) => person !== match.person).map(({ person }) => `line ${person.line}`)
    const why = `the same target as for ${others.slice(0, 5).join(', ')}: ${match.target}`
    return { ...match, state: 'ambiguous', user: undefined, target: undefined, reason: why }
  })
}

function claimsOf(matches: readonly Match[]): ReadonlyMap<string, readonly Match[]> {
  return group(matches, ({ target }) => (target === undefined ? [] : [target.toLowerCase()]))
}

function found(person: SourcePerson, user: DirectoryUser, why: string): Match {
  const reason = user.isLicensed ? why : `${why}; no licence with Exchange Online yet`
  return { person, state: 'matched', user, target: user.userPrincipalName, reason }
}

function ambiguous(person: SourcePerson, candidates: readonly DirectoryUser[], why: string): Match {
  const names = candidates.map(({ userPrincipalName }) => userPrincipalName).toSorted()
  const listed = [...names.slice(0, 5), ...(names.length > 5 ? [`${names.length - 5} more`] : [])].join(', ')
  return { person, state: 'ambiguous', user: undefined, target: undefined, reason: `${why}: ${listed}` }
}

const commands: Readonly<Record<ResourceKind, string>> = {
  shared: 'New-Mailbox -Shared',
  room: 'New-Mailbox -Room',
  equipment: 'New-Mailbox -Equipment',
}

function unmatched(person: SourcePerson, wanted: string | undefined, domains: readonly string[], why: string): Match {
  const none = (reason: string): Match => ({ person, state: 'none', user: undefined, target: undefined, reason })
  if (wanted === undefined) return none(why)
  const domain = wanted.slice(wanted.lastIndexOf('@') + 1).toLowerCase()
  if (!domains.includes(domain)) return none(`${why}, and ${domain} is no domain of the tenant`)
  if (person.resource !== undefined) return none(`${why}; make it in Exchange: ${commands[person.resource]} -PrimarySmtpAddress ${wanted.toLowerCase()}`)
  return { person, state: 'new', user: undefined, target: wanted.toLowerCase(), reason: why }
}

/** A name as it is compared: spaces, case and the ways to write an accent do not matter. */
function toNameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()
}

function group<T>(values: readonly T[], keysOf: (value: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    for (const key of keysOf(value)) {
      const known = groups.get(key)
      if (known === undefined) groups.set(key, [value])
      else known.push(value)
    }
  }
  return groups
}
