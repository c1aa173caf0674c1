/** What the bench asks of mailboxes of Microsoft 365, with `mailvan sandbox` in Microsoft's place. */
export interface Microsoft365Scenario {
  readonly id: 'm365-upload' | 'm365-requests' | 'm365-scaling' | 'm365-memory'
  readonly title: string
}

/** All of them, in the order in which they are run and shown. */
export const microsoft365Scenarios: readonly Microsoft365Scenario[] = [
  { id: 'm365-upload', title: "mail of 200 KB from a maildir into one mailbox: share of Microsoft's ceiling of bytes" },
  { id: 'm365-requests', title: "small items from tenant to tenant: share of Microsoft's ceiling of requests" },
  { id: 'm365-scaling', title: '1, 4 and 16 mailboxes at once from tenant to tenant' },
  { id: 'm365-memory', title: 'items of 35 MB and small ones as fast as they go: memory' },
]

/** How a sandbox lets requests in: as Microsoft does, or with shorter windows that hold less. */
export interface SandboxPace {
  readonly timeFactor: number
  readonly limitPercent: number
}

/** As Microsoft does. */
export const realPace: SandboxPace = { timeFactor: 1, limitPercent: 100 }

/** Microsoft's windows (exchange.md 4.1), and what a mailbox lets in within each. */
const ceilings = {
  uploadBytes: { windowMs: 5 * 60_000, units: 150_000_000 },
  requests: { windowMs: 10 * 60_000, units: 10_000 },
} as const

/** Which of the two a scenario measures. */
export type Ceiling = keyof typeof ceilings

/** The same under a pace. */
export function ceilingAt(ceiling: Ceiling, { timeFactor, limitPercent }: SandboxPace): { readonly windowMs: number; readonly units: number } {
  const { windowMs, units } = ceilings[ceiling]
  return { windowMs: windowMs / timeFactor, units: (units * limitPercent) / 100 }
}

/** For tables. */
export function paceText({ timeFactor, limitPercent }: SandboxPace): string {
  if (timeFactor === 1 && limitPercent === 100) return 'Real pace'
  return `Scaled: windows ${timeFactor} times as short that hold ${limitPercent} %`
}
