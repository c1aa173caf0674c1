import { publishedLimits } from './budget-limits.ts'
import type { FaultProfile } from './fault-profile.ts'

/** Nothing goes wrong; Microsoft's published limits hold. */
export const noneProfile: FaultProfile = {
  limits: publishedLimits,
  http: { before: () => undefined, after: () => undefined },
  imap: { before: () => undefined, after: () => undefined },
  restore() {},
}
