import type { Rules, Verification } from '../../core/model/rules.ts'
import { parseSize, parseWholeNumber } from './parse-size.ts'

/** What a person sets for the passes of a run; resolved once. */
export interface PassSettings {
  readonly rules: Rules
  readonly verification: Verification
  readonly pace: PaceSettings
}

/** Limits that a person sets; absent ones are left to the servers and the governor. */
export interface PaceSettings {
  readonly sessionsMax?: number
  readonly source: SidePace
  readonly target: SidePace
}

/** Limits of one side. */
interface SidePace {
  readonly bytesPerSecond?: number
  readonly itemsPerSecond?: number
  readonly requestsPerSecond?: number
}

/** Limits as a person writes them. */
export interface PaceInput {
  readonly sessions?: string
  readonly sourceBytesPerSecond?: string
  readonly sourceMessagesPerSecond?: string
  readonly sourceRequestsPerSecond?: string
  readonly targetBytesPerSecond?: string
  readonly targetMessagesPerSecond?: string
  readonly targetRequestsPerSecond?: string
}

const sessionsMax = 32
const perSecondMax = 1_000_000

/** The limits that `input` means. Throws `UsageError`, naming the option. */
export function parsePace(input: PaceInput): PaceSettings {
  const { sessions } = input
  return {
    ...(sessions === undefined ? {} : { sessionsMax: parseWholeNumber(sessions, '--sessions', 1, sessionsMax) }),
    source: parseSidePace('source', input.sourceBytesPerSecond, input.sourceMessagesPerSecond, input.sourceRequestsPerSecond),
    target: parseSidePace('target', input.targetBytesPerSecond, input.targetMessagesPerSecond, input.targetRequestsPerSecond),
  }
}

function parseSidePace(side: string, bytes: string | undefined, messages: string | undefined, requests: string | undefined): SidePace {
  const parseRate = (text: string, option: string): number => parseWholeNumber(text, option, 1, perSecondMax)
  return {
    ...(bytes === undefined ? {} : { bytesPerSecond: parseSize(bytes, `--${side}-bytes-per-second`) }),
    ...(messages === undefined ? {} : { itemsPerSecond: parseRate(messages, `--${side}-messages-per-second`) }),
    ...(requests === undefined ? {} : { requestsPerSecond: parseRate(requests, `--${side}-requests-per-second`) }),
  }
}
