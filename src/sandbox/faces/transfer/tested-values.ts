import type { Property } from '../../../formats/mapi/property.ts'
import type { PropertyReader } from '../../graph-json/extended-properties.ts'
import { toValueText } from '../../graph-json/extended-property-value.ts'

/** What a filter sees of an object's extended properties, under the ids that it has itself written. */
export function testedValues(reader: PropertyReader, tested: ReadonlyMap<string, Property>): readonly object[] {
  return [...tested].flatMap(([id, property]) => {
    const value = reader.computed?.(property) ?? reader.bag.get(property)
    return value === undefined ? [] : [{ id, value: toValueText(property.type, value) }]
  })
}
