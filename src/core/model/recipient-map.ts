/** Old addresses and what they are now, in lower case: whole domains, and single addresses, which count first. */
export interface RecipientMap {
  readonly domains: Readonly<Record<string, string>>
  readonly addresses: Readonly<Record<string, string>>
}
