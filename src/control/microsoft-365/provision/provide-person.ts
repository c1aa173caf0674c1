import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import { findDirectoryUser } from '../directory-user.ts'
import type { PasswordFile } from './password-file.ts'
import type { PersonPlan, PersonToProvision, ProvisionRules } from './person-plan.ts'
import { isNameTaken, isPasswordRefusal, provisionError } from './provision-refusals.ts'

/** What providing for people needs of the world. */
export interface ProvisionParts {
  readonly graph: GraphCaller
  readonly context: Context
  /** Absent when nobody has to be made. */
  readonly passwords: PasswordFile | undefined
}

/** What was done for somebody. */
export interface Provided {
  readonly userId: string
  readonly wasMade: boolean
  readonly wasLicensed: boolean
}

const passwordsMax = 3
const creating = 'User.ReadWrite.All'
const licensing = 'LicenseAssignment.ReadWrite.All'

/** A user who was made a moment ago is not known everywhere at once (exchange.md 5.3). */
const unknownDelaysMs: readonly number[] = [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]

/** Makes the user, gives usage location and licence, each only when it is lacking. Throws what stands in the way. */
export async function providePerson(plan: PersonPlan, rules: ProvisionRules, parts: ProvisionParts): Promise<Provided> {
  if (plan.obstacle !== undefined) throw plan.obstacle
  const made = plan.user === undefined ? await makeUser(plan, parts) : undefined
  const userId = made?.id ?? plan.user?.id ?? ''
  // Somebody who turned out to be there already was not asked for a usage location yet.
  if (plan.usageLocation !== undefined && made?.wasMade !== true) await setUsageLocation(userId, plan.usageLocation, plan, parts)
  if (plan.needsLicence && rules.licence !== undefined) await assignLicence(userId, rules.licence.skuId, plan, parts)
  return { userId, wasMade: made?.wasMade === true, wasLicensed: plan.needsLicence }
}

async function makeUser({ person, usageLocation }: PersonPlan, { graph, passwords }: ProvisionParts): Promise<{ id: string; wasMade: boolean }> {
  if (passwords === undefined) throw new Error('a user has to be made, and there is no file for its password')
  const { address } = person
  let password = await passwords.ensure(address)
  for (let attempt = 1; ; attempt++) {
    const body = toUserBody(person, password, usageLocation)
    const answer = await graph.call({ method: 'POST', path: '/users', body, expects: [400], permission: creating })
    if (answer.status !== 400) return { id: jsonText(answer.json, 'id'), wasMade: true }
    if (isPasswordRefusal(answer) && attempt < passwordsMax) {
      password = await passwords.renew(address)
      continue
    }
    // An answer that was lost on the way is asked for again, and then the user stands in its own way.
    const user = isNameTaken(answer) ? await findDirectoryUser(graph, address) : undefined
    if (user !== undefined) return { id: user.id, wasMade: true }
    passwords.drop(address)
    throw provisionError(address, answer, creating)
  }
}

function toUserBody({ address, displayName, firstName, lastName }: PersonToProvision, password: string, usageLocation: string | undefined): object {
  return {
    accountEnabled: true,
    displayName,
    userPrincipalName: address,
    mailNickname: toMailNickname(address),
    passwordProfile: { password, forceChangePasswordNextSignIn: true },
    ...(firstName !== undefined && { givenName: firstName }),
    ...(lastName !== undefined && { surname: lastName }),
    ...(usageLocation !== undefined && { usageLocation }),
  }
}

/** What stands before the @, without the characters that a nickname may not have (Graph: user, mailNickname). */
export function toMailNickname(address: string): string {
  const nickname = address.slice(0, address.lastIndexOf('@')).replace(/[^\x21-\x7e]|[@()\\[\]";:<>,]/g, '')
  return nickname.slice(0, 64) || 'user'
}

async function setUsageLocation(userId: string, usageLocation: string, { person }: PersonPlan, parts: ProvisionParts): Promise<void> {
  const call = { method: 'PATCH', path: graphPath`/users/${userId}`, body: { usageLocation }, expects: [400], permission: creating } as const
  const answer = await onceKnown(() => parts.graph.call(call), parts.context)
  if (answer.status === 400) throw provisionError(person.address, answer, creating)
}

async function assignLicence(userId: string, skuId: string, { person }: PersonPlan, parts: ProvisionParts): Promise<void> {
  const body = { addLicenses: [{ skuId, disabledPlans: [] }], removeLicenses: [] }
  const call = { method: 'POST', path: graphPath`/users/${userId}/assignLicense`, body, expects: [400], permission: licensing } as const
  const answer = await onceKnown(() => parts.graph.call(call), parts.context)
  if (answer.status === 400) throw provisionError(person.address, answer, licensing)
}

async function onceKnown<T>(call: () => Promise<T>, { clock, signal }: Context): Promise<T> {
  for (const delayMs of unknownDelaysMs) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof MigrationError) || error.code !== 'graph.no-such-object') throw error
      await clock.sleep(delayMs, signal)
    }
  }
  return call()
}
