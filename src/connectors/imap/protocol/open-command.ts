import { MigrationError } from '../../../core/errors.ts'
import type { TaggedAnswer } from './response.ts'
import type { Session } from './session.ts'

/** Bytes of a literal: whole, or chunk by chunk. */
export type LiteralContent = Uint8Array | AsyncIterable<Uint8Array>

/** How a literal is written. */
export interface LiteralForm {
  /** As literal8 (RFC 3516), which may hold NUL. */
  readonly isBinary?: boolean
  /** Asks the server even where the bytes could be sent unasked: it may not understand what came before. */
  readonly asksFirst?: boolean
}

/** RFC 7888 section 5: what LITERAL- allows to be sent without asking. */
const literalMinusBytesMax = 4096

const taken = Promise.resolve(true)
const refused = Promise.resolve(false)

/**
 * A command that is being written. While it is open no other command is sent, and no idle timeout counts against it unless
 * it waits for the server. It must come to `end`, or the session be destroyed.
 */
export class OpenCommand {
  readonly tag: string
  /** The tagged answer, which may come before the end: the server need not hear us out. */
  readonly answer: Promise<TaggedAnswer>
  /** Set by the session. */
  isAnswered = false
  readonly #session: Session
  #isRefused = false

  constructor(session: Session, tag: string, answer: Promise<TaggedAnswer>) {
    this.#session = session
    this.tag = tag
    this.answer = answer
  }

  /** Writes a byte string. */
  text(text: string): void {
    if (!this.#isRefused) this.#session.output.text(text)
  }

  /**
   * Writes a literal in the cheapest form the server has announced: LITERAL+, LITERAL- (RFC 7888), or after asking.
   * Resolves with true when it was handed over and there is room to write on, with false when the server answered the
   * command instead of asking for the bytes: nothing more is then sent. Bytes given, whole or as chunks, must not be changed
   * afterwards: large ones are not copied and may still be waiting.
   *
   * Rejects when the connection ends; and when the content throws or does not have exactly `sizeBytes`, which destroys the
   * connection, since there is no other way to take back half a literal.
   */
  literal(content: LiteralContent, sizeBytes: number, form: LiteralForm = {}): Promise<boolean> {
    if (this.#isRefused) return refused
    const { output, capabilities } = this.#session
    const isBinary = form.isBinary === true
    const needsNoAsking =
      capabilities.has('LITERAL+') ||
      (sizeBytes <= literalMinusBytesMax && (capabilities.has('LITERAL-') || capabilities.has('IMAP4REV2')))
    // RFC 7888 section 6: literal8 goes unasked only where BINARY is announced as well.
    const mustAsk = form.asksFirst === true || (isBinary && !capabilities.has('BINARY') && !capabilities.has('IMAP4REV2'))
    if (!needsNoAsking || mustAsk) return this.#literalWhenAsked(content, sizeBytes, isBinary)
    output.text(isBinary ? `~{${sizeBytes}+}\r\n` : `{${sizeBytes}+}\r\n`)
    if (!(content instanceof Uint8Array)) return this.#stream(content, sizeBytes)
    if (content.length !== sizeBytes) return this.#misfit(sizeBytes, content.length)
    output.bytes(content)
    return output.isFull ? this.#drained() : taken
  }

  /** Ends the command's line and lets the next one be sent. */
  end(): Promise<TaggedAnswer> {
    this.text('\r\n')
    this.#session.endTurn(this)
    return this.answer
  }

  /** The same, but the next one is not sent before this one is answered. */
  async endAlone(): Promise<TaggedAnswer> {
    this.text('\r\n')
    this.#session.output.flush()
    try {
      return await this.answer
    } finally {
      this.#session.endTurn(this)
    }
  }

  async #literalWhenAsked(content: LiteralContent, sizeBytes: number, isBinary: boolean): Promise<boolean> {
    const { output } = this.#session
    output.text(isBinary ? `~{${sizeBytes}}\r\n` : `{${sizeBytes}}\r\n`)
    const isAsked = !this.isAnswered && (await this.#session.continuation())
    if (!isAsked) {
      this.#isRefused = true
      this.#session.endTurn(this)
      return false
    }
    if (!(content instanceof Uint8Array)) return this.#stream(content, sizeBytes)
    if (content.length !== sizeBytes) return this.#misfit(sizeBytes, content.length)
    output.bytes(content)
    return this.#drained()
  }

  async #stream(content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<boolean> {
    const { output } = this.#session
    let writtenBytes = 0
    try {
      for await (const bytes of content) {
        writtenBytes += bytes.length
        if (writtenBytes > sizeBytes) return await this.#misfit(sizeBytes, writtenBytes)
        output.bytes(bytes)
        if (output.isFull) await output.drained()
        this.#session.assertOpen()
      }
    } catch (error) {
      this.#session.destroy(cutShort(error))
      throw error
    }
    return writtenBytes === sizeBytes ? true : this.#misfit(sizeBytes, writtenBytes)
  }

  async #drained(): Promise<boolean> {
    await this.#session.output.drained()
    this.#session.assertOpen()
    return true
  }

  #misfit(announcedBytes: number, givenBytes: number): Promise<boolean> {
    const relation = givenBytes > announcedBytes ? 'more' : 'fewer'
    const error = new MigrationError('item', 'imap.literal.size-mismatch', {
      message: `A message announced as ${announcedBytes} bytes has ${relation}: ${givenBytes} so far.`,
      hint: 'The source states a wrong size for this message; open it there with a mail program and save it anew.',
    })
    this.#session.destroy(cutShort(error))
    return Promise.reject(error)
  }
}

function cutShort(cause: unknown): MigrationError {
  return new MigrationError('transient', 'imap.literal.cut-short', {
    message: 'The connection was given up because the content of a message ended before its announced size.',
    hint: 'Nothing of that message was stored; the others are written again.',
    cause,
  })
}
