import { hash } from 'node:crypto'
import type { MapiMessage } from '../../../src/formats/mapi/message.ts'
import type { PropertyBag } from '../../../src/formats/mapi/property-bag.ts'
import type { PropertyValue } from '../../../src/formats/mapi/property-type.ts'

/** Made anew by every store: when an object was changed last, and the numbers of attachments. */
const storesOwn: ReadonlySet<string> = new Set(['3008', '0e21'])

/** Everything in an object, property by property: two objects with the same text are the same but for what their stores made. */
export function objectText({ properties, recipients, attachments }: MapiMessage): string {
  return JSON.stringify({
    properties: bagText(properties),
    recipients: recipients.map(bagText),
    attachments: attachments.map((one) => [bagText(one.properties), one.embedded === undefined ? '' : objectText(one.embedded)]),
  })
}

function bagText(bag: PropertyBag): readonly string[] {
  return [...bag.entries()]
    .filter(({ property }) => !storesOwn.has(property.key))
    .map(({ property, value }) => `${property.key} ${property.type} ${valueText(value)}`)
    .toSorted()
}

/** Long values by their digest, so that a difference can be read. */
function valueText(value: PropertyValue): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : JSON.stringify(value, bigints)
  return text.length <= 80 ? text : `${text.length} ${hash('sha256', text)}`
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
