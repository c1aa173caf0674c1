import type { Form } from '../core/model/form.ts'
import type { Connector } from '../core/ports/connector.ts'

/** A connector that can be looked up before its code is loaded. */
export interface Registration {
  readonly kind: string
  /** `Connector.schemes`. */
  readonly schemes: readonly string[]
  /** `Connector.forms`. */
  readonly forms: readonly Form[]
  /** How a URL of this kind looks, for hints. */
  readonly example: string
  load(): Promise<Connector<unknown>>
}

/** Every connector of this program; nothing else names one. */
export const connectors: readonly Registration[] = [
  {
    kind: 'imap',
    schemes: ['imaps', 'imap'],
    forms: ['mail'],
    example: 'imaps://user@host',
    load: async () => (await import('./imap/index.ts')).imapConnector,
  },
  {
    kind: 'archive',
    schemes: ['maildir', 'mbox', 'eml'],
    forms: ['mail'],
    example: 'maildir:PATH',
    load: async () => (await import('./archive/index.ts')).archiveConnector,
  },
  {
    kind: 'graph',
    schemes: ['m365'],
    forms: ['exchange', 'mail'],
    example: 'm365://ENDPOINT/user@contoso.com',
    load: async () => {
      const { makeGraphConnector } = await import('./graph/index.ts')
      // Few mailboxes are written by IMAP: the others do without its code.
      return makeGraphConnector(async (mailbox, context) => (await import('./imap/index.ts')).openByToken(mailbox, context))
    },
  },
]
