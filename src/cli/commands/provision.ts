import { randomBytes } from 'node:crypto'
import { readProvisionRules } from '../../control/microsoft-365/provision/choose-licence.ts'
import { makeInitialPassword } from '../../control/microsoft-365/provision/initial-password.ts'
import { PasswordFile } from '../../control/microsoft-365/provision/password-file.ts'
import { peopleOfPairs } from '../../control/microsoft-365/provision/people-of-pairs.ts'
import type { PersonPlan } from '../../control/microsoft-365/provision/person-plan.ts'
import { planProvision, type Provision, provisionPeople } from '../../control/microsoft-365/provision/provision-people.ts'
import { readPairs } from '../../control/pairs/read-pairs.ts'
import { parseWholeNumber } from '../../control/settings/parse-size.ts'
import { UsageError } from '../../control/usage-error.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { openNamedTenant } from '../open-named-tenant.ts'
import type { CommonOptions } from '../options.ts'
import { StatusLine } from '../output/status-line.ts'
import { styleFor } from '../output/style.ts'
import { ProvisionProgress } from '../output/provision-progress.ts'
import { toPlanText, toProvisionText } from '../output/provision-text.ts'
import { tellFaultyRows } from '../tell-faulty-rows.ts'
import { oldAddressesCommand } from './old-addresses.ts'

/** Options of `provision`. */
export interface ProvisionCommandOptions extends CommonOptions {
  readonly licence?: string
  readonly usageLocation?: string
  readonly passwords?: string
  readonly atOnce: string
  readonly delimiter?: string
  readonly dryRun?: boolean
  /** Gives mailboxes that are there their old addresses, and makes none. */
  readonly oldAddresses?: boolean
  /** False with `--no-wait`. */
  readonly wait: boolean
}

const atOnceMax = 16

/** `mailvan provision`. Gives the exit code: 1 when somebody could not be provided for, 2 when rows are faulty or mailboxes late. */
export async function provisionCommand(list: string, endpoint: string, options: ProvisionCommandOptions, environment: Environment): Promise<number> {
  const peopleAtOnceMax = parseWholeNumber(options.atOnce, '--at-once', 1, atOnceMax)
  if (options.oldAddresses === true) return oldAddressesCommand(list, endpoint, { ...options, mailboxesAtOnceMax: peopleAtOnceMax }, environment)
  const isJson = options.json === true
  const { people, faulty } = peopleOfPairs(await readPairs(list, options.delimiter), endpoint)
  tellFaultyRows(list, faulty, isJson, environment)
  const status = new StatusLine(environment, !isJson)
  const progress = new ProvisionProgress(status, people.length, environment, isJson)
  const tenant = await openNamedTenant(endpoint, options, environment)
  try {
    status.show('Reading the directory ...', true)
    const rules = await readProvisionRules(tenant, { licence: options.licence, usageLocation: options.usageLocation })
    const observe = progress.observe.bind(progress)
    const plans = await planProvision(tenant, people, { rules, observe })
    status.end()
    const style = styleFor(environment.output, environment.env)
    if (options.dryRun === true) {
      if (isJson) for (const plan of plans) environment.output.write(`${JSON.stringify(planJson(plan))}\n`)
      else environment.output.write(toPlanText(plans, rules, style, environment))
      return plans.some(({ obstacle }) => obstacle !== undefined) || faulty.length > 0 ? exitCodes.needsPerson : exitCodes.complete
    }
    const passwords = await openPasswords(plans, options, environment)
    try {
      const provisions = await provisionPeople(tenant, plans, { rules, peopleAtOnceMax, waitsForMailboxes: options.wait, passwords, observe })
      status.end()
      if (isJson) for (const provision of provisions) environment.output.write(`${JSON.stringify(provisionJson(provision))}\n`)
      else environment.output.write(toProvisionText(provisions, passwords?.file, style, environment))
      if (provisions.some(({ state, error }) => state === 'waiting' && error !== undefined) || faulty.length > 0) return exitCodes.needsPerson
      return provisions.some(({ state }) => state === 'failed') ? exitCodes.failedItems : exitCodes.complete
    } finally {
      await passwords?.close()
    }
  } finally {
    status.end()
    tenant.close()
  }
}

async function openPasswords(plans: readonly PersonPlan[], { passwords }: ProvisionCommandOptions, environment: Environment): Promise<PasswordFile | undefined> {
  const make = (): string => {
    const password = makeInitialPassword(randomBytes)
    environment.secrets.add(password)
    return password
  }
  if (passwords !== undefined) return PasswordFile.open(passwords, make)
  const made = plans.filter(({ user, obstacle }) => user === undefined && obstacle === undefined).length
  if (made === 0) return undefined
  throw new UsageError(
    'passwords',
    `${made === 1 ? 'One user has' : `${made} users have`} to be made, and nothing says where their initial passwords go.`,
    'Name a file for them, which only you can read: --passwords FILE. --dry-run shows who would be made.',
  )
}

function planJson({ person, user, usageLocation, needsLicence, obstacle }: PersonPlan): object {
  const { line, address, displayName } = person
  return { type: 'plan', line, address, displayName, userId: user?.id, makesUser: user === undefined, usageLocation, givesLicence: needsLicence, ...errorFields(obstacle) }
}

function provisionJson({ person, state, provided, error }: Provision): object {
  const { line, address } = person
  return { type: 'provision', line, address, state, ...provided, ...errorFields(error) }
}

function errorFields(error: PersonPlan['obstacle']): object {
  return error === undefined ? {} : { code: error.code, message: error.message, hint: error.hint }
}
