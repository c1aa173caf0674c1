import type { Form } from '../../core/model/form.ts'
import type { Connector, Source, Target } from '../../core/ports/connector.ts'
import type { Context } from '../../core/ports/context.ts'
import type { Side } from '../../core/ports/governor.ts'
import { MigrationError } from '../../core/errors.ts'
import { memoryError } from './errors.ts'
import type { Faults } from './faults.ts'
import { MemoryMailbox } from './mailbox.ts'
import type { MemoryOptions } from './options.ts'
import { MemoryReader } from './source.ts'
import { MemoryTarget } from './target.ts'

/** What a `memory:` URL and its secret parse to. */
export interface MemoryConfig {
  readonly mailbox: string
  readonly password?: string
}

/** Mailboxes by name, and the one hook through which faults come in. A connector for tests and demonstrations. */
export class MemoryWorld implements Connector<MemoryConfig> {
  readonly kind = 'memory'
  readonly forms = ['mail', 'exchange'] as const
  readonly schemes = ['memory']
  /** May be exchanged at any time. */
  faults: Faults = () => undefined
  readonly #mailboxes = new Map<string, MemoryMailbox>()

  /** Makes a mailbox, in place of one of the same name. */
  addMailbox(name: string, options?: Partial<MemoryOptions>, password?: string): MemoryMailbox {
    const mailbox = new MemoryMailbox(name, options, password)
    this.#mailboxes.set(name, mailbox)
    return mailbox
  }

  /** Throws `config` when there is none of this name. */
  mailbox(name: string): MemoryMailbox {
    const mailbox = this.#mailboxes.get(name)
    if (!mailbox) throw memoryError('no-mailbox')
    return mailbox
  }

  parseUrl(url: string, secret: { readonly password?: string }): MemoryConfig {
    const name = /^memory:([\w-]+)$/.exec(url)?.[1]
    if (name === undefined) {
      throw new MigrationError('config', 'memory.url', {
        message: 'This is no memory URL.',
        hint: 'Write it as memory:NAME, with letters, digits, _ and - only.',
      })
    }
    return { mailbox: name, ...secret }
  }

  canonicalUrl(config: MemoryConfig): string {
    return `memory:${config.mailbox}`
  }

  needsPassword(config: MemoryConfig): boolean {
    return config.password === undefined && this.#mailboxes.get(config.mailbox)?.password !== undefined
  }

  async openSource(config: MemoryConfig, context: Context, form?: Form): Promise<Source> {
    return new MemoryReader(await this.#open(config, 'source', context), 'source', (step) => this.faults(step), context, form)
  }

  async openTarget(config: MemoryConfig, context: Context, form?: Form): Promise<Target> {
    return new MemoryTarget(await this.#open(config, 'target', context), (step) => this.faults(step), context, form)
  }

  async #open(config: MemoryConfig, side: Side, context: Context): Promise<MemoryMailbox> {
    context.signal.throwIfAborted()
    await this.faults({ name: 'open', side, mailbox: config.mailbox })
    const mailbox = this.mailbox(config.mailbox)
    if (mailbox.password !== undefined && mailbox.password !== config.password) throw memoryError('wrong-password')
    return mailbox
  }
}
