import type { Connector } from '../core/ports/connector.ts'

/** A connector that can be looked up before its code is loaded. */
export interface Registration {
  readonly kind: string
  /** `Connector.schemes`. */
  readonly schemes: readonly string[]
  /** How a URL of this kind looks, for hints. */
  readonly example: string
  load(): Promise<Connector<unknown>>
}

/** Every connector of this program; nothing else names one. */
export const connectors: readonly Registration[] = [
  {
    kind: 'imap',
    schemes: ['imaps', 'imap'],
    example: 'imaps://user@host',
    load: async () => (await import('./imap/index.ts')).imapConnector,
  },
  {
    kind: 'archive',
    schemes: ['maildir', 'mbox', 'eml'],
    example: 'maildir:PATH',
    load: async () => (await import('./archive/index.ts')).archiveConnector,
  },
  {
    kind: 'graph',
    schemes: ['m365'],
    example: 'm365://ENDPOINT/user@contoso.com',
    load: async () => {
      const [{ makeGraphConnector }, { openByToken }] = await Promise.all([import('./graph/index.ts'), import('./imap/index.ts')])
      return makeGraphConnector(openByToken)
    },
  },
]
