import { makeGraphConnector } from '../../../src/connectors/graph/index.ts'
import { openByToken } from '../../../src/connectors/imap/index.ts'
import { customHosts } from '../../../src/connectors/kit/microsoft/clouds.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import type { Rules, Verification } from '../../../src/core/model/rules.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import type { PassOptions } from '../../../src/core/pass/engine.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Source, Target } from '../../../src/core/ports/connector.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { PassEvent } from '../../../src/core/ports/observer.ts'
import { verifyPass } from '../../../src/core/verify/verify-pass.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { everything } from '../imap-faults/fault-rig.ts'
import type { StandingSandbox } from '../sandbox/standing-sandbox.ts'

const passMsMax = 90_000

export const context = () => realContext(AbortSignal.timeout(passMsMax))

export async function makeLedger(name: string): Promise<MailboxLedger> {
  const store = await openStore({ path: ':memory:' })
  return store.mailbox({ sourceUrl: `memory:${name}`, targetUrl: 'm365:target' })
}

export const receivedAt = (number: number) => ({ epochMs: Date.UTC(2016, number % 12, 1 + (number % 28)), offsetMinutes: 0 })

export const graphConnector = makeGraphConnector(openByToken)

/** A user's mailbox in a sandbox; `way` is the query of its URL. */
export function cloudConfig(standing: StandingSandbox, user: number, way = '') {
  const { sandbox: { access }, tenant } = standing
  const given = {
    access: {
      hosts: customHosts({ authority: access.signIn, graph: access.graph, outlook: access.outlook, imap: access.imap }),
      app: { tenantId: tenant.id, clientId: tenant.clientId, credential: { type: 'secret', secret: tenant.clientSecret } },
      tls: {},
    },
  }
  return graphConnector.parseUrl(`m365://contoso/${standing.user(user)}${way}`, given)
}

/** Passes between two sides with one ledger; each opens the sides anew, as a process of its own does. */
export class MailMigration {
  readonly ledger: MailboxLedger
  /** Of the last pass. */
  readonly events: PassEvent[] = []
  readonly openSource: () => Promise<Source>
  readonly #target: () => Promise<Target>

  constructor(ledger: MailboxLedger, source: () => Promise<Source>, target: () => Promise<Target>) {
    this.ledger = ledger
    this.openSource = source
    this.#target = target
  }

  pass(verification: Verification = 'identity', more: Partial<Rules> = {}): Promise<Tally> {
    return this.#run(runPass, verification, more, this.#target)
  }

  /** Checks every copy and writes nothing; `target` opens the mailbox otherwise than the passes did. */
  verify(target = this.#target, verification: Verification = 'content'): Promise<Tally> {
    return this.#run(verifyPass, verification, {}, target)
  }

  /** Codes of what failed in the last pass. */
  failures(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'itemFailed' ? [event.code] : []))
  }

  async #run(run: (options: PassOptions) => Promise<Tally>, verification: Verification, more: Partial<Rules>, open: () => Promise<Target>): Promise<Tally> {
    const [source, target] = [await this.openSource(), await open()]
    this.events.length = 0
    const observe = (event: PassEvent): void => void this.events.push(event)
    const around = context()
    try {
      const sides = { source: { sessionsMax: source.capabilities.sessionsMax }, target: { sessionsMax: target.capabilities.sessionsMax } }
      const governor = createGovernor({ clock: around.clock, ...sides })
      return await run({ source, target, ledger: this.ledger, rules: { ...everything, ...more }, verification, governor, context: around, observe })
    } finally {
      await Promise.all([source.close(), target.close()])
    }
  }
}
