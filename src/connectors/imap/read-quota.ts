import type { Quota, Usage } from '../../core/model/quota.ts'
import { parseQuota } from './protocol/account-response.ts'
import type { Session } from './protocol/session.ts'

/** RFC 9208 section 5.1: STORAGE counts in units of 1024 octets. */
const storageUnitBytes = 1024

/**
 * The quota that holds INBOX (RFC 9208, RFC 2087), of several roots the one with the least room; other folders may have
 * another one. Undefined when there is none, or the server does not say.
 */
export async function readQuota(session: Session): Promise<Quota | undefined> {
  const found = new Map<string, Usage>()
  const answer = await session.execute('GETQUOTAROOT INBOX', {
    onUntagged: (text, literals) => {
      for (const { name, usage, limit } of parseQuota(text, literals)?.resources ?? []) {
        const other = found.get(name)
        if (other === undefined || limit - usage < other.limit - other.used) found.set(name, { used: usage, limit })
      }
    },
  })
  if (answer.status !== 'OK' || found.size === 0) return undefined
  const storage = found.get('STORAGE')
  const messages = found.get('MESSAGE')
  return {
    ...(storage && { storageBytes: { used: storage.used * storageUnitBytes, limit: storage.limit * storageUnitBytes } }),
    ...(messages && { messages }),
  }
}
