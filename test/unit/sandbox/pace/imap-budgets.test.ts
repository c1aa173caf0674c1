import { describe, expect, test } from 'vitest'
import { publishedLimits, throttledLimits, type BudgetLimits } from '../../../../src/sandbox/pace/budget-limits.ts'
import { createImapBudgets, type ImapBudgets } from '../../../../src/sandbox/pace/imap-budgets.ts'
import { StandingClock } from './standing-clock.ts'

function start(limits: BudgetLimits): { clock: StandingClock; budgets: ImapBudgets } {
  const clock = new StandingClock()
  return { clock, budgets: createImapBudgets({ clock, limits: () => limits }) }
}

function send(budgets: ImapBudgets, mailboxId: string, count: number): number {
  let passed = 0
  for (let at = 0; at < count; at++) if (budgets.enter(mailboxId).admitted) passed++
  return passed
}

describe('connections per mailbox (exchange.md 4.5)', () => {
  test('20 are open at the same time; one that closes makes room for one', () => {
    const { budgets } = start(publishedLimits)
    const open = Array.from({ length: 20 }, () => budgets.connect('mailbox'))
    expect(open.every(({ admitted }) => admitted)).toBe(true)
    expect(budgets.connect('mailbox')).toEqual({ admitted: false, byeText: 'Connection is closed. 10' })
    expect(budgets.connect('other').admitted).toBe(true)
    const [first] = open
    if (first?.admitted) {
      first.leave()
      first.leave()
    }
    expect(budgets.connect('mailbox').admitted).toBe(true)
    expect(budgets.connect('mailbox').admitted).toBe(false)
  })
})

describe('commands per mailbox (exchange.md 4.5)', () => {
  test('have no published limit', () => {
    const { budgets } = start(publishedLimits)
    expect(send(budgets, 'mailbox', 50_000)).toBe(50_000)
    expect(budgets.tracked).toBe(0)
  })

  test('beyond a limit are throttled in the words of Exchange Online, and pass after the suggested time', () => {
    const { clock, budgets } = start(throttledLimits)
    expect(send(budgets, 'mailbox', 700)).toBe(700)
    clock.advance(20_000.5)
    expect(send(budgets, 'mailbox', 500)).toBe(500)
    const refused = budgets.enter('mailbox')
    expect(refused).toEqual({
      admitted: false,
      status: 'BAD',
      text: 'Request is throttled. Suggested Backoff Time: 40000 milliseconds',
      backoffMs: 40_000,
    })
    expect(send(budgets, 'other', 1_201)).toBe(1_200)
    clock.advance(40_000)
    expect(budgets.enter('mailbox').admitted).toBe(true)
  })

  test('mailboxes are forgotten when idle, and not while a connection is open', () => {
    const { clock, budgets } = start(throttledLimits)
    for (let mailbox = 0; mailbox < 1_000; mailbox++) budgets.enter(`mailbox ${mailbox}`)
    const open = Array.from({ length: 6 }, () => budgets.connect('mailbox'))
    expect(open.every(({ admitted }) => admitted)).toBe(true)
    clock.advance(60_000)
    for (let at = 0; at < 1_000; at++) budgets.enter('busy')
    expect(budgets.tracked).toBe(2)
    expect(budgets.connect('mailbox').admitted).toBe(false)
  })
})
