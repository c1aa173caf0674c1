import { type ScriptedCommand, type ScriptedHandler, type ScriptedImap, type ScriptedSession, startScriptedImap } from '../scripted-imap.ts'

/** A message of a scripted mailbox, whose one folder is INBOX; its UID is its place there. */
export interface ScriptedMessage {
  readonly bytes: Buffer
  readonly flags?: string
  /** What RFC822.SIZE claims instead of the truth. */
  readonly claimedBytes?: number
}

/** Sends the answer to one FETCH of bodies, tagged line included. */
export type BodySender = (session: ScriptedSession, command: ScriptedCommand, uids: readonly number[]) => void

/** What a scripted mailbox says otherwise than it should. */
export interface ScriptedMailboxOptions {
  readonly messages: readonly ScriptedMessage[]
  readonly capability?: string
  /** Instead of a literal for each message, in order of UID. */
  readonly sendBodies?: BodySender
  /** Sent before each line of the listing. */
  readonly listingNoise?: (uid: number) => string | undefined
}

/** Starts a server with one read-only INBOX. */
export function startScriptedMailbox(options: ScriptedMailboxOptions): Promise<ScriptedImap> {
  const { messages, capability = 'IMAP4rev1 LITERAL+' } = options
  const ok: ScriptedHandler = (session, command) => session.answer(command, 'OK done')
  return startScriptedImap({
    capability,
    handlers: {
      LIST: (session, command) => {
        session.send('* LIST (\\HasNoChildren) "/" INBOX')
        session.answer(command, 'OK done')
      },
      LSUB: ok,
      NAMESPACE: ok,
      STATUS: (session, command) => {
        session.send(`* STATUS INBOX (MESSAGES ${messages.length} UIDNEXT ${messages.length + 1} UIDVALIDITY 7)`)
        session.answer(command, 'OK done')
      },
      EXAMINE: (session, command) => {
        session.send(`* ${messages.length} EXISTS`)
        session.send(`* OK [UIDVALIDITY 7] fine`)
        session.send(`* OK [UIDNEXT ${messages.length + 1}] fine`)
        session.answer(command, 'OK [READ-ONLY] done')
      },
      'UID FETCH': (session, command) => {
        const [set = '', ...rest] = command.argument.split(' ')
        const uids = toUids(set, messages.length)
        if (/BODY/.test(rest.join(' '))) (options.sendBodies ?? inOrder(messages))(session, command, uids)
        else sendListing(session, command, uids, options)
      },
    },
  })
}

/** The answer as it should be: each body as a literal behind its UID. */
export function inOrder(messages: readonly ScriptedMessage[]): BodySender {
  return (session, command, uids) => {
    for (const uid of uids) sendBody(session, uid, sectionOf(command, messages[uid - 1] as ScriptedMessage))
    session.answer(command, 'OK done')
  }
}

/** One body as a literal; `order` says where its UID stands. */
export function sendBody(session: ScriptedSession, uid: number, bytes: Buffer, order: 'uid-first' | 'uid-last' = 'uid-first'): void {
  session.send(Buffer.from(order === 'uid-first' ? `* ${uid} FETCH (UID ${uid} BODY[] {${bytes.length}}\r\n` : `* ${uid} FETCH (BODY[] {${bytes.length}}\r\n`))
  session.send(bytes)
  session.send(order === 'uid-first' ? ')' : ` UID ${uid})`)
}

/** The whole message, or its header when only fields of it were asked for. */
export function sectionOf(command: ScriptedCommand, { bytes }: ScriptedMessage): Buffer {
  const blankLine = /\r?\n\r?\n/.exec(bytes.toString('latin1'))
  return command.argument.includes('HEADER') && blankLine !== null ? bytes.subarray(0, blankLine.index + blankLine[0].length) : bytes
}

function sendListing(session: ScriptedSession, command: ScriptedCommand, uids: readonly number[], { messages, listingNoise }: ScriptedMailboxOptions): void {
  for (const uid of uids) {
    const noise = listingNoise?.(uid)
    if (noise !== undefined) session.send(noise)
    const { bytes, flags = '', claimedBytes = bytes.length } = messages[uid - 1] as ScriptedMessage
    session.send(`* ${uid} FETCH (UID ${uid} FLAGS (${flags}) INTERNALDATE "02-Mar-2020 10:00:00 +0000" RFC822.SIZE ${claimedBytes})`)
  }
  session.answer(command, 'OK done')
}

function toUids(set: string, last: number): readonly number[] {
  return set.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split(':').map((end) => (end === '*' ? last : Number(end)))
    return Array.from({ length: Math.max(0, Math.min(to, last) - from + 1) }, (_, index) => from + index)
  })
}
