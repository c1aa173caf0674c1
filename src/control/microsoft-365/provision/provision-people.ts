import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import { MigrationError } from '../../../core/errors.ts'
import { readDirectory } from '../directory-user.ts'
import type { TenantAccess } from '../tenant-access.ts'
import { awaitConsent } from './await-consent.ts'
import { awaitMailboxes } from './await-mailboxes.ts'
import type { PasswordFile } from './password-file.ts'
import { type PersonPlan, type PersonToProvision, planPeople, type ProvisionRules } from './person-plan.ts'
import { type Provided, providePerson } from './provide-person.ts'

/** How it came out for one person: the mailbox answers, is on its way, or something stands in the way. */
export type ProvisionState = 'ready' | 'waiting' | 'failed'

/** What became of one person. */
export interface Provision {
  readonly person: PersonToProvision
  readonly state: ProvisionState
  /** As far as it came. */
  readonly provided: Provided | undefined
  /** Why it failed, or why it is still waiting. */
  readonly error: MigrationError | undefined
}

/** What happens meanwhile. */
export type ProvisionEvent =
  | { readonly type: 'provided'; readonly person: PersonToProvision; readonly provided: Provided }
  | { readonly type: 'settled'; readonly provision: Provision }
  | { readonly type: 'waitingForConsent'; readonly permission: string; readonly delayMs: number }
  | { readonly type: 'waitingForMailboxes'; readonly mailboxes: number; readonly delayMs: number }

/** How people are provided for. */
export interface ProvisionOptions {
  readonly rules: ProvisionRules
  /** At the same time. */
  readonly peopleAtOnceMax: number
  readonly waitsForMailboxes: boolean
  readonly passwords: PasswordFile | undefined
  readonly observe: (event: ProvisionEvent) => void
}

/** What is lacking for each person, as the tenant is now; nothing is changed. Throws as `GraphCaller.call`. */
export async function planProvision(access: TenantAccess, people: readonly PersonToProvision[], { rules, observe }: Pick<ProvisionOptions, 'rules' | 'observe'>): Promise<readonly PersonPlan[]> {
  const graph = awaitConsent(access, (permission, delayMs) => observe({ type: 'waitingForConsent', permission, delayMs }))
  return planPeople(people, await readDirectory(graph), rules)
}

/**
 * Carries out what `planProvision` gave: makes users, gives licences and waits for the mailboxes. Whatever the tenant shows as
 * done already is not done again, so it may be cut short at any time and begun anew. What stands in one person's way stops
 * nobody else. Gives what became of each, in order.
 */
export async function provisionPeople(access: TenantAccess, plans: readonly PersonPlan[], options: ProvisionOptions): Promise<readonly Provision[]> {
  const { rules, observe, passwords, peopleAtOnceMax } = options
  const { context } = access
  const graph = awaitConsent(access, (permission, delayMs) => observe({ type: 'waitingForConsent', permission, delayMs }))
  const provisions = new Map<PersonPlan, Provision>()
  const settle = (plan: PersonPlan, provision: Provision): void => {
    provisions.set(plan, provision)
    observe({ type: 'settled', provision })
  }
  const awaited: { readonly plan: PersonPlan; readonly provided: Provided }[] = []
  await forEachLimited(plans, { concurrencyMax: peopleAtOnceMax, signal: context.signal }, async (plan) => {
    const { person } = plan
    try {
      const provided = await providePerson(plan, rules, { graph, context, passwords })
      observe({ type: 'provided', person, provided })
      awaited.push({ plan, provided })
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      settle(plan, { person, state: 'failed', provided: undefined, error })
    }
  })
  const questions = awaited.map(({ plan, provided }) => ({
    plan,
    provided,
    userId: provided.userId,
    ready: () => settle(plan, { person: plan.person, state: 'ready', provided, error: undefined }),
    failed: (error: MigrationError) => settle(plan, { person: plan.person, state: 'failed', provided, error }),
  }))
  const missing = options.waitsForMailboxes
    ? await awaitMailboxes(questions, graph, context, (mailboxes, delayMs) => observe({ type: 'waitingForMailboxes', mailboxes, delayMs }))
    : questions
  for (const { plan, provided } of missing) {
    settle(plan, { person: plan.person, state: 'waiting', provided, error: options.waitsForMailboxes ? isLate(plan) : undefined })
  }
  return plans.flatMap((plan) => provisions.get(plan) ?? [])
}

function isLate({ person, needsLicence, user }: PersonPlan): MigrationError {
  const isUnlicensed = !needsLicence && user?.isLicensed !== true
  return new MigrationError('config', 'provision.mailbox-late', {
    message: `The mailbox of ${person.address} does not answer after an hour.`,
    hint: isUnlicensed
      ? 'No licence was given here: check that the group which brings it has the user, then run the same command again.'
      : 'Microsoft is sometimes slow: run the same command again later; after a day, ask Microsoft.',
  })
}
