import type { Capabilities } from '../core/model/capabilities.ts'
import { createGovernor } from '../core/pace/governor.ts'
import type { Reader } from '../core/ports/connector.ts'
import type { Clock } from '../core/ports/context.ts'
import type { Governor } from '../core/ports/governor.ts'
import type { PaceSettings } from './settings/pass-settings.ts'

/** What of an opened side decides about its pace. */
interface Opened extends Pick<Reader, 'binding'> {
  readonly capabilities: Pick<Capabilities, 'sessionsMax'>
}

/** The governor of two opened sides: what they declare, narrowed by what a person set. */
export function makeGovernor(sides: { readonly source: Opened; readonly target: Opened }, pace: PaceSettings, clock: Clock): Governor {
  const sessions = ({ capabilities }: Opened): number => Math.min(capabilities.sessionsMax, pace.sessionsMax ?? Number.POSITIVE_INFINITY)
  return createGovernor({
    clock,
    source: { ...pace.source, sessionsMax: sessions(sides.source) },
    target: { ...pace.target, sessionsMax: sessions(sides.target) },
    bindings: { source: () => sides.source.binding?.(), target: () => sides.target.binding?.() },
  })
}

/** The governor for what is done before both sides are open, and for looking without carrying anything. */
export function makeLookingGovernor(clock: Clock): Governor {
  return createGovernor({ clock, source: { sessionsMax: 1 }, target: { sessionsMax: 1 } })
}
