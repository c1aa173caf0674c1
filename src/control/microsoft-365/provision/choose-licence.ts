import { patientGraph } from '../../../connectors/kit/microsoft/with-patience.ts'
import { UsageError } from '../../usage-error.ts'
import { readOrganization } from '../organization.ts'
import { describeSubscriptions, findSubscription, readSubscriptions } from '../subscriptions.ts'
import type { TenantAccess } from '../tenant-access.ts'
import type { ProvisionRules } from './person-plan.ts'

/** What a person says of licences and countries. */
export interface ProvisionChoice {
  /** A part number, title or id; `none` where groups bring licences. */
  readonly licence: string | undefined
  /** Two letters; the tenant's own country when absent. */
  readonly usageLocation: string | undefined
}

/**
 * The rules by which people are provided for. Throws `UsageError` when no licence is chosen, naming those that there are with
 * their free seats; `config` for one that the tenant has not or that gives no mailbox; and as `GraphCaller.call`.
 */
export async function readProvisionRules(access: TenantAccess, { licence, usageLocation }: ProvisionChoice): Promise<ProvisionRules> {
  if (usageLocation !== undefined && !/^[a-z]{2}$/i.test(usageLocation)) {
    throw new UsageError('usage-location', `--usage-location: "${usageLocation.slice(0, 40)}" is no country.`, 'Write its two letters (ISO 3166), such as DE.')
  }
  const graph = patientGraph(access.graph, access.context)
  const country = usageLocation ?? (await readOrganization(graph)).country
  if (licence?.toLowerCase() === 'none') return { licence: undefined, usageLocation: country }
  const subscriptions = await readSubscriptions(graph)
  if (licence === undefined) {
    throw new UsageError('licence', 'No licence is chosen.', `Write --licence with one of ${describeSubscriptions(subscriptions)}; or --licence none where groups bring them.`)
  }
  return { licence: findSubscription(subscriptions, licence), usageLocation: country }
}
