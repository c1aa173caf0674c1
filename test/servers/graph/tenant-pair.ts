import { customHosts } from '../../../src/connectors/kit/microsoft/clouds.ts'
import type { GraphConfig } from '../../../src/connectors/graph/config.ts'
import { graphConnector } from '../../../src/connectors/graph/index.ts'
import type { MailboxLimits } from '../../../src/connectors/graph/mailbox-pace.ts'
import type { Rules, Verification } from '../../../src/core/model/rules.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import type { PassOptions } from '../../../src/core/pass/engine.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import { withRetry } from '../../../src/core/pass/with-retry.ts'
import type { Target } from '../../../src/core/ports/connector.ts'
import type { Context } from '../../../src/core/ports/context.ts'
import type { Ledger, Tally } from '../../../src/core/ports/ledger.ts'
import type { PassEvent } from '../../../src/core/ports/observer.ts'
import { verifyPass } from '../../../src/core/verify/verify-pass.ts'
import { toMailboxId } from '../../../src/sandbox/mailbox/ids.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import type { MailboxRow } from '../../../src/sandbox/mailbox/rows.ts'
import type { OpenTenant } from '../../../src/sandbox/open-tenants.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/start-sandbox.ts'
import { addUser } from '../../../src/sandbox/tenant/create-tenant.ts'
import { checkTally } from '../../simulation/invariants.ts'
import { createStandingClock, type StandingClock } from '../../unit/sandbox/standing-clock.ts'
import { objectText } from './object-text.ts'
import { rulesWith } from '../../unit/plan/rules-with.ts'

const rules = rulesWith({ retriesFailed: true })

/** How a pass is run. */
export interface PassWishes {
  readonly rules?: Partial<Rules>
  readonly signal?: AbortSignal
  readonly limits?: MailboxLimits
  readonly verification?: Verification
  /** The target as it is to be seen. */
  readonly adjust?: (target: Target) => Target
}

/** Two tenants of one sandbox, on a clock that only waits move on, and mailboxes to move from the first to the second. */
export class TenantPair {
  readonly sandbox: Sandbox
  readonly clock: StandingClock
  readonly defects: readonly unknown[]
  readonly events: PassEvent[] = []
  #made = 0

  private constructor(sandbox: Sandbox, clock: StandingClock, defects: readonly unknown[]) {
    this.sandbox = sandbox
    this.clock = clock
    this.defects = defects
  }

  static async start(users: number, messagesPerUser: number): Promise<TenantPair> {
    const clock = createStandingClock()
    const defects: unknown[] = []
    const onDefect = (error: unknown) => defects.push(error)
    const options = { tenants: ['contoso', 'fabrikam'], port: 0, profile: 'none', timeFactor: 1, isSecure: false } as const
    return new TenantPair(await startSandbox({ ...options, users, messagesPerUser, clock, onDefect }), clock, defects)
  }

  /** A seeded mailbox of the source's tenant. */
  source(index = 0, kind: MailboxRow['kind'] = 'primary'): Mailbox {
    return this.#mailboxOf(this.#tenant(0), this.sandbox.access.tenants[0]?.users[index] as string, kind)
  }

  /** A new mailbox, empty, of the target's tenant. */
  freshTarget(kind: MailboxRow['kind'] = 'primary', language = 'en-US'): Mailbox {
    const { tenant, store } = this.#tenant(1)
    const address = `target${++this.#made}@${tenant.initialDomain}`
    const user = addUser(tenant, { userPrincipalName: address, displayName: 'Target', mail: address, proxyAddresses: [`SMTP:${address}`] })
    store.create({ userId: user.id, address, language })
    if (kind === 'archive') store.create({ userId: user.id, address, kind })
    return this.#mailboxOf(this.#tenant(1), address, kind)
  }

  /** Gives a seeded user an archive, or that archive an auxiliary one. */
  addArchive(index: number, main?: Mailbox): Mailbox {
    const { row } = this.source(index)
    const { store } = this.#tenant(0)
    return store.create({ userId: row.userId, address: row.address, kind: 'archive', ...(main !== undefined && { mainId: main.row.id }) })
  }

  /** An archive of a target, and an auxiliary one of it. */
  addAuxiliary(main: Mailbox): Mailbox {
    const { userId, address, id } = main.row
    return this.#tenant(1).store.create({ userId, address, kind: 'archive', mainId: id })
  }

  /** `MBX:...` of a mailbox. */
  mailboxId(side: 'source' | 'target', { row }: Mailbox): string {
    return toMailboxId(row.guid, this.#tenant(side === 'source' ? 0 : 1).tenant.id)
  }

  configOf(side: 'source' | 'target', mailbox: Mailbox, more: Partial<GraphConfig> = {}): GraphConfig {
    const { access } = this.sandbox
    const tenant = access.tenants[side === 'source' ? 0 : 1]
    if (tenant === undefined) throw new Error('there is no such tenant')
    const hosts = customHosts({ authority: access.signIn, graph: access.graph, outlook: access.outlook, imap: access.imap })
    const credential = { type: 'secret', secret: tenant.clientSecret } as const
    const app = { tenantId: tenant.id, clientId: tenant.clientId, credential }
    return {
      endpoint: tenant.name,
      access: { hosts, app, tls: {} },
      mailbox: mailbox.row.address,
      isArchive: mailbox.row.kind === 'archive',
      via: 'auto',
      sessionsMax: 2,
      ...more,
    }
  }

  context(signal = new AbortController().signal): Context {
    const { clock } = this
    return {
      signal,
      random: Math.random,
      log: () => undefined,
      clock: {
        now: () => clock.nowMs(),
        sleep: async (delayMs, stop) => {
          stop.throwIfAborted()
          clock.advance(delayMs)
        },
      },
    }
  }

  /** Runs a pass from one mailbox into another one. */
  run(source: Mailbox, target: Mailbox, ledger: Ledger, wishes: PassWishes = {}): Promise<Tally> {
    return this.#pass(runPass, source, target, ledger, wishes)
  }

  /** Reads every copy back and compares it; writes nothing. */
  verify(source: Mailbox, target: Mailbox, ledger: Ledger, wishes: PassWishes = {}): Promise<Tally> {
    return this.#pass(verifyPass, source, target, ledger, { verification: 'content', ...wishes })
  }

  async #pass(pass: (options: PassOptions) => Promise<Tally>, source: Mailbox, target: Mailbox, ledger: Ledger, wishes: PassWishes): Promise<Tally> {
    const context = this.context(wishes.signal)
    const more = wishes.limits === undefined ? {} : { limits: wishes.limits }
    const observe = (event: PassEvent): void => void this.events.push(event)
    const looking = { context, observe, governor: createGovernor({ clock: context.clock, source: { sessionsMax: 1 }, target: { sessionsMax: 1 } }) }
    const from = await withRetry(looking, 'source', () => graphConnector.openSource(this.configOf('source', source, more), context))
    try {
      const into = await withRetry(looking, 'target', () => graphConnector.openTarget(this.configOf('target', target, more), context))
      try {
        const tally = await pass({
          source: from,
          target: wishes.adjust?.(into) ?? into,
          ledger,
          rules: { ...rules, ...wishes.rules },
          verification: wishes.verification ?? 'identity',
          governor: createGovernor({ clock: context.clock, source: from.capabilities, target: into.capabilities }),
          context,
          observe,
        })
        const faults = checkTally(tally, 'a pass')
        if (faults.length > 0) throw new Error(faults.join('\n'))
        return tally
      } finally {
        await into.close()
      }
    } finally {
      await from.close()
    }
  }

  async close(): Promise<void> {
    await this.sandbox.close()
  }

  #tenant(index: number): OpenTenant {
    const tenant = this.sandbox.tenants[index]
    if (tenant === undefined) throw new Error('there is no such tenant')
    return tenant
  }

  #mailboxOf({ tenant, store }: OpenTenant, address: string, kind: MailboxRow['kind']): Mailbox {
    const user = [...tenant.directory.users.all()].find(({ userPrincipalName }) => userPrincipalName === address)
    const mailbox = user === undefined ? undefined : store.ofUser(user.id, kind)
    if (mailbox === undefined) throw new Error(`there is no mailbox of ${address}`)
    return mailbox
  }
}

/** Everything in a mailbox below the folders that people see, property by property, read without the product's help. */
export function everythingIn(mailbox: Mailbox): readonly string[] {
  const root = mailbox.folders.wellKnown('msgfolderroot')
  if (root === undefined) throw new Error('a mailbox has a root')
  return mailbox.folders
    .subtree(root.id)
    .flatMap((folder) => {
      const path = mailbox.folders.pathTo(folder.id).map(({ name, wellKnown }) => wellKnown ?? name)
      return mailbox.items.list(folder.id).map((item) => `${path.toReversed().join('/')} ${objectText(mailbox.items.message(item.id))}`)
    })
    .toSorted()
}
