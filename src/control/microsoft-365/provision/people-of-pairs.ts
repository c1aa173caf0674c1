import { parseM365Url } from '../../../connectors/kit/microsoft/m365-url.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Pair, Pairs } from '../../pairs/parse-pairs.ts'
import { nameOf } from '../match/source-person.ts'
import type { PersonToProvision } from './person-plan.ts'

/** The people of a list, and the rows that are about nobody. */
export interface PeopleOfPairs {
  readonly people: readonly PersonToProvision[]
  readonly faulty: Pairs['faulty']
}

/** Who is to have a mailbox at the targets of a list: each once, all of one endpoint. A target may also be a bare address. */
export function peopleOfPairs({ pairs, faulty }: Pairs, endpoint: string): PeopleOfPairs {
  const people: PersonToProvision[] = []
  const faults = [...faulty]
  const seen = new Map<string, number>()
  for (const pair of pairs) {
    const address = targetAddressOf(pair.target, endpoint)
    const firstLine = typeof address === 'string' ? seen.get(address.toLowerCase()) : undefined
    if (typeof address !== 'string') faults.push({ line: pair.line, reason: address.reason })
    else if (firstLine !== undefined) faults.push({ line: pair.line, reason: `the same target as in line ${firstLine}` })
    else {
      seen.set(address.toLowerCase(), pair.line)
      people.push(toPerson(pair, address))
    }
  }
  return { people, faulty: faults.toSorted((a, b) => a.line - b.line) }
}

/** The address that a row's target names, or why it names none at this endpoint. It may also be a bare address. */
export function targetAddressOf(target: string, endpoint: string): string | { readonly reason: string } {
  if (/^[^@\s/:]+@[^@\s/:]+$/.test(target)) return target
  try {
    const url = parseM365Url(target)
    if (url.endpoint !== endpoint) return { reason: `the target is a mailbox of the endpoint ${url.endpoint}, not of ${endpoint}` }
    return url.mailbox.includes('@') ? url.mailbox : { reason: 'the target names no address' }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return { reason: `the target is no mailbox of Microsoft 365; write it as m365://${endpoint}/anna@contoso.com` }
  }
}

function toPerson({ line, firstName, lastName, displayName, name, usageLocation }: Pair, address: string): PersonToProvision {
  const local = address.slice(0, address.lastIndexOf('@'))
  const label = name === undefined || name.includes('@') ? undefined : name
  const known = nameOf({
    ...(displayName !== undefined && { displayName }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
  })
  return { line, address, displayName: known ?? label ?? local, firstName, lastName, usageLocation }
}
