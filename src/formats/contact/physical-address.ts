import type { AddressProperties } from '../mapi/contact-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import type { PhysicalAddress } from './contact.ts'

const parts = ['street', 'city', 'state', 'postalCode', 'countryOrRegion', 'postOfficeBox', 'countryCode'] as const

/**
 * The address in `properties`, undefined when there is none. An address that was only ever stored in one piece is its
 * street.
 */
export function readAddress(bag: ReadonlyPropertyBag, properties: AddressProperties): PhysicalAddress | undefined {
  const address: { -readonly [K in keyof PhysicalAddress]: string } = {}
  for (const part of parts) {
    const text = bag.get(properties[part])
    if (text !== undefined && text !== '') address[part] = text
  }
  if (parts.some((part) => part !== 'countryCode' && address[part] !== undefined)) return address
  const complete = bag.get(properties.complete)
  return complete === undefined || complete.trim() === '' ? undefined : { ...address, street: complete }
}

/** Sets the parts and the whole, or takes the address away. */
export function writeAddress(bag: PropertyBag, properties: AddressProperties, address: PhysicalAddress | undefined): void {
  for (const part of [...parts, 'complete'] as const) bag.delete(properties[part])
  if (address === undefined) return
  for (const part of parts) if (address[part] !== '') bag.set(properties[part], address[part])
  const complete = toText(address)
  if (complete !== '') bag.set(properties.complete, complete)
}

/** The lines of an envelope, in the order of most countries: Exchange shows them and computes nothing from them. */
function toText(address: PhysicalAddress): string {
  const place = join([join([address.city, address.state], ', '), address.postalCode], ' ')
  return join([address.street, address.postOfficeBox, place, address.countryOrRegion], '\r\n')
}

/** Whether nothing is said in any part. */
export function isBlankAddress(address: PhysicalAddress): boolean {
  return parts.every((part) => address[part] === undefined || address[part] === '')
}

function join(texts: readonly (string | undefined)[], separator: string): string {
  return texts.filter((text) => text !== undefined && text !== '').join(separator)
}
