import { parseEnabled } from './protocol/account-response.ts'
import type { Receiver, Session } from './protocol/session.ts'

/** Those whose server said that it now speaks UTF-8. */
const inUtf8 = new WeakSet<Session>()
/** Of those that were asked to, when it was answered. */
const settled = new WeakMap<Session, Promise<unknown>>()

/**
 * Enables what the server announces and does not do unasked (RFC 5161): CONDSTORE and QRESYNC, and UTF8=ACCEPT (RFC 6855),
 * without which a server may show messages with UTF-8 in the header in a reduced form, and refuse to store them. Nothing is
 * waited for. A refusal changes nothing: extensions are asked for apart, and what was not enabled is not relied on.
 */
export function enableExtensions(session: Session): void {
  const { capabilities } = session
  if (!capabilities.has('ENABLE')) return
  const learn: Receiver = {
    onUntagged: (text) => {
      if (parseEnabled(text)?.some((name) => name === 'UTF8=ACCEPT' || name === 'UTF8=ONLY') === true) inUtf8.add(session)
    },
  }
  const changes = ['CONDSTORE', 'QRESYNC'].filter((name) => capabilities.has(name))
  if (changes.length > 0) session.execute(`ENABLE ${changes.join(' ')}`, learn).catch(() => {})
  // RFC 6855 section 7: UTF8=ONLY includes it, and is enabled by its name.
  if (!capabilities.has('UTF8=ACCEPT') && !capabilities.has('UTF8=ONLY')) return
  settled.set(session, session.execute('ENABLE UTF8=ACCEPT', learn).catch(() => {}))
}

/** Whether names travel as UTF-8, and messages may be stored as UTF8 data; certain once `whenEnabled` has resolved. */
export function speaksUtf8(session: Session): boolean {
  return inUtf8.has(session)
}

/** Resolves once it is known how names are to be written; at once on a server that was not asked for anything else. */
export async function whenEnabled(session: Session): Promise<void> {
  await settled.get(session)
}
