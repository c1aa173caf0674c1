import type { SandboxClock } from '../clock.ts'
import type { BudgetLimits } from './budget-limits.ts'
import type { FaultProfile, HttpFaults, ImapFaults } from './fault-profile.ts'
import { createFlakyProfile, flakyDefaults, type FlakySettings } from './flaky-profile.ts'
import { noneProfile } from './none-profile.ts'
import type { Random } from './random.ts'
import { createRevokedProfile, revokedDefaults, type RevokedSettings } from './revoked-profile.ts'
import { createSlowProfile, slowDefaults, type SlowSettings } from './slow-profile.ts'
import { createThrottledProfile, throttledDefaults, type ThrottledSettings } from './throttled-profile.ts'

/** The profiles by name, in the order in which a person is shown them. */
export const profileNames = ['none', 'throttled', 'flaky', 'slow', 'revoked'] as const

/** A profile's name, as `--profile` takes it. */
export type ProfileName = (typeof profileNames)[number]

/** What may be set of a profile; the rest is as usual. */
export type ProfileSettings = Partial<ThrottledSettings & FlakySettings & SlowSettings & RevokedSettings>

/** The profile in force, which may change while the tenant runs. */
export interface FaultProfiles {
  readonly name: ProfileName
  /** Puts a profile in force, from its beginning: whatever an earlier one took away is back. */
  use(name: ProfileName, settings?: ProfileSettings): void
  /** Gives back what `revoked` took away; nothing more is taken until it is put in force again. */
  restore(): void
  /** The limits in force, as `createBudgets` and `createImapBudgets` take them; needs no `this`. */
  readonly limits: () => BudgetLimits
  readonly http: HttpFaults
  readonly imap: ImapFaults
}

/** What profiles are made of. */
export interface FaultProfilesOptions {
  readonly clock: SandboxClock
  readonly random: Random
}

/** Makes a holder of profiles, with `none` in force. */
export function createFaultProfiles({ clock, random }: FaultProfilesOptions): FaultProfiles {
  let name: ProfileName = 'none'
  let profile = noneProfile
  return {
    get name() {
      return name
    },
    use(nameNext, settings = {}) {
      profile = createProfile(nameNext, settings, clock, random)
      name = nameNext
    },
    restore: () => profile.restore(),
    limits: () => profile.limits,
    http: {
      before: (request) => profile.http.before(request),
      after: (request, answer) => profile.http.after(request, answer),
    },
    imap: {
      before: (command) => profile.imap.before(command),
      after: (command, answer) => profile.imap.after(command, answer),
    },
  }
}

/** Whether a word names a profile. */
export function isProfileName(word: string): word is ProfileName {
  return profileNames.some((name) => name === word)
}

function createProfile(name: ProfileName, settings: ProfileSettings, clock: SandboxClock, random: Random): FaultProfile {
  switch (name) {
    case 'none':
      return noneProfile
    case 'throttled':
      return createThrottledProfile(clock, random, { ...throttledDefaults, ...settings })
    case 'flaky':
      return createFlakyProfile(random, { ...flakyDefaults, ...settings })
    case 'slow':
      return createSlowProfile(random, { ...slowDefaults, ...settings })
    case 'revoked':
      return createRevokedProfile(random, { ...revokedDefaults, ...settings })
  }
}
