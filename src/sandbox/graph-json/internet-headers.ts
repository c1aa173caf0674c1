import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import { named } from '../../formats/mapi/property.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { propertySets } from '../../formats/mapi/property-sets.ts'
import { HeaderBlock } from '../../formats/mime/header-block.ts'
import { JsonRefusal } from './refusal.ts'

/** Graph's `internetMessageHeader`. */
export interface InternetHeaderJson {
  readonly name: string
  readonly value: string
}

/** What may come in as one. */
export interface InternetHeaderInput {
  readonly name?: string | null
  readonly value?: string | null
}

/** exchange.md 3.2: few and short. */
const headersMax = 5
const valueLengthMax = 995

/** The header fields of an item: those it came with, or the `x-` ones that it was made with. */
export function internetHeadersJson(bag: ReadonlyPropertyBag): readonly InternetHeaderJson[] {
  const transport = bag.get(known.transportHeaders)
  if (transport !== undefined) {
    const block = new HeaderBlock(transport)
    return block.fields.map((field) => ({
      name: block.written(field).split(':', 1)[0]?.trim() ?? field.key,
      value: block.value(field),
    }))
  }
  return [...bag.entries()].flatMap(({ property: { name }, value }) =>
    'name' in name && name.set === propertySets.internetHeaders && /^x-/i.test(name.name) && typeof value === 'string'
      ? [{ name: name.name, value }]
      : [],
  )
}

/** Sets the headers that a client may give when it makes a message. Throws a JsonRefusal in Graph's words. */
export function setInternetHeaders(bag: PropertyBag, headers: readonly InternetHeaderInput[]): void {
  if (headers.length > headersMax) {
    throw new JsonRefusal(
      400,
      'InvalidInternetMessageHeaderCollection',
      `Maximum number of headers in one message should be less than or equal to ${headersMax}.`,
    )
  }
  for (const { name, value } of headers) {
    const field = name ?? ''
    if (!/^x-/i.test(field)) throw refusal(`The internet message header name '${field}' should start with 'x-' or 'X-'.`)
    if (!/^[!-9;-~]+$/.test(field)) throw refusal(`The internet message header name '${field}' is not valid.`)
    const text = value ?? ''
    if (text === '') throw refusal(`The internet message header '${field}' has no value.`)
    if (field.length + text.length > valueLengthMax) throw refusal(`The internet message header '${field}' is too long.`)
    if (/[\r\n\0]/.test(text)) throw refusal(`The value of the internet message header '${field}' is not valid.`)
    bag.set(named(propertySets.internetHeaders, field.toLowerCase(), 'string'), text)
  }
}

function refusal(message: string): JsonRefusal {
  return new JsonRefusal(400, 'InvalidInternetMessageHeader', message)
}
