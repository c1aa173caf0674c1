import { MigrationError } from '../../../core/errors.ts'
import type { Failure, Place, TranslateFailure } from './failure.ts'
import { garbage } from './garbage.ts'
import { OpenCommand } from './open-command.ts'
import { Output } from './output.ts'
import { ReadGate } from './read-gate.ts'
import { parseStatus, parseTagged, type StatusResponse, type TaggedAnswer } from './response.ts'
import type { Transport } from './transport.ts'
import { type LiteralTaker, ResponseReader } from './wire.ts'

/** Takes what belongs to one command, while it is the oldest unanswered one. */
export interface Receiver {
  /**
   * An untagged response, as `ResponseHandler.onResponse` has it, unsolicited ones included. What it throws ends the
   * session: `MigrationError` as it is, anything else is a defect.
   */
  onUntagged?(text: string, literals: readonly Uint8Array[]): void
  /**
   * Whether a response (as far as it has come, see `ResponseHandler.onLiteral`) belongs to this very command, which reads
   * messages of the folder that is open. A server may answer commands together that do not depend on each other: Dovecot
   * 2.3.19 sends the data of several FETCHes of one folder before the first tagged answer, and the answer to a LIST or
   * STATUS that follows them as well; only a SELECT, EXAMINE or CHECK is waited for.
   */
  claims?(text: string): boolean
  /** The command opens another folder: no response behind it belongs to the folder before. */
  readonly opensFolder?: boolean
  /** A literal of an untagged response: a taker gets its bytes, undefined has it collected. */
  onLiteral?(text: string, sizeBytes: number): LiteralTaker | undefined
  /** A `+` that no literal waits for (SASL); what it returns is sent as a line. */
  onContinuation?(text: string): string
  /** The tagged answer, before the promise resolves and before the next response is read. */
  onAnswer?(answer: TaggedAnswer): void
}

/** Content of a literal; sent whole. */
export interface LiteralPart {
  readonly literal: Uint8Array
}

/** A command without its tag and line end: byte strings and literals. Nothing is quoted or checked here; see `quote.ts`. */
export type Command = string | readonly (string | LiteralPart)[]

const logoutTimeoutMs = 2_000

interface Promised<Result> {
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

interface Outstanding extends Promised<TaggedAnswer> {
  readonly tag: string
  readonly receiver: Receiver
}

interface Waiting {
  readonly start: () => void
  readonly reject: (reason: unknown) => void
}

const noReceiver: Receiver = {}
const deaf = { onData() {}, onDrain() {}, onIdle() {}, onClose() {} }

const star = 42
const plus = 43
const spaceCode = 32
const digitNine = 57

/** What a session is made of once there is a connection; `openSession` puts it together. */
export interface SessionParts {
  readonly transport: Transport
  readonly place: Place
  readonly translate: TranslateFailure
  readonly idleTimeoutMs: number
}

/**
 * One IMAP connection (RFC 9051). Any number of commands may be under way at once; they are sent in the order given, and
 * untagged responses belong to the oldest one unanswered (section 5.5). Whatever ends the connection rejects everything
 * outstanding with one `MigrationError`, or with the reason given to `destroy`. Promises given out may be awaited late or
 * never. Nothing is retried.
 */
export class Session {
  readonly place: Place
  readonly output: Output
  /** Where consumers of what is read account for what they have not taken. */
  readonly gate: ReadGate = new ReadGate(this)
  readonly #translate: TranslateFailure
  readonly #idleTimeoutMs: number
  readonly #reader: ResponseReader
  #transport: Transport
  #outstanding: Outstanding[] = []
  #answered = 0
  #tags = 0
  /** Who writes a command in several steps; everybody else waits in `#waiting`. */
  #writer: OpenCommand | undefined
  #waiting: Waiting[] = []
  #greeting: Promised<StatusResponse> | undefined
  #continuation: Promised<boolean> | undefined
  #capabilities: ReadonlySet<string> = new Set()
  #knowsCapabilities = false
  #isReady = false
  #setUpTags = Number.POSITIVE_INFINITY
  #hasWorked = false
  #isEnded = false
  #endReason: unknown
  readonly #ended = Promise.withResolvers<void>()
  #isLoggingOut = false
  #pauses = 0
  /** Takes the response whose literals are arriving. */
  #midway: Receiver | undefined
  #takeRest: ((rest: Buffer) => void) | undefined

  constructor(parts: SessionParts) {
    this.place = parts.place
    this.#transport = parts.transport
    this.#translate = parts.translate
    this.#idleTimeoutMs = parts.idleTimeoutMs
    this.output = new Output(parts.transport)
    this.#reader = new ResponseReader({
      onResponse: (text, literals) => this.#onResponse(text, literals),
      onLiteral: (text, sizeBytes) => (this.#midway ??= this.receiverOf(text))?.onLiteral?.(text, sizeBytes),
    })
    this.#listenTo(parts.transport)
  }

  /** Upper-case names as last announced; empty until then. */
  get capabilities(): ReadonlySet<string> {
    return this.#capabilities
  }

  /** False when the server has not said since the last change of state (connect, STARTTLS, login). */
  get knowsCapabilities(): boolean {
    return this.#knowsCapabilities
  }

  /** True until the connection ends, for whatever reason. */
  get isOpen(): boolean {
    return !this.#isEnded
  }

  /** Whether a command behind those that set the session up was answered OK. */
  get hasWorked(): boolean {
    return this.#hasWorked
  }

  /** Resolves when the connection has ended; never rejects. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** The transport in use, for wrapping it in another. */
  get transport(): Transport {
    return this.#transport
  }

  /** Resolves with the greeting, OK or PREAUTH. To be called once, before the first byte can have come. */
  greeting(): Promise<StatusResponse> {
    return handled(new Promise((resolve, reject) => (this.#greeting = { resolve, reject })))
  }

  /** Sends a command behind all that were given before and resolves with its answer, NO and BAD included. */
  execute(command: Command, receiver: Receiver = noReceiver): Promise<TaggedAnswer> {
    if (typeof command !== 'string') return handled(this.#executeParts(command, receiver))
    return handled(
      new Promise((resolve, reject) => {
        const start = () => this.output.text(`${this.#enrol({ receiver, resolve, reject })} ${command}\r\n`)
        this.#whenFree({ start, reject })
      }),
    )
  }

  /** Sends a command behind which nothing is sent until it is answered: what changes the encoding, or who we are. */
  async executeAlone(command: string, receiver: Receiver = noReceiver): Promise<TaggedAnswer> {
    const open = await this.open(receiver)
    open.text(command)
    return open.endAlone()
  }

  /** The right to write a command step by step. Everything given later is sent after it has ended. */
  open(receiver: Receiver = noReceiver): Promise<OpenCommand> {
    return handled(
      new Promise((resolveOpen, rejectOpen) => {
        const start = () => {
          const { promise, resolve, reject } = Promise.withResolvers<TaggedAnswer>()
          const tag = this.#enrol({ receiver, resolve, reject })
          this.output.text(`${tag} `)
          this.#writer = new OpenCommand(this, tag, handled(promise))
          resolveOpen(this.#writer)
        }
        this.#whenFree({ start, reject: rejectOpen })
      }),
    )
  }

  /** For `OpenCommand`: sends what was written and resolves with true at the server's `+`, false at its answer. */
  continuation(): Promise<boolean> {
    this.output.flush()
    return handled(new Promise((resolve, reject) => (this.#continuation = { resolve, reject })))
  }

  /** For `OpenCommand`: the next may write. */
  endTurn(writer: OpenCommand): void {
    if (this.#writer !== writer) return
    this.#writer = undefined
    while (this.#writer === undefined) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      next.start()
    }
  }

  /** Stops reading until as many calls of `resumeReading`; what was read already still comes. No idle timeout meanwhile. */
  pauseReading(): void {
    if (this.#pauses++ === 0 && !this.#isEnded) this.#transport.pause()
  }

  resumeReading(): void {
    if (--this.#pauses > 0 || this.#isEnded) return
    this.#transport.resume()
    this.#transport.watchIdle(this.#idleTimeoutMs)
  }

  /** The state has changed, and what was announced before says nothing about it. */
  forgetCapabilities(): void {
    this.#knowsCapabilities = false
  }

  /**
   * From within `Receiver.onAnswer`: what follows this answer is encoded otherwise. `take` gets the bytes already read
   * behind it, makes the new transport and calls `continueOver`.
   */
  switchAfterAnswer(take: (rest: Buffer) => void): void {
    this.#takeRest = take
    this.#reader.stop()
  }

  /** Reads and writes over `transport` from now on. */
  continueOver(transport: Transport): void {
    this.output.switchTo(transport)
    this.#transport = transport
    this.#listenTo(transport)
  }

  /** Says LOGOUT, waits briefly, and ends the connection. May be called twice; never rejects. */
  async close(): Promise<void> {
    if (!this.#isEnded && !this.#isLoggingOut) {
      this.#isLoggingOut = true
      const timer = setTimeout(() => this.destroy(closedHere()), logoutTimeoutMs)
      await this.execute('LOGOUT').catch(() => undefined)
      clearTimeout(timer)
      this.destroy(closedHere())
    }
    await this.#ended.promise
  }

  /** From now on a failure is one of a connection that worked, no longer one to connect. */
  markReady(): void {
    this.#isReady = true
  }

  /** What is given from now on is no longer part of setting the session up. */
  markSetUp(): void {
    this.#setUpTags = this.#tags
  }

  /** Ends the connection as `failure` says. */
  fail(failure: Failure): void {
    if (!this.#isEnded) this.destroy(this.#translate(failure, this.place))
  }

  /** Ends the connection at once; everything outstanding rejects with `reason`. Only the first call counts. */
  destroy(reason: unknown): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#endReason = reason
    this.#reader.stop()
    this.#transport.listener = deaf
    this.#transport.destroy()
    this.output.close()
    this.#greeting?.reject(reason)
    this.#continuation?.reject(reason)
    for (const { reject } of this.#outstanding.slice(this.#answered)) reject(reason)
    for (const { reject } of this.#waiting) reject(reason)
    this.#outstanding = []
    this.#answered = 0
    this.#waiting = []
    this.#ended.resolve()
  }

  /**
   * Who gets an untagged response: the oldest unanswered command. When that one reads messages (`claims`) and does not
   * claim it, the first that does among the following ones that read the same folder; what is not about a message goes to
   * the first of them that does not read messages. ESEARCH names its command.
   */
  receiverOf(text: string): Receiver | undefined {
    if (text.startsWith('* ESEARCH (TAG ')) {
      const tag = /^"?([^" )]+)/.exec(text.slice(15, 60))?.[1]
      const asked = this.#outstanding.find((one, index) => index >= this.#answered && one.tag === tag)
      if (asked !== undefined) return asked.receiver
    }
    const oldest = this.#outstanding[this.#answered]?.receiver
    const hasFollowers = this.#outstanding.length > this.#answered + 1
    if (oldest?.claims === undefined || !hasFollowers || oldest.claims(text)) return oldest
    const isOfMessage = text.charCodeAt(2) <= digitNine
    for (let at = this.#answered + 1; at < this.#outstanding.length; at++) {
      const receiver = this.#outstanding[at]?.receiver
      if (receiver === undefined || receiver.opensFolder === true) break
      if (receiver.claims === undefined ? !isOfMessage : receiver.claims(text)) return receiver
    }
    return oldest
  }

  /** Throws what ended the connection, if it has ended. */
  assertOpen(): void {
    if (this.#isEnded) throw this.#endReason
  }

  async #executeParts(parts: readonly (string | LiteralPart)[], receiver: Receiver): Promise<TaggedAnswer> {
    const open = await this.open(receiver)
    for (const part of parts) {
      if (typeof part === 'string') open.text(part)
      else if (!(await open.literal(part.literal, part.literal.length))) return open.answer
    }
    return open.end()
  }

  #whenFree(waiting: Waiting): void {
    if (this.#isEnded) waiting.reject(this.#endReason)
    else if (this.#writer === undefined) waiting.start()
    else this.#waiting.push(waiting)
  }

  #enrol(command: Omit<Outstanding, 'tag'>): string {
    const tag = `A${++this.#tags}`
    const { receiver, resolve, reject } = command
    this.#outstanding.push({ tag, receiver, resolve, reject })
    return tag
  }

  #listenTo(transport: Transport): void {
    transport.listener = {
      onData: (bytes) => this.#onData(bytes),
      onDrain: () => this.output.onDrain(),
      onIdle: () => this.#onIdle(),
      onClose: (cause) => {
        const isOpen = this.#isReady
        this.fail(cause === undefined ? { type: 'closed', isOpen } : { type: 'socket', cause, isOpen })
      },
    }
    transport.watchIdle(this.#idleTimeoutMs)
  }

  #onData(bytes: Buffer): void {
    try {
      const rest = this.#reader.push(bytes)
      const take = this.#takeRest
      if (take === undefined || this.#isEnded) return
      this.#takeRest = undefined
      take(rest ?? Buffer.alloc(0))
    } catch (error) {
      this.destroy(error)
    }
  }

  #onIdle(): void {
    // A command still being written waits for its content, not for the server.
    const unanswered = this.#outstanding.length - this.#answered - (this.#writer?.isAnswered === false ? 1 : 0)
    const isWaiting = unanswered > 0 || this.#greeting || this.#continuation || this.#transport.pendingBytes > 0
    if (isWaiting && this.#pauses === 0) this.fail({ type: 'idle-timeout', timeoutMs: this.#idleTimeoutMs })
    else this.#transport.watchIdle(this.#idleTimeoutMs)
  }

  #onResponse(text: string, literals: readonly Uint8Array[]): void {
    const code = text.charCodeAt(0)
    if (this.#greeting !== undefined) this.#onGreeting(text)
    else if (code === star && text.charCodeAt(1) === spaceCode) this.#onUntagged(text, literals)
    else if (code === plus) this.#onContinuation(text)
    else if (text !== '') this.#onTagged(text)
  }

  #onGreeting(text: string): void {
    const answer = text.startsWith('* ') ? parseStatus(text, 2) : undefined
    if (answer === undefined || answer.status === 'NO' || answer.status === 'BAD') {
      this.fail({ type: 'no-greeting', found: text })
      return
    }
    if (answer.status === 'BYE') {
      this.fail({ type: 'bye', answer })
      return
    }
    this.#learn(answer)
    this.#greeting?.resolve(answer)
    this.#greeting = undefined
  }

  #onUntagged(text: string, literals: readonly Uint8Array[]): void {
    // Numbers first: FETCH and EXPUNGE are nearly everything that comes.
    if (text.charCodeAt(2) > digitNine) {
      if (text.startsWith('CAPABILITY ', 2)) this.#setCapabilities(text.slice(13))
      else {
        const answer = parseStatus(text, 2)
        if (answer !== undefined) this.#learn(answer)
        if (answer?.status === 'BYE' && !this.#isLoggingOut) {
          this.fail({ type: 'bye', answer })
          return
        }
      }
    }
    const receiver = this.#midway ?? this.receiverOf(text)
    this.#midway = undefined
    receiver?.onUntagged?.(text, literals)
  }

  #onContinuation(text: string): void {
    const waiting = this.#continuation
    if (waiting !== undefined) {
      this.#continuation = undefined
      waiting.resolve(true)
      return
    }
    const line = this.#outstanding[this.#answered]?.receiver.onContinuation?.(text.slice(2))
    if (line === undefined) return
    this.output.text(`${line}\r\n`)
    this.output.flush()
  }

  #onTagged(text: string): void {
    const tagEnd = text.indexOf(' ')
    const tag = text.slice(0, tagEnd < 0 ? text.length : tagEnd)
    const answer = parseTagged(text, tagEnd < 0 ? text.length : tagEnd + 1)
    if (answer.status !== 'OK' && notConnected.test(answer.text)) {
      this.fail({ type: 'bye', answer })
      return
    }
    const outstanding = this.#takeOutstanding(tag)
    if (outstanding === undefined) throw garbage('an answer to nothing that was asked')
    this.#learn(answer)
    if (answer.status === 'OK') this.#hasWorked ||= Number(tag.slice(1)) > this.#setUpTags
    if (this.#writer?.tag === tag) {
      this.#writer.isAnswered = true
      this.#continuation?.resolve(false)
      this.#continuation = undefined
    }
    try {
      outstanding.receiver.onAnswer?.(answer)
    } catch (error) {
      outstanding.reject(error)
      throw error
    }
    outstanding.resolve(answer)
  }

  #takeOutstanding(tag: string): Outstanding | undefined {
    const oldest = this.#outstanding[this.#answered]
    if (oldest?.tag === tag) {
      this.#answered++
      if (this.#answered === this.#outstanding.length || this.#answered === answeredKeptMax) {
        this.#outstanding = this.#outstanding.slice(this.#answered)
        this.#answered = 0
      }
      return oldest
    }
    const at = this.#outstanding.findIndex((one, index) => index >= this.#answered && one.tag === tag)
    return at < 0 ? undefined : this.#outstanding.splice(at, 1)[0]
  }

  #learn(answer: StatusResponse): void {
    if (answer.code?.name === 'CAPABILITY') this.#setCapabilities(answer.code.text)
  }

  #setCapabilities(list: string): void {
    this.#capabilities = new Set(list.toUpperCase().split(' ').filter(Boolean))
    this.#knowsCapabilities = true
  }
}

/** Exchange, of a session that has lost its mailbox: every further command gets the same answer, and then BYE. */
const notConnected = /^user is authenticated but not connected/i

/** Answered commands are dropped from the front of the list in bulk. */
const answeredKeptMax = 1_000

/** A rejection that nobody awaits is no defect here: the session's end reaches everybody who asks. */
function handled<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined)
  return promise
}

function closedHere(): MigrationError {
  return new MigrationError('transient', 'imap.session.closed', {
    message: 'The connection was closed while a command was under way.',
    hint: 'Run again; what was not confirmed is looked for before it is written anew.',
  })
}
