import type { FaultProfile } from './fault-profile.ts'
import { noneProfile } from './none-profile.ts'
import type { Random } from './random.ts'

/** How long everything takes in the profile `slow`. */
export interface SlowSettings {
  readonly delayMsMin: number
  readonly delayMsMax: number
}

/** What holds when nothing is set. */
export const slowDefaults: SlowSettings = { delayMsMin: 150, delayMsMax: 12_000 }

/** Everything takes time, sign-in included: mostly little more than the least delay, now and then nearly the most. */
export function createSlowProfile(random: Random, { delayMsMin, delayMsMax }: SlowSettings): FaultProfile {
  const delay = (): { type: 'delay'; delayMs: number } => ({
    type: 'delay',
    delayMs: Math.round(delayMsMin + (delayMsMax - delayMsMin) * random.next() ** 8),
  })
  return {
    ...noneProfile,
    http: { before: delay, after: () => undefined },
    imap: { before: delay, after: () => undefined },
  }
}
