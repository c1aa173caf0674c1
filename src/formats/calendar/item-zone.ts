import { calendarProperties } from '../mapi/calendar-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { civilOf, dayOf } from './local-time.ts'
import type { ZoneDefinition } from './zone-blobs.ts'
import { readZoneDefinition, readZoneStruct, writeZoneDefinition, writeZoneStruct } from './zone-blobs.ts'
import { biasIn, definitionOf, structOf, zoneByRules } from './zone-rules.ts'
import { windowsNameOf, zoneByName } from './windows-zone.ts'
import type { Zone } from './zone.ts'
import { utcZone } from './zone.ts'

/** Until when the rules of a series without end are looked up: as far as zones are foretold. */
const foretoldYear = 2037
const recurrenceFlag = 1

/** The years in which the clocks of an item matter. */
export interface ItemYears {
  readonly from: number
  readonly to: number
}

/** The years from one instant to another; without the second as far as zones are foretold. */
export function yearsOf(fromMs: number, toMs: number | undefined): ItemYears {
  const from = civilOf(dayOf(fromMs)).year
  const to = toMs === undefined ? foretoldYear : Math.min(civilOf(dayOf(toMs)).year, foretoldYear)
  return { from, to: Math.max(from, to) }
}

/**
 * Writes the zones of an item (MS-OXOCAL 2.2.1.39 to 43): those in which start and end are shown and, for a series, the
 * one by whose clock it repeats. The description holds the name the zone had (MS-OXCICAL 2.1.3.1.1.19.1).
 */
export function setZones(bag: PropertyBag, start: Zone, end: Zone, isSeries: boolean, years: ItemYears): void {
  bag
    .set(calendarProperties.zoneDefinitionStart, storedDefinition(start, years).bytes)
    .set(calendarProperties.zoneDefinitionEnd, storedDefinition(end, years).bytes)
    .set(calendarProperties.zoneDescription, start.id)
  if (!isSeries) return
  const { definition } = storedDefinition(start, years)
  const rules = definition.rules.map((rule) => (rule.flags === 0 ? rule : { ...rule, flags: rule.flags | recurrenceFlag }))
  bag
    .set(calendarProperties.zoneStruct, writeZoneStruct(structOf(biasIn(start, years.to))))
    .set(calendarProperties.zoneDefinitionRecurrence, writeZoneDefinition({ ...definition, rules }))
}

/** Most items of a mailbox are in one zone and the same few years. */
const definitionsMax = 500
const definitions = new WeakMap<Zone, Map<string, StoredDefinition>>()

interface StoredDefinition {
  readonly definition: ZoneDefinition
  readonly bytes: Buffer
}

function storedDefinition(zone: Zone, years: ItemYears): StoredDefinition {
  let known = definitions.get(zone)
  if (known === undefined || known.size >= definitionsMax) definitions.set(zone, (known = new Map()))
  const key = `${years.from}-${years.to}`
  const found = known.get(key)
  if (found !== undefined) return found
  const definition = definitionOf(zone, keyNameOf(zone, years), years.from, years.to)
  const stored = { definition, bytes: writeZoneDefinition(definition) }
  known.set(key, stored)
  return stored
}

function keyNameOf(zone: Zone, { to }: ItemYears): string {
  return windowsNameOf(zone, to) ?? zone.id
}

/**
 * The zone in which an item is shown, and what to call it: the name it came with while that is one of the stored zone's
 * own, else the stored key name. A key that nobody knows has the stored rules. UTC when nothing is stored.
 */
export function zoneOf(bag: ReadonlyPropertyBag, part: 'start' | 'end'): Zone {
  const recurrence = part === 'start' ? bag.get(calendarProperties.zoneDefinitionRecurrence) : undefined
  const shown = bag.get(part === 'start' ? calendarProperties.zoneDefinitionStart : calendarProperties.zoneDefinitionEnd)
  const stored = recurrence ?? shown ?? bag.get(calendarProperties.zoneDefinitionStart)
  const description = bag.get(calendarProperties.zoneDescription)
  if (stored === undefined) return zoneOfStruct(bag, description)
  const { keyName, rules } = readZoneDefinition(stored)
  if (part === 'end' && keyName === startKeyOf(bag)) return zoneOf(bag, 'start')
  const described = part === 'start' && description !== undefined ? zoneByName(description) : undefined
  if (described !== undefined && windowsNameOf(described, foretoldYear) === keyName) return described
  const known = zoneByName(keyName)
  if (known === undefined) return zoneByRules(keyName === '' ? (description ?? 'UTC') : keyName, rules)
  return known.id === 'UTC' ? utcZone : { id: keyName, offsetMsAt: (utcMs) => known.offsetMsAt(utcMs) }
}

function startKeyOf(bag: ReadonlyPropertyBag): string | undefined {
  const stored = bag.get(calendarProperties.zoneDefinitionRecurrence) ?? bag.get(calendarProperties.zoneDefinitionStart)
  return stored === undefined ? undefined : readZoneDefinition(stored).keyName
}

function zoneOfStruct(bag: ReadonlyPropertyBag, description: string | undefined): Zone {
  const struct = bag.get(calendarProperties.zoneStruct)
  const named = description === undefined ? undefined : zoneByName(description)
  if (named !== undefined || struct === undefined) return named ?? utcZone
  return zoneByRules(description ?? 'Custom', [readZoneStruct(struct)])
}
