import type { MailboxClient } from '../mailbox-client.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'

/** A session is renewed so long before its end, or halfway when it lives shorter than twice that. */
const renewalMs = 60_000

interface Session {
  readonly url: string
  readonly renewAtMs: number
}

/**
 * The import URLs of a mailbox and its auxiliary archives: each serves many items until it ends (exchange.md 2.3). A URL holds
 * a token: it is kept in memory alone.
 */
export class ImportSessions {
  readonly #client: MailboxClient
  readonly #sessions = new Map<string, Promise<Session>>()

  constructor(client: MailboxClient) {
    this.#client = client
  }

  /** The URL of a session that is good for a while; asked for once however many want it. */
  async url(mailboxId: string): Promise<string> {
    for (;;) {
      const pending = this.#sessions.get(mailboxId) ?? this.#begin(mailboxId)
      const { url, renewAtMs } = await pending
      if (this.#client.clock.now() < renewAtMs) return url
      if (this.#sessions.get(mailboxId) === pending) this.#sessions.delete(mailboxId)
    }
  }

  /** Not to be given again: it is not taken any more. */
  async discard(mailboxId: string, url: string): Promise<void> {
    const pending = this.#sessions.get(mailboxId)
    const session = await pending
    if (session?.url === url && this.#sessions.get(mailboxId) === pending) this.#sessions.delete(mailboxId)
  }

  #begin(mailboxId: string): Promise<Session> {
    const beginning = this.#create(mailboxId)
    this.#sessions.set(mailboxId, beginning)
    beginning.catch(() => {
      if (this.#sessions.get(mailboxId) === beginning) this.#sessions.delete(mailboxId)
    })
    return beginning
  }

  async #create(mailboxId: string): Promise<Session> {
    const { json } = await this.#client.call(
      { method: 'POST', path: '/createImportSession', permission: 'MailboxItem.ImportExport.All' },
      mailboxId,
    )
    const expiresAtMs = Date.parse(jsonText(json, 'expirationDateTime'))
    const lifetimeMs = expiresAtMs - this.#client.clock.now()
    // By a clock that is wrong a new session may be over already: then the refusal of the old one tells.
    const renewAtMs = lifetimeMs > 0 ? expiresAtMs - Math.min(renewalMs, lifetimeMs / 2) : Number.POSITIVE_INFINITY
    return { url: jsonText(json, 'importUrl'), renewAtMs }
  }
}
