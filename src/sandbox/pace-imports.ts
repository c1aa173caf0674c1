import type { SandboxClock } from './clock.ts'
import type { ImportRequest } from './faces/transfer/import-app.ts'
import { brokenAnswer } from './http/broken-answer.ts'
import { fromMailboxId } from './mailbox/ids.ts'
import type { Budgets } from './pace/budgets.ts'
import type { FaultProfiles } from './pace/fault-profiles.ts'

/** Runs POSTs to import URLs within the budget of their mailbox and with the faults of the profile in force. */
export function paceImports({ clock, budgets, profiles }: { clock: SandboxClock; budgets: Budgets; profiles: FaultProfiles }) {
  return async (request: ImportRequest, next: () => Promise<Response>): Promise<Response> => {
    const { appId, mailboxId } = request.session
    const common = { appId, method: 'POST', mailboxId: fromMailboxId(mailboxId)?.guid ?? mailboxId }
    const admission = budgets.enter({ ...common, bodyBytes: request.bodyBytes ?? 0, isOutsideGraph: true })
    if (!admission.admitted) return refusal(admission.status, admission.code, admission.message, admission.headers)
    try {
      if (request.bodyBytes === undefined) {
        const refused = admission.addBody((await request.body())?.byteLength ?? 0)
        if (refused !== undefined) return refusal(refused.status, refused.code, refused.message, refused.headers)
      }
      const faulty = { ...common, surface: 'mailbox' as const, uses: 'import-session' as const }
      const before = profiles.http.before(faulty)
      if (before?.type === 'reset') return brokenAnswer()
      if (before?.type === 'status') {
        if (before.voids !== undefined) request.voidSession()
        const headers: Record<string, string> = before.retryAfterS === undefined ? {} : { 'Retry-After': String(before.retryAfterS) }
        return before.error === undefined
          ? new Response(null, { status: before.status, headers })
          : refusal(before.status, before.error.code, before.error.message, headers)
      }
      if (before?.type === 'delay') await clock.sleep(before.delayMs)
      const response = await next()
      const after = profiles.http.after(faulty, { status: response.status, isPage: false })
      return before?.type === 'lose-answer' || after?.type === 'lose-answer' || after?.type === 'reset' ? brokenAnswer() : response
    } finally {
      admission.leave()
    }
  }
}

function refusal(status: number, code: string, message: string, headers: Readonly<Record<string, string>>): Response {
  return new Response(JSON.stringify({ error: { code, message } }), { status, headers: { 'Content-Type': 'application/json', ...headers } })
}
