import type { Property } from '../../formats/mapi/property.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { todoProperties } from './todo-properties.ts'

/** A step of a task, as Graph's checklistItem. */
export interface ChecklistItem {
  readonly id: string
  readonly displayName: string
  readonly createdDateTime: string
  readonly isChecked: boolean
  readonly checkedDateTime?: string
}

/** What a task came from, as Graph's linkedResource. */
export interface LinkedResource {
  readonly id: string
  readonly webUrl?: string
  readonly applicationName?: string
  readonly displayName?: string
  readonly externalId?: string
}

/** The steps of a task. */
export function checklistItemsOf(bag: ReadonlyPropertyBag): readonly ChecklistItem[] {
  return read<ChecklistItem>(bag, todoProperties.checklistItems)
}

/** Puts other steps in their place. */
export function setChecklistItems(bag: PropertyBag, items: readonly ChecklistItem[]): void {
  write(bag, todoProperties.checklistItems, items)
}

/** What a task came from. */
export function linkedResourcesOf(bag: ReadonlyPropertyBag): readonly LinkedResource[] {
  return read<LinkedResource>(bag, todoProperties.linkedResources)
}

/** Puts other sources in their place. */
export function setLinkedResources(bag: PropertyBag, resources: readonly LinkedResource[]): void {
  write(bag, todoProperties.linkedResources, resources)
}

function read<T extends { readonly id: string }>(bag: ReadonlyPropertyBag, property: Property<'string'>): readonly T[] {
  try {
    const value: unknown = JSON.parse(bag.get(property) ?? '[]')
    return Array.isArray(value) ? (value as readonly T[]) : []
  } catch {
    // Written by someone else under our name: not ours to read.
    return []
  }
}

function write(bag: PropertyBag, property: Property<'string'>, values: readonly object[]): void {
  if (values.length === 0) bag.delete(property)
  else bag.set(property, JSON.stringify(values))
}
