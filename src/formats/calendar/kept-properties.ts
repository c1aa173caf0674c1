import { named } from '../mapi/property.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { propertySets } from '../mapi/property-sets.ts'
import type { CalendarComponent } from './icalendar-components.ts'

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}

/** Properties of a VEVENT that have a place in an appointment. PRODID and the like say nothing about the event. */
const keptByEvents: ReadonlySet<string> = words(
  `uid dtstamp created last-modified sequence class priority status transp dtstart dtend duration rrule exdate
   rdate recurrence-id summary description location categories attach organizer attendee contact x-alt-desc
   x-microsoft-cdo-busystatus x-microsoft-cdo-intendedstatus x-microsoft-cdo-alldayevent x-microsoft-cdo-importance
   x-microsoft-cdo-appt-sequence x-microsoft-cdo-ownerapptid x-microsoft-cdo-insttype x-microsoft-disallow-counter
   x-microsoft-cdo-attendee-critical-change x-microsoft-cdo-owner-critical-change x-microsoft-cdo-replytime
   x-ms-olk-originalstart x-ms-olk-originalend x-ms-olk-allowexterncheck x-ms-olk-conftype
   x-ms-olk-autofilllocation`,
)

/** The same for a VTODO. */
const keptByTasks: ReadonlySet<string> = words(
  `uid dtstamp created last-modified class priority status percent-complete completed dtstart due duration rrule
   summary description categories attach contact x-alt-desc`,
)

/**
 * The rule of what is lost: a property without a place in the item, a second one of the same X- name, and a line that
 * cannot be read. Any other X- property with a text is kept as a named string of its name in upper case.
 */
export function keepOthers(component: CalendarComponent, kind: 'event' | 'task', bag: PropertyBag, lost: Set<string>): void {
  const kept = kind === 'event' ? keptByEvents : keptByTasks
  for (const { name, values } of component.properties) {
    if (kept.has(name)) continue
    const property = named(propertySets.publicStrings, name.toUpperCase(), 'string')
    const [value] = values
    if (name.startsWith('x-') && typeof value === 'string' && !bag.has(property)) bag.set(property, value)
    else lost.add(name)
  }
  for (const name of component.unreadable) lost.add(name)
  for (const { name } of component.components) if (name !== 'valarm') lost.add(name)
}

/** The X- properties that an item keeps, by name. */
export function keptOthers(bag: ReadonlyPropertyBag): readonly (readonly [name: string, value: string])[] {
  return [...bag.entries()].flatMap(({ property: { name }, value }) =>
    'name' in name && name.set === propertySets.publicStrings && /^X-[\w-]+$/.test(name.name) && typeof value === 'string'
      ? [[name.name.toLowerCase(), value] as const]
      : [],
  )
}
