import type { ProfileName } from './profiles.ts'

/** What a tool does: copy into an empty mailbox, run again with nothing to do, run again with 1 % new messages. */
export type Phase = 'copy' | 'no-op' | '+1 %'

/** Where a chain of phases takes place. Scenarios with equal settings share their copies. */
export interface Setting {
  readonly profile: ProfileName
  /** One way, on both legs; 0 is without a proxy. */
  readonly delayMs: number
  /** On both legs. */
  readonly tls: boolean
  /** Whether the target announces MULTIAPPEND. */
  readonly multiAppend: boolean
}

/** One row of questions that the bench can answer. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly setting: Setting
  readonly phase: Phase
  /** Tools that would take hours, and why. */
  readonly leftOut?: Readonly<Record<string, string>>
}

const lan = { delayMs: 0, tls: false, multiAppend: true }
const far = { ...lan, delayMs: 20 }

/** All scenarios, in the order in which they are run and shown. */
export const scenarios: readonly Scenario[] = [
  scenario('small', '20,000 small messages, 77 MB', { ...lan, profile: 'small' }, 'copy'),
  scenario('noop', 'nothing to do on 20,000 messages in 40 folders', { ...lan, profile: 'small' }, 'no-op'),
  scenario('plus1', '200 new messages among 20,000', { ...lan, profile: 'small' }, '+1 %'),
  scenario('mixed', '5,000 mixed messages, 560 MB', { ...lan, profile: 'mixed' }, 'copy'),
  scenario('large', '40 messages of 26.5 MB', { ...lan, profile: 'large' }, 'copy'),
  scenario('tls', '5,000 mixed messages, TLS on both legs', { ...lan, profile: 'mixed', tls: true }, 'copy'),
  scenario(
    'no-multiappend',
    '20,000 small messages, target without MULTIAPPEND',
    { ...lan, profile: 'small', multiAppend: false },
    'copy',
  ),
  scenario('40ms', '1,000 small messages at 40 ms round trip', { ...far, profile: 'small1k' }, 'copy'),
  scenario(
    '40ms-no-multiappend',
    '1,000 small messages at 40 ms, target without MULTIAPPEND',
    { ...far, profile: 'small1k', multiAppend: false },
    'copy',
  ),
  {
    ...scenario('40ms-noop', 'nothing to do on 20,000 messages at 40 ms', { ...far, profile: 'small' }, 'no-op'),
    leftOut: { doveadm: 'a round trip for every message', imapsync: 'a quarter of an hour' },
  },
]

function scenario(id: string, title: string, setting: Setting, phase: Phase): Scenario {
  return { id, title, setting, phase }
}

/** The same for settings that are alike. */
export function settingKey(setting: Setting): string {
  return [setting.profile, setting.delayMs, setting.tls, setting.multiAppend].join(' ')
}
