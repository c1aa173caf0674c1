import type { RecipientMap } from '../model/recipient-map.ts'

/** The address that stands for `address` now; itself where the map says nothing. Compared without case, applied once. */
export function mapAddress({ addresses, domains }: RecipientMap, address: string): string {
  const known = address.toLowerCase()
  if (Object.hasOwn(addresses, known)) return addresses[known] as string
  const at = address.lastIndexOf('@')
  const domain = known.slice(at + 1)
  return at > 0 && Object.hasOwn(domains, domain) ? `${address.slice(0, at)}@${domains[domain]}` : address
}
