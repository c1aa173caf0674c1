import { formatDateTime, type ZonedTime } from './dates.ts'
import type { LiteralContent, OpenCommand } from './open-command.ts'
import type { TaggedAnswer } from './response.ts'
import { parseSequenceSet } from './sequence-set.ts'
import type { LiteralPart, Session } from './session.ts'

/** A message to be stored. */
export interface AppendedMessage {
  /** System flags and keywords, each a valid IMAP flag; see `quote.ts`. */
  readonly flags: readonly string[]
  readonly receivedAt: ZonedTime | undefined
  readonly sizeBytes: number
  readonly content: LiteralContent
  /** Sent as literal8 (RFC 3516), which may hold NUL; only where BINARY is announced. */
  readonly isBinary?: boolean
  /** Sent as UTF8 data (RFC 6855 section 4): for a message with UTF-8 in its header; only after ENABLE UTF8=ACCEPT. */
  readonly isUtf8?: boolean
  /** See `LiteralForm`. */
  readonly asksFirst?: boolean
}

/** What became of an APPEND. All messages of one command share it: stored together or not at all. */
export interface AppendAnswer extends TaggedAnswer {
  /** APPENDUID (RFC 4315), one UID per message in the order given; undefined when the server does not say. */
  readonly stored: { readonly uidValidity: number; readonly uids: readonly number[] } | undefined
}

/** An APPEND that is being written; MULTIAPPEND (RFC 3502) with the second message. No other command is sent meanwhile. */
export class Append {
  readonly #command: OpenCommand
  #messages = 0

  constructor(command: OpenCommand) {
    this.#command = command
  }

  /** Messages added so far. */
  get messages(): number {
    return this.#messages
  }

  /** True once the server has answered, before the end: what is still added is lost. */
  get isAnswered(): boolean {
    return this.#command.isAnswered
  }

  /** Writes a message; see `OpenCommand.literal` for what the promise says. False: the server refused; call `end`. */
  add(message: AppendedMessage): Promise<boolean> {
    const { flags, receivedAt, content, sizeBytes, isBinary = false, isUtf8 = false, asksFirst = false } = message
    const date = receivedAt === undefined ? '' : ` "${formatDateTime(receivedAt)}"`
    const list = flags.length === 0 ? '' : ` (${flags.join(' ')})`
    this.#messages++
    this.#command.text(`${list}${date} ${isUtf8 ? 'UTF8 (' : ''}`)
    const taken = this.#command.literal(content, sizeBytes, { isBinary: isBinary || isUtf8, asksFirst })
    return isUtf8 ? this.#closeUtf8(taken) : taken
  }

  async #closeUtf8(taken: Promise<boolean>): Promise<boolean> {
    const wasTaken = await taken
    this.#command.text(')')
    return wasTaken
  }

  /** Ends the command, which must have at least one message; the next may be sent before the answer comes. */
  async end(): Promise<AppendAnswer> {
    const answer = await this.#command.end()
    return { ...answer, stored: parseAppendUid(answer, this.#messages) }
  }
}

/** Begins an APPEND into `mailbox` (see `toAstring`) once it is this one's turn to be sent. */
export async function openAppend(session: Session, mailbox: string | LiteralPart): Promise<Append> {
  const command = await session.open()
  if (typeof mailbox === 'string') command.text(`APPEND ${mailbox}`)
  else {
    command.text('APPEND ')
    await command.literal(mailbox.literal, mailbox.literal.length)
  }
  return new Append(command)
}

const appendUid = /^(\d{1,10}) ([\d:,]+)$/

/** Reads `[APPENDUID validity uid-set]`; undefined unless it names exactly as many messages as were sent. */
export function parseAppendUid(answer: TaggedAnswer, messages: number): AppendAnswer['stored'] {
  if (answer.status !== 'OK' || answer.code?.name !== 'APPENDUID') return undefined
  const match = appendUid.exec(answer.code.text.trim())
  if (match === null) return undefined
  const uids = parseSequenceSet(match[2] as string, messages)
  return uids?.length === messages ? { uidValidity: Number(match[1]), uids } : undefined
}
