import type { Quota, Usage } from '../model/quota.ts'

/** By how much something does not fit; what fits is left out. */
export interface Shortfall {
  readonly storageBytes?: number
  readonly messages?: number
}

/** What is missing when `bytes` in `items` messages are added to a mailbox; undefined when they fit. Pure. */
export function quotaShortfall(quota: Quota, added: { readonly items: number; readonly bytes: number }): Shortfall | undefined {
  const storageBytes = missing(quota.storageBytes, added.bytes)
  const messages = missing(quota.messages, added.items)
  if (storageBytes === 0 && messages === 0) return undefined
  return { ...(storageBytes > 0 && { storageBytes }), ...(messages > 0 && { messages }) }
}

function missing(usage: Usage | undefined, added: number): number {
  if (usage === undefined || added === 0) return 0
  return Math.max(0, usage.used + added - usage.limit)
}
