/** What the bench asks of the sandbox. */
export interface SandboxScenario {
  readonly id: 'sandbox' | 'sandbox-big'
  readonly title: string
}

/** All of them, in the order in which they are run and shown. */
export const sandboxScenarios: readonly SandboxScenario[] = [
  { id: 'sandbox', title: 'small items into and out of mailvan sandbox, by each of its ways' },
  { id: 'sandbox-big', title: 'mailvan sandbox starts with 200 mailboxes and 1,000,000 items' },
]
