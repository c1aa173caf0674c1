import type { Property } from './property.ts'
import type { PropertyType, PropertyValue, PropertyValues } from './property-type.ts'

/** One property with its value. */
export interface PropertyEntry {
  readonly property: Property
  readonly value: PropertyValue
}

/** The properties of one MAPI object, for reading. */
export interface ReadonlyPropertyBag {
  readonly size: number
  /** The value, or undefined when there is none of exactly this type. */
  get<T extends PropertyType>(property: Property<T>): PropertyValues[T] | undefined
  has(property: Property): boolean
  /** In the order in which they were first set. */
  entries(): IterableIterator<PropertyEntry>
}

/** The properties of one MAPI object. A value set again replaces the old one, also when the type differs. */
export class PropertyBag implements ReadonlyPropertyBag {
  readonly #entries = new Map<string, PropertyEntry>()

  get size(): number {
    return this.#entries.size
  }

  get<T extends PropertyType>(property: Property<T>): PropertyValues[T] | undefined {
    const entry = this.#entries.get(property.key)
    return entry?.property.type === property.type ? (entry.value as PropertyValues[T]) : undefined
  }

  has(property: Property): boolean {
    return this.#entries.has(property.key)
  }

  /** Sets a value; undefined leaves the bag as it is, so that optional facts need no condition. */
  set<T extends PropertyType>(property: Property<T>, value: PropertyValues[T] | undefined): this {
    if (value !== undefined) this.#entries.set(property.key, { property, value })
    return this
  }

  delete(property: Property): boolean {
    return this.#entries.delete(property.key)
  }

  entries(): IterableIterator<PropertyEntry> {
    return this.#entries.values()
  }

  /** A bag with the same values; later changes of one do not touch the other. */
  copy(): PropertyBag {
    const copy = new PropertyBag()
    for (const { property, value } of this.#entries.values()) copy.set(property, value)
    return copy
  }
}
