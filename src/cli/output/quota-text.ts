import type { Quota } from '../../core/model/quota.ts'
import type { Shortfall } from '../../control/plan-mailbox.ts'
import { formatBytes, formatCount, formatNoun } from './format-units.ts'

/** What is used of what is allowed: `1.2 GB of 5.0 GB, 800 of 10,000 messages used`. */
export function toQuotaText({ storageBytes, messages }: Quota): string {
  const parts = [
    ...(storageBytes === undefined ? [] : [`${formatBytes(storageBytes.used)} of ${formatBytes(storageBytes.limit)}`]),
    ...(messages === undefined ? [] : [`${formatCount(messages.used)} of ${formatNoun(messages.limit, 'message')}`]),
  ]
  return parts.length === 0 ? 'limits neither bytes nor messages' : `${parts.join(', ')} used`
}

/** What does not fit into the target, and what to do about it: one sentence. */
export function toShortfallText(quota: Quota, shortfall: Shortfall): string {
  const amounts = [
    ...(shortfall.storageBytes === undefined ? [] : [formatBytes(shortfall.storageBytes)]),
    ...(shortfall.messages === undefined ? [] : [formatNoun(shortfall.messages, 'message')]),
  ]
  const missing = amounts.join(' and ')
  return `This does not fit into the target (${toQuotaText(quota)}): make room or raise the quota there by at least ${missing}, or leave some mail out.`
}
