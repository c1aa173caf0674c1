import type { RecipientMap } from '../../../core/model/recipient-map.ts'
import { patientGraph } from '../../../connectors/kit/microsoft/with-patience.ts'
import { readDirectory } from '../directory-user.ts'
import { readOrganization } from '../organization.ts'
import type { TenantAccess } from '../tenant-access.ts'
import { type Choices, withChoices } from './match-list.ts'
import { type Match, matchPeople } from './match-people.ts'
import type { SourcePerson } from './source-person.ts'

/** What is matched against a tenant, and how. */
export interface MatchInput {
  readonly people: readonly SourcePerson[]
  readonly maps: RecipientMap
  readonly byName: boolean
  /** From an earlier run, which this one repeats. */
  readonly choices: Choices
}

/** Finds people's users in a tenant (`matchPeople`); nothing is changed there. Waits where it is asked to; throws as `GraphCaller.call`. */
export async function matchTenant(access: TenantAccess, { people, maps, byName, choices }: MatchInput): Promise<readonly Match[]> {
  const graph = patientGraph(access.graph, access.context)
  const [users, { domains }] = await Promise.all([readDirectory(graph), readOrganization(graph)])
  // Who was chosen by hand is out of the game, so that two of one name are not in each other's way.
  const others = matchPeople(people.filter(({ source }) => !choices.has(source)), users, { maps, domains, byName })
  const found = new Map(others.map((match) => [match.person, match]))
  return withChoices(people.map((person) => found.get(person) ?? untouched(person)), choices)
}

function untouched(person: SourcePerson): Match {
  return { person, state: 'none', user: undefined, target: undefined, reason: '' }
}
