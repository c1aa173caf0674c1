import type { SandboxClock } from '../../clock.ts'
import type { RequestLog } from '../../http/request-log.ts'
import { isProfileName, profileNames, type FaultProfiles } from '../../pace/fault-profiles.ts'
import type { MailboxTotal } from '../../pace/mailbox-totals.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'
import { ControlError } from './control-error.ts'

/** What can be changed while a sandbox runs. */
export interface ControlParts {
  readonly tenants: readonly Tenant[]
  readonly keys: SigningKeys
  readonly profiles: FaultProfiles
  readonly clock: SandboxClock
  /** Puts the clock forward. */
  readonly advanceClock: (durationMs: number) => void
  readonly log: RequestLog
  readonly traffic: () => readonly MailboxTraffic[]
}

/** What one app has asked of one mailbox. */
export interface MailboxTraffic extends MailboxTotal {
  /** Its user's; absent for what is no mailbox here. */
  readonly address?: string | undefined
}

/** What was asked for, by the name of the control. A form gives texts only. */
export type ControlBody = Readonly<Record<string, unknown>>

const advanceSecondsMax = 10 * 366 * 24 * 3600
const textsMax = 50
const textLengthMax = 2_000
const domainName = /^(?=.{3,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/

/** The controls: each changes the sandbox at once, or throws a `ControlError`. */
export const controls: Readonly<Record<string, (parts: ControlParts, body: ControlBody) => void>> = {
  /** `{"advanceSeconds":3600}`: forward only, as time goes. */
  clock({ advanceClock }, body) {
    const { advanceSeconds } = readFields(body, ['advanceSeconds'])
    const seconds = typeof advanceSeconds === 'string' && advanceSeconds !== '' ? Number(advanceSeconds) : advanceSeconds
    if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= advanceSecondsMax))
      throw invalid(`advanceSeconds is a number above 0 and up to ${advanceSecondsMax}.`)
    advanceClock(seconds * 1000)
  },

  /** `{"profile":"flaky"}`: from its beginning; whatever an earlier one took away is back. */
  profile({ profiles }, body) {
    const { profile } = readFields(body, ['profile'])
    if (typeof profile !== 'string' || !isProfileName(profile)) throw invalid(`profile is one of ${profileNames.join(', ')}.`)
    profiles.use(profile)
  },

  /** `{"action":"rotate"}` signs with a new key; `revoke` does, and every token before verifies no more. */
  keys({ keys }, body) {
    const { action } = readFields(body, ['action'])
    if (action !== 'rotate' && action !== 'revoke') throw invalid('action is rotate or revoke.')
    keys[action]()
  },

  /** `{"domain":"contoso.com","texts":["MS=ms1"]}` replaces a domain's TXT records, `add` and `remove` change one. */
  dns({ tenants }, body) {
    const { domain, texts, add, remove } = readFields(body, ['domain', 'texts', 'add', 'remove'])
    if (typeof domain !== 'string' || !domainName.test(domain.toLowerCase())) throw invalid('domain is the name of a domain.')
    const changes = [texts, add, remove].filter((change) => change !== undefined)
    if (changes.length !== 1) throw invalid('One of texts, add and remove is needed.')
    const name = domain.toLowerCase()
    for (const { settings } of tenants) {
      const before = settings.dnsTexts.get(name) ?? []
      const after =
        texts !== undefined
          ? readTexts(texts)
          : add !== undefined
            ? [...new Set([...before, ...readTexts([add])])]
            : before.filter((text) => !readTexts([remove]).includes(text))
      if (after.length > textsMax) throw invalid(`A domain has no more than ${textsMax} texts.`)
      if (after.length === 0) settings.dnsTexts.delete(name)
      else settings.dnsTexts.set(name, after)
    }
  },
}

/** What `GET /sandbox` answers, and every control when it has done what it was asked for. */
export function stateOf({ tenants, keys, profiles, clock, log, traffic }: ControlParts): object {
  return {
    now: new Date(clock.nowMs()).toISOString(),
    profile: profiles.name,
    profiles: profileNames,
    keys: keys.published().map(({ kid }) => kid),
    dns: Object.fromEntries(tenants[0]?.settings.dnsTexts ?? []),
    requests: { total: log.total, byStatus: Object.fromEntries(log.byStatus) },
    mailboxes: traffic(),
  }
}

function readFields(body: ControlBody, names: readonly string[]): ControlBody {
  const unknown = Object.keys(body).find((name) => !names.includes(name))
  if (unknown !== undefined) throw invalid(`${unknown} is none of ${names.join(', ')}.`)
  return body
}

function readTexts(value: unknown): readonly string[] {
  const isGood = (text: unknown): text is string => typeof text === 'string' && text !== '' && text.length <= textLengthMax
  if (!Array.isArray(value) || !value.every(isGood)) throw invalid(`TXT records are texts of 1 to ${textLengthMax} characters.`)
  return value
}

function invalid(message: string): ControlError {
  return new ControlError(400, 'invalid-control', message)
}
