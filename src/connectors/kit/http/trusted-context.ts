import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'

/** By the authorities' text: as many as a person has named files of them, a handful. */
const contexts = new Map<string, SecureContext>()

/**
 * What trusts these authorities, in PEM, besides the system's. Made once for all clients: one holds every authority of the
 * system parsed, 1.3 MB each time (Node 24), and each mailbox has a client for each of its sides.
 */
export function trustedContext(authorities: readonly string[]): SecureContext {
  const key = authorities.join('\n')
  const known = contexts.get(key)
  if (known !== undefined) return known
  const made = createSecureContext({ ca: [...getCACertificates('default'), ...authorities] })
  contexts.set(key, made)
  return made
}
