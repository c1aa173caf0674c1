import { type MemoryMailbox, MemoryWorld } from '../../../src/connectors/memory/index.ts'
import type { MemoryOptions } from '../../../src/connectors/memory/options.ts'
import type { Form } from '../../../src/core/model/form.ts'
import type { ItemId } from '../../../src/core/model/ids.ts'
import type { Rules, Verification } from '../../../src/core/model/rules.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import type { PassOptions } from '../../../src/core/pass/engine.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Source, Target } from '../../../src/core/ports/connector.ts'
import type { Ledger, Tally } from '../../../src/core/ports/ledger.ts'
import type { PassEvent } from '../../../src/core/ports/observer.ts'
import { verifyPass } from '../../../src/core/verify/verify-pass.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { testContext } from '../memory/context.ts'
import { rulesWith } from '../plan/rules-with.ts'

/** Sides of a pass that are not quite as they were opened. */
export interface Adjust {
  readonly source?: (source: Source) => Source
  readonly target?: (target: Target) => Target
}

/** Passes between two mailboxes in memory, with one ledger. */
export class MemoryPasses {
  readonly world = new MemoryWorld()
  readonly source: MemoryMailbox
  readonly target: MemoryMailbox
  readonly ledger: Ledger
  /** Of the last pass. */
  readonly events: PassEvent[] = []
  readonly form: Form
  readonly #store: Store

  private constructor(store: Store, ledger: Ledger, form: Form, options: Partial<MemoryOptions>) {
    this.#store = store
    this.ledger = ledger
    this.form = form
    this.source = this.world.addMailbox('source')
    this.target = this.world.addMailbox('target', options)
  }

  static async open(form: Form = 'mail', options: Partial<MemoryOptions> = {}): Promise<MemoryPasses> {
    const store = await openStore({ path: ':memory:' })
    return new MemoryPasses(store, await store.mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' }), form, options)
  }

  run(rules: Partial<Rules> = {}, verification: Verification = 'identity', adjust: Adjust = {}): Promise<Tally> {
    return this.#pass(runPass, rules, verification, adjust)
  }

  verify(verification: Verification = 'content', adjust: Adjust = {}): Promise<Tally> {
    return this.#pass(verifyPass, {}, verification, adjust)
  }

  /** What was told of items: type, place and why. */
  told(): readonly object[] {
    return this.events.flatMap((event) => (event.type === 'itemFailed' || event.type === 'conflict' ? [event] : []))
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  async #pass(run: (options: PassOptions) => Promise<Tally>, rules: Partial<Rules>, verification: Verification, adjust: Adjust): Promise<Tally> {
    this.events.length = 0
    const context = testContext()
    const opened = await this.world.openSource({ mailbox: 'source' }, context, this.form)
    const source = adjust.source?.(opened) ?? opened
    const into = await this.world.openTarget({ mailbox: 'target' }, context, this.form)
    const target = adjust.target?.(into) ?? into
    const governor = createGovernor({ clock: context.clock, source: source.capabilities, target: target.capabilities })
    const observe = (event: PassEvent): void => void this.events.push(event)
    return run({ source, target, ledger: this.ledger, rules: rulesWith(rules), verification, governor, context, observe })
  }
}

/** A small message that says its subject. */
export const messageOf = (subject: string, text = subject): Buffer =>
  Buffer.from(`Subject: ${subject}\r\nDate: Fri, 01 Jan 2016 12:00:00 +0000\r\n\r\n${text}\r\n`)

/** The item that says so. */
export function idIn(mailbox: MemoryMailbox, text: string): ItemId {
  const found = mailbox.contents().find(({ bytes }) => Buffer.from(bytes).includes(text))
  if (found === undefined) throw new Error(`there is no ${text}`)
  return found.id
}
