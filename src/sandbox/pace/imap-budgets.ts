import type { SandboxClock } from '../clock.ts'
import { budgetWindowsMs, publishedLimits, type BudgetLimits } from './budget-limits.ts'
import { ForgettingMap, type Forgettable } from './forgetting-map.ts'
import { SlidingWindow } from './sliding-window.ts'

/** A connection that may go on; `leave` once it is closed, further calls do nothing. */
export type ImapConnectionAdmission =
  | { readonly admitted: true; leave(): void }
  | { readonly admitted: false; /** What follows `* BYE `. */ readonly byeText: string }

/** A command that may go on, or what follows its tag instead of an answer. */
export type ImapCommandAdmission = { readonly admitted: true } | ImapThrottled

/** Exchange Online's refusal of a command (exchange.md 4.5). */
export interface ImapThrottled {
  readonly admitted: false
  readonly status: 'BAD'
  readonly text: string
  /** A command that comes after as long passes if none was sent until then. */
  readonly backoffMs: number
}

/** What Exchange Online lets pass through IMAP (exchange.md 4.5); counted per mailbox, whichever app asks. */
export interface ImapBudgets {
  /** To be asked once it is known whose mailbox a connection is for. */
  connect(mailboxId: string): ImapConnectionAdmission
  /** To be asked at each command of a connection, save LOGOUT. Refused commands count. */
  enter(mailboxId: string): ImapCommandAdmission
  /** How many mailboxes are remembered; idle ones are forgotten. */
  readonly tracked: number
}

/** What IMAP's budgets are made of. */
export interface ImapBudgetsOptions {
  readonly clock: SandboxClock
  /** Asked at each connection and command, so that limits may change meanwhile. */
  readonly limits?: () => BudgetLimits
}

/** The sentence of exchange.md 4.5, with the wait in whole milliseconds. */
export function imapThrottled(waitMs: number): ImapThrottled {
  const backoffMs = Math.ceil(waitMs)
  const text = `Request is throttled. Suggested Backoff Time: ${backoffMs} milliseconds`
  return { admitted: false, status: 'BAD', text, backoffMs }
}

/** A limit of commands above this is none: so many are told from another at most. */
const imapCommandsKeptMax = 100_000

class ImapMailbox implements Forgettable {
  connections = 0
  readonly commands = new SlidingWindow(imapCommandsKeptMax, budgetWindowsMs.imapCommands)

  isIdle(nowMs: number): boolean {
    return this.connections === 0 && this.commands.unitsAt(nowMs) === 0
  }
}

/** Makes the budgets of all mailboxes, full. */
export function createImapBudgets({ clock, limits = () => publishedLimits }: ImapBudgetsOptions): ImapBudgets {
  const mailboxes = new ForgettingMap(() => new ImapMailbox())
  return {
    connect(mailboxId) {
      const mailbox = mailboxes.ensure(mailboxId, clock.nowMs())
      if (mailbox.connections >= limits().imapConnectionsMax) return { admitted: false, byeText: 'Connection is closed. 10' }
      mailbox.connections++
      let isOpen = true
      return {
        admitted: true,
        leave() {
          if (!isOpen) return
          isOpen = false
          mailbox.connections--
        },
      }
    },
    enter(mailboxId) {
      const { imapCommandsMax } = limits()
      if (imapCommandsMax > imapCommandsKeptMax) return { admitted: true }
      const nowMs = clock.nowMs()
      const { commands } = mailboxes.ensure(mailboxId, nowMs)
      const isShort = commands.waitMs(1, imapCommandsMax, nowMs) > 0
      commands.take(1, nowMs)
      return isShort ? imapThrottled(commands.waitMs(1, imapCommandsMax, nowMs)) : { admitted: true }
    },
    get tracked() {
      return mailboxes.size
    },
  }
}
