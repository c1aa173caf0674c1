import { addressesBut } from '../../../connectors/kit/microsoft/mailbox-addresses.ts'

/** What a mailbox has and lacks of the addresses that it is to have. */
export interface AddressPlan {
  readonly present: readonly string[]
  /** What it can be given. */
  readonly lacking: readonly string[]
  /** SMTP addresses of domains that are not the tenant's: no mailbox there can have them. */
  readonly foreign: readonly string[]
}

/** Pure. `domains` are the tenant's, in lower case; undefined when they are not known, and then nothing counts as foreign. */
export function planAddresses(wanted: readonly string[], has: readonly string[], domains: ReadonlySet<string> | undefined): AddressPlan {
  const all = addressesBut([], wanted)
  const missing = addressesBut(has, all)
  const foreign = missing.filter((address) => isForeign(address, domains))
  return { present: addressesBut(missing, all), lacking: addressesBut(foreign, missing), foreign }
}

/** The domain of an SMTP address, in lower case; undefined for another kind. */
export function smtpDomainOf(address: string): string | undefined {
  return /^smtp:/i.test(address) ? address.slice(address.lastIndexOf('@') + 1).toLowerCase() : undefined
}

function isForeign(address: string, domains: ReadonlySet<string> | undefined): boolean {
  const domain = smtpDomainOf(address)
  return domain !== undefined && domains !== undefined && !domains.has(domain)
}
