import type { PassEvent } from '../core/ports/observer.ts'

/** What a run tells whoever watches: the pass's own events, and what happens around it. */
export type RunEvent =
  | PassEvent
  | { readonly type: 'mailboxStarted'; readonly source: string; readonly target: string }
  | { readonly type: 'fileWritten'; readonly content: 'certificate' | 'report' | 'handwork'; readonly file: string }

/** Told which mailbox an event belongs to, by the name that the run gave it. */
export type ObserveRun = (mailbox: string, event: RunEvent) => void
