import type { FaultyCommand } from '../../pace/faults.ts'
import type { SignedIn } from './sign-in.ts'

/** What becomes of a command before it is carried out. */
export type Admission =
  | { readonly type: 'go' }
  /** Answered with its tag and this. */
  | { readonly type: 'refuse'; readonly text: string }
  | { readonly type: 'bye'; readonly text: string }
  | { readonly type: 'reset' }
  | { readonly type: 'delay'; readonly delayMs: number }

/** Looks at the token's life, the budgets and the fault profile, in this order. */
export function admit(name: string, signedIn: SignedIn, nowMs: number): Admission {
  if (nowMs >= signedIn.expiresAtMs) return { type: 'bye', text: 'Session invalidated - AccessTokenExpired' }
  const command = toFaulty(name, signedIn)
  if (command === undefined) return { type: 'go' }
  const { budgets, faults } = signedIn.account
  const budget = budgets.enter(command.mailboxId)
  if (!budget.admitted) return { type: 'refuse', text: `${budget.status} ${budget.text}` }
  const fault = faults.before(command)
  switch (fault?.type) {
    case undefined:
      return { type: 'go' }
    case 'refuse':
      return { type: 'refuse', text: `${fault.status} ${fault.text}` }
    case 'bye':
    case 'delay':
      return fault
    default:
      return { type: 'reset' }
  }
}

/** What is left of an answer: the share of its first literal that still goes, or none of it at all; undefined for all. */
export function lossOf(name: string, hasLiteral: boolean, signedIn: SignedIn): { readonly literalShare: number | undefined } | undefined {
  const command = toFaulty(name, signedIn)
  const fault = command === undefined ? undefined : signedIn.account.faults.after(command, { hasLiteral })
  if (fault === undefined) return undefined
  return { literalShare: fault.type === 'cut-literal' ? fault.keptShare : undefined }
}

function toFaulty(name: string, { account, appId, tokenId }: SignedIn): FaultyCommand | undefined {
  const mailboxId = account.mailbox?.row.guid
  return mailboxId === undefined || name === 'LOGOUT' ? undefined : { appId, mailboxId, tokenId, name }
}
