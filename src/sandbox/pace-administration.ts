import type { SandboxClock } from './clock.ts'
import { brokenAnswer } from './http/broken-answer.ts'
import type { FaultProfiles } from './pace/fault-profiles.ts'

/** Runs calls of Exchange's administration with the faults of the profile in force; none of the published budgets is theirs. */
export function paceAdministration({ clock, profiles }: { clock: SandboxClock; profiles: FaultProfiles }) {
  return async (appId: string, next: () => Promise<Response>): Promise<Response> => {
    const faulty = { appId, method: 'POST', surface: 'directory' as const }
    const before = profiles.http.before(faulty)
    if (before?.type === 'reset') return brokenAnswer()
    if (before?.type === 'status') return refusal(before)
    if (before?.type === 'delay') await clock.sleep(before.delayMs)
    const response = await next()
    const after = profiles.http.after(faulty, { status: response.status, isPage: false })
    return before?.type === 'lose-answer' || after?.type === 'lose-answer' || after?.type === 'reset' ? brokenAnswer() : response
  }
}

function refusal({ status, error, retryAfterS }: { status: number; error?: { code: string; message: string }; retryAfterS?: number }): Response {
  const headers: Record<string, string> = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) }
  if (error === undefined) return new Response(null, { status, headers })
  return new Response(JSON.stringify({ error }), { status, headers: { 'Content-Type': 'application/json', ...headers } })
}
