import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { eventProperties } from './event-properties.ts'

type Fact = string | number | null | Readonly<Record<string, string | number | null | undefined>>

/** What may come in as `location`; its other facts are kept as they are. */
export interface LocationInput {
  readonly displayName?: string | null
  readonly uniqueId?: string | null
  readonly [fact: string]: Fact | undefined
}

/** What of a request says where an event is. */
export interface LocationsInput {
  readonly location?: LocationInput | null
  readonly locations?: readonly LocationInput[] | null
}

const separator = '; '

/** Where an event is, in one. */
export function locationJson(bag: ReadonlyPropertyBag): object {
  const name = bag.get(calendarProperties.location) ?? ''
  const [only, ...others] = keptLocations(bag)
  if (only !== undefined && others.length === 0) return withDefaults(only)
  return name === ''
    ? { displayName: '', locationType: 'default', uniqueIdType: 'unknown', address: {}, coordinates: {} }
    : { displayName: name, locationType: 'default', uniqueId: name, uniqueIdType: 'private' }
}

/** Where an event is, each place for itself. */
export function locationsJson(bag: ReadonlyPropertyBag): readonly object[] {
  const kept = keptLocations(bag)
  if (kept.length > 0) return kept.map(withDefaults)
  const name = bag.get(calendarProperties.location) ?? ''
  return name === '' ? [] : [withDefaults({ displayName: name })]
}

/** `location` alone is the only place; several places are named one after the other in PidLidLocation. */
export function setLocations(bag: PropertyBag, { location, locations }: LocationsInput): void {
  if (location === undefined && locations === undefined) return
  const places = (locations ?? (location === null || location === undefined ? [] : [location])).map(withoutAnnotations)
  const name = (location?.displayName ?? places.map((place) => place.displayName ?? '').join(separator)).toWellFormed()
  bag.set(calendarProperties.location, name).set(calendarProperties.meetingLocation, name)
  bag.delete(eventProperties.locations)
  const isPlain = places.length <= 1 && places.every((place) => Object.keys(place).every((fact) => fact === 'displayName'))
  if (!isPlain) bag.set(eventProperties.locations, JSON.stringify({ name, places }))
}

/** Another client may have changed the name since; then the places are no longer true. */
function keptLocations(bag: ReadonlyPropertyBag): readonly LocationInput[] {
  const text = bag.get(eventProperties.locations)
  if (text === undefined) return []
  try {
    const { name, places } = JSON.parse(text) as { readonly name?: string; readonly places?: readonly LocationInput[] }
    return name === (bag.get(calendarProperties.location) ?? '') && Array.isArray(places) ? places : []
  } catch {
    // Written by someone else under our name: not ours to read.
    return []
  }
}

function withDefaults(place: LocationInput): object {
  const { displayName, uniqueId, ...facts } = place
  const name = displayName ?? ''
  const hasFacts = Object.keys(facts).some((fact) => fact === 'address' || fact === 'coordinates')
  const id = uniqueId ?? (hasFacts && name !== '' ? name : undefined)
  return {
    displayName: name,
    locationType: 'default',
    ...(id === undefined ? { uniqueIdType: 'unknown' } : { uniqueId: id, uniqueIdType: 'private' }),
    ...lowered(facts),
  }
}

/** Graph answers the members of its enumerations in their own case. */
function lowered(facts: Readonly<Record<string, Fact | undefined>>): object {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([fact, value]) =>
        [fact, typeof value === 'string' && fact.endsWith('Type') ? `${value.slice(0, 1).toLowerCase()}${value.slice(1)}` : value],
      ),
  )
}

function withoutAnnotations(place: LocationInput): LocationInput {
  return Object.fromEntries(Object.entries(place).filter(([fact, value]) => !fact.includes('@') && value !== null && value !== undefined))
}
