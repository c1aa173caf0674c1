import { graphValues } from '../../connectors/kit/microsoft/graph-pages.ts'
import type { GraphCaller } from '../../connectors/kit/microsoft/graph-client.ts'
import { jsonObjects, jsonText } from '../../connectors/kit/microsoft/json-values.ts'
import type { JsonObject } from '../../connectors/kit/microsoft/read-json.ts'
import { MigrationError } from '../../core/errors.ts'
import { givesMailbox } from './exchange-plans.ts'
import { numberOf, objectOf } from './json-fields.ts'
import { skuTitle } from './sku-titles.ts'

/** A licence that the tenant has bought. */
export interface Subscription {
  /** Lower case. */
  readonly skuId: string
  readonly partNumber: string
  /** In words. */
  readonly title: string
  readonly seatsTotal: number
  readonly seatsFree: number
  readonly givesMailbox: boolean
}

/** The permission by which subscriptions are read. */
const permission = 'Organization.Read.All'

/** The licences of the tenant. Throws as `GraphCaller.call`. */
export async function readSubscriptions(graph: GraphCaller): Promise<readonly Subscription[]> {
  const subscriptions: Subscription[] = []
  for await (const sku of graphValues(graph, { method: 'GET', path: '/subscribedSkus', permission })) subscriptions.push(toSubscription(sku))
  return subscriptions.toSorted((a, b) => (a.title < b.title ? -1 : 1))
}

/** The licence that a person names by part number, title or id. Throws `config` for one that the tenant has not, or that gives no mailbox. */
export function findSubscription(subscriptions: readonly Subscription[], name: string): Subscription {
  const wanted = name.trim().toLowerCase()
  const found = subscriptions.find(({ skuId, partNumber, title }) => [skuId, partNumber.toLowerCase(), title.toLowerCase()].includes(wanted))
  const choice = describeSubscriptions(subscriptions)
  if (found === undefined) {
    throw new MigrationError('config', 'provision.licence-unknown', {
      message: `The tenant has no licence "${name.slice(0, 80)}".`,
      hint: `It has ${choice}.`,
    })
  }
  if (!found.givesMailbox) {
    throw new MigrationError('config', 'provision.licence-without-mailbox', {
      message: `${found.title} (${found.partNumber}) has no plan of Exchange Online that gives a mailbox.`,
      hint: `Choose one that does: ${choice}.`,
    })
  }
  return found
}

/** The licences that give a mailbox, with their free seats: for choosing one. */
export function describeSubscriptions(subscriptions: readonly Subscription[]): string {
  const choices = subscriptions
    .filter((one) => one.givesMailbox)
    .map(({ partNumber, title, seatsFree }) => `${partNumber} (${title}, ${seatsFree} free)`)
  return choices.length === 0 ? 'none that gives a mailbox' : choices.join(', ')
}

function toSubscription(sku: JsonObject): Subscription {
  const partNumber = jsonText(sku, 'skuPartNumber')
  const units = objectOf(sku, 'prepaidUnits')
  // Seats in their grace period can still be given.
  const seatsTotal = numberOf(units, 'enabled') + numberOf(units, 'warning')
  return {
    skuId: jsonText(sku, 'skuId').toLowerCase(),
    partNumber,
    title: skuTitle(partNumber),
    seatsTotal,
    seatsFree: Math.max(0, seatsTotal - numberOf(sku, 'consumedUnits')),
    givesMailbox: jsonObjects(sku, 'servicePlans').some((plan) => givesMailbox(jsonText(plan, 'servicePlanId'))),
  }
}
