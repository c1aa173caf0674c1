/** Service plans that give a mailbox (exchange.md 6.2); EXCHANGE_S_FOUNDATION alone gives none. */
const mailboxPlanIds: ReadonlySet<string> = new Set([
  '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
  'efb87545-963c-4e0d-99df-69c6916d9eb0',
  '4a82b400-a79f-41a4-b4e2-e94f5787b113',
  '1126bef5-da20-4f07-b45e-ad25d2581aa8',
  'fc52cc4b-ed7d-472d-bbe7-b081c23ecc56',
  '90927877-dcff-4af6-b346-2332c0b15bb7',
  'd42bdbd6-c335-4231-ab3d-c8f348d5aff5',
])

/** Whether a service plan gives whoever has it a mailbox in Exchange Online. */
export function givesMailbox(servicePlanId: string): boolean {
  return mailboxPlanIds.has(servicePlanId.toLowerCase())
}
