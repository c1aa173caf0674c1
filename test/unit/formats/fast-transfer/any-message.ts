import fc from 'fast-check'
import type { MapiAttachment, MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import type { PropertyType, PropertyValues } from '../../../../src/formats/mapi/property-type.ts'
import { propertySets } from '../../../../src/formats/mapi/property-sets.ts'
import { named, numbered, tagged, type Property } from '../../../../src/formats/mapi/property.ts'

const int16 = fc.integer({ min: -0x8000, max: 0x7fff })
const int32 = fc.integer()
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const float32 = fc.float()
const float64 = fc.double()
const guid = fc.uuid()
/** Unpaired surrogates and terminators included; now and then longer than what is kept in one piece. */
const text = fc.oneof(
  { weight: 12, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom('\0', '\ud800', '\udc00', '\ufeff', 'é'), maxLength: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }).map((length) => 'äb'.repeat(length)) },
)
const bytes = fc.oneof(
  { weight: 12, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4000, max: 70_000 }).map((length) => new Uint8Array(length).fill(length)) },
)
const many = <V>(one: fc.Arbitrary<V>) => fc.array(one, { maxLength: 5 })

const values: { readonly [T in PropertyType]: fc.Arbitrary<PropertyValues[T]> } = {
  integer16: int16,
  integer32: int32,
  float32,
  float64,
  currency: int64,
  floatingTime: float64,
  error: fc.nat({ max: 0xffffffff }),
  boolean: fc.boolean(),
  object: bytes,
  integer64: int64,
  string: text,
  time: int64,
  guid,
  serverId: bytes,
  binary: bytes,
  integer16s: many(int16),
  integer32s: many(int32),
  float32s: many(float32),
  float64s: many(float64),
  currencies: many(int64),
  floatingTimes: many(float64),
  integer64s: many(int64),
  strings: many(text),
  times: many(int64),
  guids: many(guid),
  binaries: many(bytes),
}

/** Ids that steer the stream are left out, and the number of attachments, which has a place of its own. */
const id = fc.integer({ min: 0, max: 0x7fff }).filter((id) => (id < 0x4000 || id > 0x4018) && id !== 0x0e21)
const set = fc.oneof(fc.constantFrom(...Object.values(propertySets)), guid)
const name = fc.string({ unit: 'binary', maxLength: 80 }).filter((name) => !name.includes('\0'))

function propertyOf<T extends PropertyType>(type: T): fc.Arbitrary<Property<T>> {
  return fc.oneof(
    id.map((id) => tagged(id, type)),
    fc.tuple(set, fc.nat({ max: 0xffffffff })).map(([set, lid]) => numbered(set, lid, type)),
    fc.tuple(set, name).map(([set, name]) => named(set, name, type)),
  )
}

const entry = fc
  .constantFrom(...(Object.keys(values) as PropertyType[]))
  .chain((type) => fc.tuple(propertyOf(type), values[type] as fc.Arbitrary<never>))

/** Properties of every type and kind of name. */
export const anyBag: fc.Arbitrary<PropertyBag> = fc.array(entry, { maxLength: 12 }).map((entries) => {
  const bag = new PropertyBag()
  for (const [property, value] of entries) bag.set(property, value)
  return bag
})

/** Messages with recipients, attachments and messages within messages. */
export const anyMessage: fc.Arbitrary<MapiMessage> = fc.letrec<{ message: MapiMessage; attachment: MapiAttachment }>(
  (tie) => ({
    message: fc.record({
      properties: anyBag,
      recipients: fc.array(anyBag, { maxLength: 3 }),
      attachments: fc.array(tie('attachment'), { maxLength: 2, depthIdentifier: 'nesting' }),
    }),
    attachment: fc.oneof(
      { depthIdentifier: 'nesting', depthSize: 'small' },
      fc.record({ properties: anyBag }),
      fc.record({ properties: anyBag, embedded: tie('message') }),
    ),
  }),
).message

/** All that a bag holds, in its order, in a form that can be compared. */
export function plainBag(bag: PropertyBag): unknown[] {
  return [...bag.entries()].map(({ property, value }) => [
    property.key,
    property.type,
    property.name,
    plainValue(value),
  ])
}

/** The same of a message; attachments get the numbers and the order that the stream gives them. */
export function plainMessage({ properties, recipients, attachments }: MapiMessage): unknown {
  return {
    properties: plainBag(properties),
    recipients: recipients.map(plainBag),
    attachments: attachments.map(({ properties, embedded }, index) => {
      const number = tagged(0x0e21, 'integer32')
      const numbered = new PropertyBag().set(number, properties.get(number) ?? index)
      const rest = properties.copy()
      rest.delete(number)
      return {
        properties: [...plainBag(numbered), ...plainBag(rest)],
        embedded: embedded === undefined ? undefined : plainMessage(embedded),
      }
    }),
  }
}

function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return Array.isArray(value) ? value.map(plainValue) : value
}
