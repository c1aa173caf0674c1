import type { ExchangeAdmin } from '../../../connectors/kit/microsoft/exchange-admin.ts'
import { addAddresses, addAddressesText, addressesBut, type MailboxAddresses, moveAddressesText, readMailboxAddresses, smtpAddressesOf, x500AddressesOf } from '../../../connectors/kit/microsoft/mailbox-addresses.ts'
import { patientGraph, withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import type { Handwork } from '../../../core/model/extra.ts'
import type { Context } from '../../../core/ports/context.ts'
import { readOrganization } from '../organization.ts'
import type { TenantAccess } from '../tenant-access.ts'
import type { AddressedMailbox, FormerMailbox } from './mailboxes-of-pairs.ts'
import { type AddressPlan, planAddresses } from './plan-addresses.ts'

/** How it came out for one mailbox: it has them all, could be given some, a person has to do it, or it failed. */
export type AddressState = 'complete' | 'lacking' | 'handwork' | 'failed'

/** What became of one mailbox; addresses with their prefixes, raw. */
export interface AddressOutcome extends AddressPlan {
  readonly mailbox: AddressedMailbox
  readonly state: AddressState
  /** Given to it now; `lacking` is what it has not after that. */
  readonly added: readonly string[]
  /** What a person has to do: one piece for each way. */
  readonly handwork: readonly Handwork[]
  /** Why something failed: of the mailbox as a whole, or of one address each. */
  readonly errors: readonly MigrationError[]
}

/** A tenant by its endpoint's name, with Exchange's own commands. */
export interface AddressedTenant {
  readonly endpoint: string
  readonly exchange: ExchangeAdmin
}

/** What carrying old addresses needs of the world. */
export interface AddressParts {
  readonly target: AddressedTenant & Pick<TenantAccess, 'graph' | 'context'>
  /** The tenants that mailboxes come from, or why one cannot be reached. */
  readonly sources: ReadonlyMap<string, AddressedTenant | MigrationError>
  /** False to look only. */
  readonly changes: boolean
  readonly mailboxesAtOnceMax: number
  readonly observe: (outcome: AddressOutcome) => void
}

/**
 * Gives mailboxes the addresses by which they were known where they come from, so that answers to old items reach them
 * (exchange.md 6.5): the X500 addresses of their former organization, and SMTP addresses of domains that are the tenant's by
 * now. What a mailbox has is read before each write, and only what it lacks is written: so it may be cut short at any time and
 * begun anew. Where an app may not run Exchange's own commands, a person gets them. What stands in one mailbox's way stops no
 * other. Gives what became of each, in order. Throws as `GraphCaller.call` when the tenant cannot be asked at all.
 */
export async function carryOldAddresses(mailboxes: readonly AddressedMailbox[], parts: AddressParts): Promise<readonly AddressOutcome[]> {
  const { graph, context } = parts.target
  const domains = new Set((await readOrganization(patientGraph(graph, context))).domains)
  const sources = new Map([...parts.sources].map(([name, source]) => [name, source instanceof MigrationError ? source : { ...source, exchange: untilDenied(source.exchange) }]))
  const carrier = new AddressCarrier({ ...parts, sources, target: { ...parts.target, exchange: untilDenied(parts.target.exchange) } }, domains)
  const outcomes = new Map<AddressedMailbox, AddressOutcome>()
  await forEachLimited(mailboxes, { concurrencyMax: parts.mailboxesAtOnceMax, signal: context.signal }, async (mailbox) => {
    const outcome = await carrier.carry(mailbox)
    outcomes.set(mailbox, outcome)
    parts.observe(outcome)
  })
  return mailboxes.flatMap((mailbox) => outcomes.get(mailbox) ?? [])
}

class AddressCarrier {
  readonly #parts: AddressParts
  readonly #domains: ReadonlySet<string>
  readonly #context: Context

  constructor(parts: AddressParts, domains: ReadonlySet<string>) {
    this.#parts = parts
    this.#domains = domains
    this.#context = parts.target.context
  }

  async carry(mailbox: AddressedMailbox): Promise<AddressOutcome> {
    const nothing = { mailbox, state: 'complete', present: [], lacking: [], foreign: [], added: [], handwork: [], errors: [] } as const
    try {
      const { wanted, handwork } = await this.#readFormer(mailbox)
      const given = wanted.length === 0 ? nothing : { ...nothing, ...(await this.#give(mailbox.address, wanted)) }
      const all = [...handwork, ...given.handwork]
      return { ...given, handwork: all, state: stateOf({ ...given, handwork: all }) }
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      return { ...nothing, state: 'failed', errors: [error] }
    }
  }

  async #readFormer({ address, former }: AddressedMailbox) {
    const wanted: string[] = []
    const handwork: Handwork[] = []
    for (const one of former) {
      if (one.type === 'login') wanted.push(`smtp:${one.address}`)
      else {
        const read = await this.#readSource(one)
        if (read === undefined) handwork.push(seenByHand(one, address))
        else wanted.push(...(x500AddressesOf(read) ?? []), ...smtpAddressesOf(read))
      }
    }
    return { wanted: addressesBut([], wanted), handwork }
  }

  /** Undefined where the app may not ask. */
  async #readSource({ endpoint, mailbox }: FormerMailbox & { readonly type: 'tenant' }): Promise<MailboxAddresses | undefined> {
    const source = this.#parts.sources.get(endpoint)
    if (source === undefined) throw new Error('a source was not opened')
    if (source instanceof MigrationError) throw source
    try {
      return await withPatience(() => readMailboxAddresses(source.exchange, mailbox), this.#context)
    } catch (error) {
      if (isDenial(error)) return undefined
      throw isNotFound(error) ? hasNoMailbox(mailbox, endpoint) : error
    }
  }

  async #give(user: string, wanted: readonly string[]) {
    const { endpoint } = this.#parts.target
    try {
      const { plan, isSynchronised } = await this.#look(user, wanted)
      if (plan.lacking.length > 0 && isSynchronised) return { ...plan, handwork: [changedOnPremises(user, plan.lacking)] }
      if (plan.lacking.length === 0 || !this.#parts.changes) return plan
      return await this.#add(user, plan)
    } catch (error) {
      if (isDenial(error)) {
        const plan = planAddresses(wanted, [], this.#domains)
        return { ...plan, handwork: plan.lacking.length === 0 ? [] : [addedByHand(endpoint, user, plan.lacking)] }
      }
      if (!isNotFound(error)) throw error
      throw hasNoMailbox(user, endpoint)
    }
  }

  /** All at once, and where that is refused one by one, so that each refusal is of an address. */
  async #add(user: string, before: AddressPlan) {
    const errors: MigrationError[] = []
    try {
      await this.#ensure(user, before.lacking)
    } catch (error) {
      if (!isRefusal(error)) throw error
      for (const address of before.lacking) {
        const refusal = await this.#ensure(user, [address]).then(() => undefined, (reason: unknown) => reason)
        if (refusal !== undefined) errors.push(refusalOf(refusal, user, address))
      }
    }
    const { plan } = await this.#look(user, before.lacking)
    return { ...before, lacking: plan.lacking, added: plan.present, errors }
  }

  /** Reads anew at each attempt: an answer that was lost on the way has changed something. */
  #ensure(user: string, addresses: readonly string[]): Promise<void> {
    const { exchange } = this.#parts.target
    return withPatience(async () => {
      const missing = addressesBut((await readMailboxAddresses(exchange, user)).addresses, addresses)
      if (missing.length > 0) await exchange.run(addAddresses(user, missing))
    }, this.#context)
  }

  async #look(user: string, wanted: readonly string[]): Promise<{ readonly plan: AddressPlan; readonly isSynchronised: boolean }> {
    const { exchange } = this.#parts.target
    const { addresses, isSynchronised } = await withPatience(() => readMailboxAddresses(exchange, user), this.#context)
    return { plan: planAddresses(wanted, addresses, this.#domains), isSynchronised }
  }
}

function stateOf({ lacking, handwork }: Pick<AddressOutcome, 'lacking' | 'handwork'>): AddressState {
  if (handwork.length > 0) return 'handwork'
  return lacking.length > 0 ? 'lacking' : 'complete'
}

/** The same commands; once they are denied nothing is asked any more. */
function untilDenied(exchange: ExchangeAdmin): ExchangeAdmin {
  let denial: MigrationError | undefined
  return {
    async run(command) {
      if (denial !== undefined) throw denial
      try {
        return await exchange.run(command)
      } catch (error) {
        if (isDenial(error)) denial = error
        throw error
      }
    },
  }
}

function isDenial(error: unknown): error is MigrationError {
  return error instanceof MigrationError && (error.code === 'exchange.denied' || error.code === 'exchange.role-missing')
}

function isNotFound(error: unknown): boolean {
  return error instanceof MigrationError && error.code === 'exchange.not-found'
}

function isRefusal(error: unknown): error is MigrationError {
  return error instanceof MigrationError && error.kind === 'item' && !isNotFound(error)
}

/** What a refusal of one address means; throws what is none. */
function refusalOf(error: unknown, user: string, address: string): MigrationError {
  if (!isRefusal(error)) throw error
  if (error.code === 'exchange.address-taken') {
    return new MigrationError('item', 'provision.old-address-taken', {
      message: `${user} cannot have ${address}: another recipient of the tenant has it.`,
      hint: 'Find whose it is with Get-Recipient -ResultSize Unlimited | Where-Object EmailAddresses -contains ADDRESS, and free it there if it belongs here; then run the same command again.',
    })
  }
  return new MigrationError('item', 'provision.old-address-refused', {
    message: `${user} cannot have ${address}: Exchange refuses it.`,
    hint: "Give it in Exchange's own PowerShell (Set-Mailbox -EmailAddresses), which says there what is wrong.",
    cause: error,
  })
}

function hasNoMailbox(user: string, endpoint: string): MigrationError {
  return new MigrationError('item', 'provision.no-mailbox', {
    message: `Exchange finds no mailbox of ${user} in the tenant of ${endpoint}.`,
    hint: 'Check the address; what is missing at the target is made by "mailvan provision" without --old-addresses, and known to Exchange some minutes later.',
  })
}

function seenByHand({ endpoint, mailbox }: FormerMailbox & { readonly type: 'tenant' }, user: string): Handwork {
  const [see, make] = moveAddressesText(mailbox, user)
  return {
    sentence: `The app of the endpoint ${endpoint} may not read addresses: let it ("mailvan endpoint bootstrap ${endpoint} --also exchange") and run this again, or run the commands.`,
    commands: [`${see} # in the source's organization`, `${make} # for each that the first command shows`],
  }
}

function addedByHand(endpoint: string, user: string, addresses: readonly string[]): Handwork {
  return {
    sentence: `The app of the endpoint ${endpoint} may not add addresses: let it ("mailvan endpoint bootstrap ${endpoint} --also exchange") and run this again, or run the commands.`,
    commands: [addAddressesText(user, addresses)],
  }
}

function changedOnPremises(user: string, addresses: readonly string[]): Handwork {
  return {
    sentence: 'Your own Active Directory looks after these mailboxes: run the commands in the Exchange Management Shell there.',
    commands: [addAddressesText(user, addresses, 'Set-RemoteMailbox')],
  }
}
