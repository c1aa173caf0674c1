import { type Sandbox, startSandbox } from '../../../src/sandbox/start-sandbox.ts'

/** What a sandbox holds. */
interface Holding {
  readonly tenants: readonly string[]
  readonly users: number
  readonly messagesPerUser: number
}

/** A sandbox without encryption and without Microsoft's delays, at the machine's own time. Its defects go to `defects`. */
export function startReadySandbox(holding: Holding, defects: unknown[]): Promise<Sandbox> {
  return startSandbox({
    ...holding,
    port: 0,
    profile: 'none',
    timeFactor: 1,
    isSecure: false,
    tenantSettings: { mailboxDelayMs: 0, replicationDelayMs: 0 },
    onDefect: (error) => defects.push(error),
  })
}
