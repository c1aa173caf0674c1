import { expect } from 'vitest'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import type { Entry, Fate } from '../../../src/core/model/entry.ts'
import type { Rules, Verification } from '../../../src/core/model/rules.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Clock } from '../../../src/core/ports/context.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { PassEvent } from '../../../src/core/ports/observer.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { type ImapProbe, toImapDate, withProbe } from '../imap-probe.ts'
import { type LineHook, type Meddler, type MeddlerOptions, startMeddler } from '../meddler.ts'
import { differenceOf, toMultiset } from '../message-multiset.ts'
import { LeapingClock } from './leaping-clock.ts'
import { sampleDate, sampleFlags, sampleMessage } from './sample-mail.ts'
import { rulesWith } from '../../unit/plan/rules-with.ts'

/** What a meddler does on one side; may be changed between passes. */
export type Meddling = { -readonly [Hook in keyof Omit<MeddlerOptions, 'targetPort'>]?: MeddlerOptions[Hook] | undefined }

/** One account under test. */
export interface SideOptions {
  readonly port: number
  readonly user: string
  /** Parameters of the URL besides `tls=off`: `sessions=2&auth=plain`. */
  readonly query?: string
  readonly meddling?: Meddling
}

/** A migration under test. */
export interface FaultRigOptions {
  readonly source: SideOptions
  readonly target: SideOptions
  readonly rules?: Partial<Rules>
  readonly verification?: Verification
  /** Of each wait so much is really waited; little by default. */
  readonly realDelayMsMax?: number
  /** What connections measure their timeouts by, since servers take real time; the machine's by default. */
  readonly connectionClock?: Clock
}

/** How a pass came out. */
export interface PassOutcome {
  readonly tally: Tally
  readonly events: readonly PassEvent[]
  /** What stopped it. */
  readonly error?: MigrationError
  readonly delaysMs: readonly number[]
}

/** Rules that leave nothing out. */
export const everything = rulesWith()

const passTimeoutMs = 100_000
/** What no pass with nothing to do may ask of a server. */
const working = /^\S+ (?:APPEND|CREATE|UID STORE|UID MOVE|UID COPY|UID EXPUNGE|.*BODY)/i

/** The real engine between two accounts, each behind a meddler; the ledger is kept from pass to pass. */
export class FaultRig {
  readonly source: SideOptions
  readonly target: SideOptions
  readonly sourceMeddling: Meddling
  readonly targetMeddling: Meddling
  rules: Rules
  verification: Verification
  readonly #meddlers: { source: Meddler; target: Meddler }
  readonly #realDelayMsMax: number
  readonly #connectionClock: Clock | undefined
  readonly ledger: MailboxLedger

  private constructor(options: FaultRigOptions, parts: { source: Meddler; target: Meddler }, ledger: MailboxLedger) {
    this.source = options.source
    this.target = options.target
    this.sourceMeddling = options.source.meddling ?? {}
    this.targetMeddling = options.target.meddling ?? {}
    this.rules = { ...everything, ...options.rules }
    this.verification = options.verification ?? 'identity'
    this.#realDelayMsMax = options.realDelayMsMax ?? 10
    this.#connectionClock = options.connectionClock
    this.#meddlers = parts
    this.ledger = ledger
  }

  /** Starts the meddlers and an empty ledger, hands the rig to `work`, and stops them whatever happens. */
  static async run(options: FaultRigOptions, work: (rig: FaultRig) => Promise<void>): Promise<void> {
    const full = { ...options, source: withMeddling(options.source), target: withMeddling(options.target) }
    const source = await startMeddler({ targetPort: options.source.port, ...hooksOf(full.source.meddling) })
    const target = await startMeddler({ targetPort: options.target.port, ...hooksOf(full.target.meddling) })
    const store = await openStore({ path: ':memory:' })
    try {
      const ledger = await store.mailbox({ sourceUrl: 'imap://source', targetUrl: 'imap://target' })
      await work(new FaultRig(full, { source, target }, ledger))
    } finally {
      await Promise.all([source.stop(), target.stop()])
      await store.close()
    }
  }

  /** Where a client of the target's own connects to meet the meddler. */
  get targetPort(): number {
    return this.#meddlers.target.port
  }

  get sourceLines(): readonly string[] {
    return this.#meddlers.source.commandLines
  }

  get targetLines(): readonly string[] {
    return this.#meddlers.target.commandLines
  }

  /** Connections open now, of both sides. */
  get connections(): { readonly source: number; readonly target: number } {
    return { source: this.#meddlers.source.connections(), target: this.#meddlers.target.connections() }
  }

  /** Runs a pass to its end. What stops it is part of the outcome unless it is a defect or a hang. */
  async pass(): Promise<PassOutcome> {
    const hang = AbortSignal.timeout(passTimeoutMs)
    const clock = new LeapingClock(this.#realDelayMsMax)
    const context = { signal: hang, clock, random: () => 0.5, log: () => {} }
    const connecting = { ...context, clock: this.#connectionClock ?? realContext(hang).clock }
    const events: PassEvent[] = []
    const opened: { close(): Promise<void> }[] = []
    let error: MigrationError | undefined
    try {
      const source = await imapConnector.openSource(this.#config(this.source, this.#meddlers.source.port), connecting)
      opened.push(source)
      const target = await imapConnector.openTarget(this.#config(this.target, this.#meddlers.target.port), connecting)
      opened.push(target)
      const governor = createGovernor({
        clock,
        source: { sessionsMax: source.capabilities.sessionsMax },
        target: { sessionsMax: target.capabilities.sessionsMax },
      })
      const { ledger, rules, verification } = this
      await runPass({ source, target, ledger, rules, verification, governor, context, observe: (event) => events.push(event) })
    } catch (caught) {
      if (hang.aborted) throw new Error(`the pass hangs; it waited ${clock.delaysMs.length} times`, { cause: caught })
      if (!(caught instanceof MigrationError)) throw caught
      error = caught
    } finally {
      await Promise.all(opened.map((side) => side.close()))
    }
    const [last] = (await this.ledger.passes()).slice(-1)
    const tally = await this.ledger.tally(last?.number ?? 0)
    expectBalanced(tally)
    return { tally, events, delaysMs: clock.delaysMs, ...(error === undefined ? {} : { error }) }
  }

  /** A pass that must come to its end without a stop. */
  async cleanPass(): Promise<PassOutcome> {
    const outcome = await this.pass()
    if (outcome.error !== undefined) throw outcome.error
    return outcome
  }

  /** One pass, then another that finds nothing to do, and the target equal to the source. */
  async migrate(): Promise<PassOutcome> {
    const outcome = await this.cleanPass()
    expect(outcome.tally.fates).toMatchObject({ failed: 0, pending: 0 })
    await this.expectCopied()
    await this.expectIdle()
    return outcome
  }

  /** The target holds what the source holds, message by message and folder by folder, dates and flags included. */
  async expectCopied(normalize?: (bytes: Buffer) => Buffer): Promise<void> {
    const also = { dates: true, flags: true }
    const source = toMultiset(await this.atSource((probe) => probe.allMessages(normalize)), also)
    const target = toMultiset(await this.atTarget((probe) => probe.allMessages(normalize)), also)
    expect(differenceOf(source, target)).toEqual({ missing: [], surplus: [] })
  }

  /** A further pass writes nothing and opens nothing. */
  async expectIdle(): Promise<void> {
    const [sourceFrom, targetFrom] = [this.sourceLines.length, this.targetLines.length]
    const { tally } = await this.cleanPass()
    expect(tally.pass).toMatchObject({ migrated: 0, alreadyThere: 0, updated: 0, failed: tally.fates.failed })
    expect(this.sourceLines.slice(sourceFrom).filter((line) => working.test(line))).toEqual([])
    expect(this.targetLines.slice(targetFrom).filter((line) => working.test(line))).toEqual([])
  }

  /** Looks at or changes the source behind the product's back, past the meddler. */
  atSource<T>(work: (probe: ImapProbe) => Promise<T>): Promise<T> {
    return withProbe({ port: this.source.port, user: this.source.user }, work)
  }

  atTarget<T>(work: (probe: ImapProbe) => Promise<T>): Promise<T> {
    return withProbe({ port: this.target.port, user: this.target.user }, work)
  }

  /** Every entry of the ledger that has this fate. */
  async entries(fate: Fate): Promise<readonly Entry[]> {
    return this.ledger.settled(fate, undefined, 0, 10_000)
  }

  /** Why items failed, sorted. */
  async failureCodes(): Promise<readonly string[]> {
    return (await this.entries('failed')).map((entry) => entry.reason ?? '').sort()
  }

  #config(side: SideOptions, port: number) {
    const query = side.query === undefined ? '' : `&${side.query}`
    const url = `imap://${encodeURIComponent(side.user)}@127.0.0.1:${port}?tls=off${query}`
    return imapConnector.parseUrl(url, { password: 'pw' })
  }
}

/** Puts sample messages into a folder, made when it is missing, by one command. */
export async function fill(probe: ImapProbe, path: readonly string[], numbers: readonly number[], sizeBytes?: number): Promise<void> {
  if (path.join('/') !== 'INBOX') await probe.create(path)
  const messages = numbers.flatMap((number) => {
    const options = ` (${sampleFlags(number).join(' ')}) "${toImapDate(sampleDate(number))}" `
    return [options, sampleMessage(number, sizeBytes)]
  })
  const [first = '', ...rest] = messages
  if (numbers.length > 0) await probe.connection.command([`APPEND "${probe.rawName(path)}"${String(first)}`, ...rest])
}

/** Numbers from `first` on. */
export function range(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}

/** Both sums add up to what the source holds or held. */
function expectBalanced({ source, fates, pass }: Tally): void {
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, count) => total + count, 0)
  expect(sum(fates)).toBe(source)
  expect(sum(pass)).toBe(source)
}

function withMeddling(side: SideOptions): SideOptions & { readonly meddling: Meddling } {
  return { ...side, meddling: side.meddling ?? {} }
}

/** Hooks that look up what the meddling is at the moment. */
function hooksOf(meddling: Meddling): Omit<MeddlerOptions, 'targetPort'> {
  return {
    onClientLine: (line, session) => meddling.onClientLine?.(line, session),
    onServerLine: (line, session) => meddling.onServerLine?.(line, session),
    onConnect: (session) => meddling.onConnect?.(session),
  }
}

/** Answers the first `times` commands that match in the server's place, with `answer` behind the tag. */
export function refuse(times: number, command: RegExp, answer: string): LineHook {
  let left = times
  return (line, session) => {
    if (left <= 0 || !command.test(line)) return undefined
    left--
    session.sendToClient(`${line.split(' ')[0]} ${answer}`)
    return null
  }
}
