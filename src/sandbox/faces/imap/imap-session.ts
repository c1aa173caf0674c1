import { Buffer } from 'node:buffer'
import type { DatabaseSync } from 'node:sqlite'
import { admit, lossOf } from './admission.ts'
import { Answer } from './answer.ts'
import { ArgumentCursor } from './argument-cursor.ts'
import { capabilitiesOf } from './capabilities.ts'
import { invalidState, type OpenBox } from './command-call.ts'
import { type CommandParts, CommandReader, lineBytesMax, type ReadEvent } from './command-reader.ts'
import type { ImapServices } from './imap-account.ts'
import { type MailboxCommand, mailboxCommands } from './mailbox-commands.ts'
import { Outgoing } from './outgoing.ts'
import { badArguments, Refusal, toRefusal } from './refusal.ts'
import type { SessionOutput } from './session-output.ts'
import { type SignedIn, signIn } from './sign-in.ts'

/** What a session is made of. */
export interface SessionParts {
  readonly services: ImapServices
  readonly output: SessionOutput
  /** STARTTLS has to come before a login. */
  readonly needsTls: boolean
}

/** Exchange ends a session after so many commands that it could not read (imapsync's FAQ.Exchange). */
const errorsMax = 10
/** An answer is sent in pieces from here on. */
const answerBytesMax = 256 * 1024
/** Literals up to here are not counted against the allowance that all connections share. */
const smallLiteralBytes = 64 * 1024
/** What may have come behind a command that is under way before no more is read. */
const waitingBytesMax = 1024 * 1024
const tagCharacters = '[^\\x00-\\x20\\x7f-\\xff(){%*"\\\\+]+'
const commandStart = new RegExp(`^(${tagCharacters}) (UID )?([A-Z]+)(?= |$)`, 'i')
const tagStart = new RegExp(`^(${tagCharacters}) `)

/** A command that is under way. */
interface Running {
  readonly tag: string
  /** In capitals, without UID. */
  readonly name: string
  readonly byUid: boolean
  readonly args: ArgumentCursor
  readonly answer: Answer
  /** The fault profile was asked about its answer. */
  isSending: boolean
}

/** Ends a command's work when its session is over; nobody is answered any more. */
class SessionOver extends Error {}

type Work = Promise<void> | void

/** One connection as Exchange Online's IMAP server leads it; knows nothing of sockets. */
export class ImapSession {
  readonly #services: ImapServices
  readonly #output: SessionOutput
  readonly #outgoing: Outgoing
  readonly #reader = new CommandReader()
  #needsTls: boolean
  #signedIn: SignedIn | undefined
  #box: OpenBox | undefined
  #leaveBudgets: (() => void) | undefined
  /** Takes the next line instead of the commands: SASL, or IDLE. */
  #onLine: ((line: string) => Work) | undefined
  #isIdle = false
  #isBusy = false
  #isOver = false
  #errors = 0
  /** What the literals of the command that is being read took of the allowance. */
  #heldBytes = 0
  /** Open while a run of APPENDs lasts: they are stored together, and answered after that. */
  #transaction: DatabaseSync | undefined

  constructor({ services, output, needsTls }: SessionParts) {
    this.#services = services
    this.#output = output
    this.#outgoing = new Outgoing(output)
    this.#needsTls = needsTls
  }

  get isAuthenticated(): boolean {
    return this.#signedIn !== undefined
  }

  greet(): void {
    const place = Buffer.from('SANDBOX', 'utf16le').toString('base64')
    this.#outgoing.say(`* OK The Microsoft Exchange IMAP4 service is ready. [${place}]\r\n`)
    this.#outgoing.flush()
  }

  receive(chunk: Buffer): void {
    if (this.#isOver) return
    this.#reader.push(chunk)
    this.#pump()
    this.#holdBack()
  }

  /** Tells an idle client what has happened (RFC 2177); to be called now and then. */
  poll(): void {
    if (!this.#isIdle || this.#isBusy || this.#isOver) return
    this.#guard(() => this.#tellChanges(true))
    this.#outgoing.flush()
  }

  /** Says good-bye and closes. */
  sayBye(text: string): void {
    if (this.#isOver) return
    this.#outgoing.say(`* BYE ${text}\r\n`)
    this.#guard(() => this.#settle())
    this.closed()
    this.#output.end()
  }

  /** The connection is gone. May be called again. */
  closed(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#leaveBudgets?.()
    this.#giveBackLiterals()
  }

  // The loop: commands one after the other, as far as they have come.

  #pump(): void {
    this.#guard(() => {
      while (!this.#isBusy && !this.#isOver) {
        const work = this.#step()
        if (work === false) break
        if (work instanceof Promise) this.#wait(work)
      }
      if (!this.#isOver) this.#settle()
    })
  }

  #wait(work: Promise<void>): void {
    this.#isBusy = true
    work.then(
      () => {
        this.#isBusy = false
        this.#pump()
        this.#holdBack()
      },
      (error: unknown) => this.#fail(error),
    )
  }

  /** While a command is under way and much waits behind it, no more is read. */
  #holdBack(): void {
    this.#output.setHeld(this.#isBusy && this.#reader.waitingBytes > waitingBytesMax)
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#transaction?.exec('rollback')
    this.#transaction = undefined
    this.#reset()
    if (!(error instanceof SessionOver)) this.#services.onDefect(error)
  }

  #reset(): void {
    this.#outgoing.forget()
    this.closed()
    this.#output.reset()
  }

  /** Stores what was appended and sends what was said. */
  #settle(): void {
    this.#commit()
    this.#outgoing.flush()
  }

  #commit(): void {
    if (this.#transaction === undefined) return
    this.#transaction.exec('commit')
    this.#transaction = undefined
    if (this.#box !== undefined) this.#box.appendTarget = undefined
    this.#tellChanges(false)
  }

  #tellChanges(allowsExpunge: boolean): void {
    for (const line of this.#box?.selected?.takeChanges(allowsExpunge) ?? []) this.#outgoing.say(`* ${line}\r\n`)
  }

  /** False when more has to come first. */
  #step(): Work | false {
    if (this.#onLine !== undefined) {
      const line = this.#reader.line()
      if (line !== undefined) return this.#onLine(line)
      if (this.#reader.waitingBytes > saslBytesMax) this.sayBye('Connection is closed. 14')
      return false
    }
    const event = this.#reader.next()
    if (event === undefined) return false
    if (event.type === 'literal') return this.#decideLiteral(event)
    if (event.type === 'command') return this.#execute(event.parts)
    this.#answerBadly(tagStart.exec(event.start)?.[1] ?? '*', 'Command Error. 10')
    return undefined
  }

  /** A message that is too large is refused before it is taken (exchange.md 4.5). */
  #decideLiteral({ parts, sizeBytes, isSynchronizing }: Extract<ReadEvent, { type: 'literal' }>): Work {
    const [tag = '*', name = ''] = String(parts[0]).split(' ')
    const box = name.toUpperCase() === 'APPEND' ? this.#box : undefined
    if (sizeBytes > (box?.mailbox.settings.maxReceiveSizeBytes ?? lineBytesMax)) {
      this.#reader.skipLiteral()
      this.#giveBackLiterals()
      if (box === undefined) this.#answerBadly(tag, 'Command Argument Error. 11')
      else this.#outgoing.say(`${tag} NO Maximum size of appendable message has been exceeded\r\n`)
      return undefined
    }
    const go = (): void => {
      this.#reader.takeLiteral()
      if (isSynchronizing) this.#outgoing.say('+ Ready for additional command text.\r\n')
    }
    if (sizeBytes <= smallLiteralBytes) return go()
    const turn = this.#services.literals.take(sizeBytes)
    const hold = (): void => {
      this.#heldBytes += sizeBytes
      if (this.#isOver) this.#giveBackLiterals()
      else go()
    }
    if (turn === undefined) return hold()
    this.#settle()
    return turn.then(hold)
  }

  #giveBackLiterals(): void {
    if (this.#heldBytes > 0) this.#services.literals.giveBack(this.#heldBytes)
    this.#heldBytes = 0
  }

  // A command.

  #execute(parts: CommandParts): Work {
    const text = String(parts[0])
    const [whole, tag, uid, written] = commandStart.exec(text) ?? []
    if (whole === undefined || tag === undefined || written === undefined) {
      this.#answerBadly(tagStart.exec(text)?.[1] ?? '*', 'Command Error. 12')
      return undefined
    }
    const args = new ArgumentCursor(parts, whole.length)
    const running = { tag, name: written.toUpperCase(), byUid: uid !== undefined, args, answer: new Answer(), isSending: false }
    if (running.name !== 'APPEND') this.#commit()
    const work = this.#carryOut(running)
    if (work instanceof Promise) return work.finally(() => this.#giveBackLiterals())
    this.#giveBackLiterals()
    return undefined
  }

  #carryOut(running: Running): Work {
    if (this.#signedIn === undefined || running.name === 'LOGOUT') return this.#handle(running)
    return this.#admit(running, this.#signedIn, () => this.#handle(running))
  }

  #admit({ tag, name }: Running, signedIn: SignedIn, goOn: () => Work): Work {
    const { clock } = this.#services
    const admission = admit(name, signedIn, clock.nowMs())
    switch (admission.type) {
      case 'go':
        return goOn()
      case 'refuse':
        return this.#outgoing.say(`${tag} ${admission.text}\r\n`)
      case 'bye':
        return this.sayBye(admission.text)
      case 'delay':
        this.#settle()
        return clock.sleep(admission.delayMs).then(() => (this.#isOver ? undefined : goOn()))
      case 'reset':
        this.#settle()
        return this.#reset()
    }
  }

  #handle(running: Running): Work {
    try {
      const general = running.byUid ? undefined : this.#general(running)
      if (general !== undefined) return general()
      const command = mailboxCommands[running.name]
      if (command === undefined || (running.byUid && command.takesUid !== true)) throw new Refusal('BAD', 'Command Error. 12')
      if (this.#signedIn === undefined) throw invalidState()
      if (this.#box === undefined) throw notConnected()
      return this.#inMailbox(running, command, this.#box)
    } catch (error) {
      this.#refuse(running, error)
      return undefined
    }
  }

  #inMailbox(running: Running, { handle, keepsNumbers }: MailboxCommand, box: OpenBox): Work {
    const { name, byUid, args, answer } = running
    if (name === 'APPEND' && this.#transaction === undefined) {
      box.account.database.exec('begin immediate')
      this.#transaction = box.account.database
    }
    const relieve = () => this.#relieve(running)
    const allowsExpunge = keepsNumbers !== true || byUid
    const done = handle({ name, byUid, args, answer, box, relieve })
    if (typeof done === 'string') return this.#complete(running, `OK ${done}`, allowsExpunge)
    return done.then(
      (text) => this.#complete(running, `OK ${text}`, allowsExpunge),
      (error: unknown) => this.#refuse(running, error),
    )
  }

  #refuse(running: Running, error: unknown): void {
    const refusal = toRefusal(error, running.name)
    if (refusal === undefined) throw error
    const text = `${refusal.status} ${refusal.message}`
    if (refusal.status === 'NO' || text === `BAD ${notConnected().message}`) this.#complete(running, text, false)
    else this.#answerBadly(running.tag, refusal.message)
  }

  /** What the client should not have sent. Too much of it ends the session. */
  #answerBadly(tag: string, text: string): void {
    this.#outgoing.say(`${tag} BAD ${text}\r\n`)
    if (++this.#errors >= errorsMax) this.sayBye('Connection is closed. 14')
  }

  #complete(running: Running, text: string, allowsExpunge: boolean): void {
    const { tag, name, answer } = running
    // A run of APPENDs is told of once, when it is stored.
    const changes = name === 'APPEND' ? [] : (this.#box?.selected?.takeChanges(allowsExpunge) ?? [])
    for (const line of changes) answer.untagged(line)
    answer.text(`${tag} ${text}\r\n`)
    this.#beginSending(running)
    this.#outgoing.add(answer.take())
  }

  #relieve(running: Running): Promise<void> | undefined {
    if (this.#isOver) throw new SessionOver()
    if (running.answer.sizeBytes < answerBytesMax) return undefined
    this.#beginSending(running)
    this.#outgoing.add(running.answer.take())
    this.#outgoing.flush()
    return this.#output.drained()
  }

  /** Asks the fault profile before the first byte of an answer goes; may end the session. */
  #beginSending(running: Running): void {
    if (running.isSending) return
    running.isSending = true
    const { answer, name } = running
    const loss = this.#signedIn === undefined ? undefined : lossOf(name, answer.hasLiteral, this.#signedIn)
    if (loss === undefined) return
    this.#settle()
    if (loss.literalShare !== undefined) this.#output.write(answer.takeUntilWithinLiteral(loss.literalShare))
    throw new SessionOver()
  }

  // Commands that need no mailbox.

  #general(running: Running): (() => Work) | undefined {
    const { name, args, answer } = running
    const complete = (text: string): Work => this.#complete(running, text, true)
    switch (name) {
      case 'CAPABILITY':
        return () => {
          args.end()
          answer.untagged(`CAPABILITY ${capabilitiesOf({ isAuthenticated: this.isAuthenticated, needsTls: this.#needsTls })}`)
          return complete('OK CAPABILITY completed.')
        }
      case 'ID':
        return () => {
          answer.untagged('ID ("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20")')
          return complete('OK ID completed.')
        }
      case 'NOOP':
        return () => {
          if (this.isAuthenticated && this.#box === undefined) throw notConnected()
          return complete('OK NOOP completed.')
        }
      case 'LOGOUT':
        return () => {
          this.#outgoing.say(`* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n${running.tag} OK LOGOUT completed.\r\n`)
          this.#settle()
          this.closed()
          return this.#output.end()
        }
      case 'STARTTLS':
        return () => this.#startTls(running)
      case 'LOGIN':
        return () => {
          this.#requireLogin()
          // Basic authentication is off for good (exchange.md 1.1).
          return complete('NO LOGIN failed.')
        }
      case 'AUTHENTICATE':
        return () => this.#authenticate(running)
      case 'IDLE':
        return () => this.#idle(running)
      default:
        return undefined
    }
  }

  #startTls(running: Running): Work {
    running.args.end()
    if (!this.#needsTls) throw invalidState()
    this.#outgoing.say(`${running.tag} OK Begin TLS negotiation now.\r\n`)
    this.#settle()
    this.#needsTls = false
    this.#reader.clear()
    return this.#output.startTls()
  }

  #idle(running: Running): Work {
    running.args.end()
    if (!this.isAuthenticated) throw invalidState()
    if (this.#box === undefined) throw notConnected()
    this.#tellChanges(true)
    this.#outgoing.say('+ IDLE accepted, awaiting DONE command.\r\n')
    this.#isIdle = true
    this.#onLine = (line) => {
      this.#onLine = undefined
      this.#isIdle = false
      if (line.toUpperCase() === 'DONE') this.#complete(running, 'OK IDLE completed.', true)
      else this.#answerBadly(running.tag, 'Command Argument Error. 11')
      return undefined
    }
    return undefined
  }

  #requireLogin(): void {
    if (this.isAuthenticated || this.#needsTls) throw invalidState()
  }

  #authenticate(running: Running): Work {
    const { args } = running
    args.space()
    const mechanism = args.atom().toUpperCase()
    const first = args.skip(' ') ? args.word() : undefined
    args.end()
    this.#requireLogin()
    const answerTo = (response: string): Work => {
      if (response === '*') throw badArguments()
      if (mechanism !== 'XOAUTH2') return this.#complete(running, 'NO AUTHENTICATE failed.', false)
      return this.#signIn(running, response === '=' ? '' : response)
    }
    if (first !== undefined) return answerTo(first)
    this.#outgoing.say('+ \r\n')
    this.#onLine = (line) => {
      this.#onLine = undefined
      try {
        return answerTo(line)
      } catch (error) {
        return this.#refuse(running, error)
      }
    }
    return undefined
  }

  #signIn(running: Running, response: string): Work {
    const signedIn = signIn(response, this.#services)
    // Without a challenge before it (learn.microsoft.com, Authenticate an IMAP connection using OAuth; MailKit #690).
    if (signedIn === undefined) return this.#complete(running, 'NO AUTHENTICATE failed.', false)
    return this.#admit(running, signedIn, () => this.#enter(running, signedIn))
  }

  #enter(running: Running, signedIn: SignedIn): Work {
    const { account, isConnected } = signedIn
    const { mailbox } = account
    if (mailbox !== undefined) {
      const admission = account.budgets.connect(mailbox.row.guid)
      if (!admission.admitted) return this.sayBye(admission.byeText)
      this.#leaveBudgets = () => admission.leave()
    }
    this.#signedIn = signedIn
    if (isConnected && mailbox !== undefined) {
      this.#box = { account, mailbox, services: this.#services, selected: undefined, appendTarget: undefined }
    }
    return this.#complete(running, 'OK AUTHENTICATE completed.', false)
  }
}

/** A line of a SASL exchange may hold an access token. */
const saslBytesMax = 64 * 1024

/** exchange.md 4.5: the token is good, and the mailbox cannot be reached. */
function notConnected(): Refusal {
  return new Refusal('BAD', 'User is authenticated but not connected.')
}
