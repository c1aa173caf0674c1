import { messageProperties } from '../../formats/mapi/message-properties.ts'
import type { Property } from '../../formats/mapi/property.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import type { PropertyValue } from '../../formats/mapi/property-type.ts'
import { isMultiValued, parseExtendedPropertyId, toExtendedPropertyId } from './extended-property-id.ts'
import { parseValueText, parseValueTexts, toValueText, toValueTexts } from './extended-property-value.ts'
import { JsonRefusal } from './refusal.ts'

/** What may come in as `singleValueExtendedProperties` and `multiValueExtendedProperties`. */
export interface ExtendedPropertiesInput {
  readonly singleValueExtendedProperties?: readonly { readonly id?: string | null; readonly value?: string | null }[] | null
  readonly multiValueExtendedProperties?:
    | readonly { readonly id?: string | null; readonly value?: readonly string[] | null }[]
    | null
}

/** The properties that a request wants to see, as `$expand` names them. */
export interface ExtendedPropertySelection {
  /** Undefined where the navigation property was not expanded. */
  readonly single: readonly Property[] | undefined
  readonly multi: readonly Property[] | undefined
}

/** Where a value comes from: an object's properties, and what the store works out for it. */
export interface PropertyReader {
  readonly bag: ReadonlyPropertyBag
  /** Answers before the bag does. */
  readonly computed?: (property: Property) => PropertyValue | undefined
}

/** Types that tagged properties have; a request that says otherwise is refused, as MAPI would. */
const typesByKey: ReadonlyMap<string, string> = new Map(
  Object.values(messageProperties)
    .filter(({ name }) => 'id' in name)
    .map(({ key, type }) => [key, type]),
)

/** The property of an id. Throws a JsonRefusal, `ErrorInvalidExtendedProperty`, for what is none. */
export function extendedPropertyOf(id: string): Property {
  const property = parseExtendedPropertyId(id)
  if (property === undefined) {
    throw new JsonRefusal(
      400,
      'ErrorInvalidExtendedProperty',
      `The extended property attribute combination is invalid: '${id}'.`,
    )
  }
  return property
}

/**
 * Sets the given properties; `isKept` names those that a client may not touch here and that are passed over. A null value
 * takes the property away. Throws a JsonRefusal for ids and values that are none.
 */
export function setExtendedProperties(
  bag: PropertyBag,
  { singleValueExtendedProperties: single, multiValueExtendedProperties: multi }: ExtendedPropertiesInput,
  isKept: (property: Property) => boolean = () => false,
): void {
  for (const { id, value } of single ?? []) set(bag, id, value, false, isKept)
  for (const { id, value } of multi ?? []) set(bag, id, value, true, isKept)
}

/** The two lists of Graph, each with the properties that there are; only what was asked for. */
export function extendedPropertiesJson(reader: PropertyReader, { single, multi }: ExtendedPropertySelection): object {
  const singles = single?.flatMap((property) => {
    const value = valueOf(reader, property)
    return value === undefined ? [] : [{ id: toExtendedPropertyId(property), value: toValueText(property.type, value) }]
  })
  const multis = multi?.flatMap((property) => {
    const value = valueOf(reader, property)
    return value === undefined
      ? []
      : [{ id: toExtendedPropertyId(property), value: toValueTexts(property.type, value as readonly PropertyValue[]) }]
  })
  // Graph leaves the list out when the item has none of them.
  return {
    ...(singles === undefined || singles.length === 0 ? {} : { singleValueExtendedProperties: singles }),
    ...(multis === undefined || multis.length === 0 ? {} : { multiValueExtendedProperties: multis }),
  }
}

function valueOf({ bag, computed }: PropertyReader, property: Property): PropertyValue | undefined {
  return computed?.(property) ?? bag.get(property)
}

function set(
  bag: PropertyBag,
  id: string | null | undefined,
  value: string | readonly string[] | null | undefined,
  isMulti: boolean,
  isKept: (property: Property) => boolean,
): void {
  const property = extendedPropertyOf(id ?? '')
  const knownType = typesByKey.get(property.key)
  if (isMultiValued(property) !== isMulti || (knownType !== undefined && knownType !== property.type)) {
    throw new JsonRefusal(
      400,
      'ErrorInvalidExtendedProperty',
      `The extended property attribute combination is invalid: '${id}'.`,
    )
  }
  if (isKept(property)) return
  if (value === null || value === undefined) {
    bag.delete(property)
    return
  }
  const parsed = typeof value === 'string' ? parseValueText(property.type, value) : parseValueTexts(property.type, value)
  if (parsed === undefined) {
    throw new JsonRefusal(
      400,
      'ErrorInvalidExtendedPropertyValue',
      `The value of the extended property '${id}' does not fit its type.`,
    )
  }
  bag.set(property, parsed)
}
