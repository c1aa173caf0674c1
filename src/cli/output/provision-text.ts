import type { PersonPlan, ProvisionRules } from '../../control/microsoft-365/provision/person-plan.ts'
import type { Provision } from '../../control/microsoft-365/provision/provision-people.ts'
import type { MigrationError } from '../../core/errors.ts'
import type { Environment } from '../environment.ts'
import { formatCount, formatNoun } from './format-units.ts'
import type { Style } from './style.ts'
import { tableLines } from './table.ts'
import { toTerminalText } from './terminal-text.ts'

/** What would be done for whom, and whether the seats suffice. */
export function toPlanText(plans: readonly PersonPlan[], { licence }: ProvisionRules, style: Style, environment: Environment): string {
  const columns = [
    { title: 'address', align: 'left' },
    { title: 'name', align: 'left' },
    { title: 'what would be done', align: 'left' },
  ] as const
  const rows = plans
    .filter(({ obstacle }) => obstacle === undefined)
    .map((plan) => [toTerminalText(plan.person.address), toTerminalText(plan.user?.displayName ?? plan.person.displayName), workOf(plan, licence?.title)])
  const failures = plans.flatMap(({ obstacle }) => obstacle ?? [])
  const seats = plans.filter(({ needsLicence, obstacle }) => needsLicence && obstacle?.code !== 'provision.synchronised').length
  const seatsText = licence === undefined ? '' : `; ${formatNoun(seats, 'seat')} of ${toTerminalText(licence.title)} needed, ${formatCount(licence.seatsFree)} of ${formatCount(licence.seatsTotal)} free`
  const made = plans.filter(({ user, obstacle }) => user === undefined && obstacle === undefined).length
  return sections([
    rows.length === 0 ? [] : tableLines(columns, rows, style, cellsOf(environment)),
    failureLines(failures, style),
    [`${formatNoun(made, 'user')} would be made${seatsText}. Nothing was changed.`],
  ])
}

/** What became of whom; `passwordsFile` is where the initial passwords are. */
export function toProvisionText(provisions: readonly Provision[], passwordsFile: string | undefined, style: Style, environment: Environment): string {
  const columns = [
    { title: 'address', align: 'left' },
    { title: 'what was done', align: 'left' },
    { title: 'mailbox', align: 'left' },
  ] as const
  const rows = provisions
    .filter(({ state }) => state !== 'failed')
    .map(({ person, provided, state }) => [toTerminalText(person.address), doneText(provided), state === 'ready' ? 'ready' : 'not there yet'])
  const failures = provisions.flatMap(({ error }) => error ?? [])
  const count = (wanted: Provision['state']): number => provisions.filter(({ state }) => state === wanted).length
  const made = provisions.filter(({ provided }) => provided?.wasMade === true).length
  const sign = count('failed') > 0 || count('waiting') > 0 ? style.paint('yellow', style.signs.warning) : style.paint('green', style.signs.done)
  const parts = [
    `${formatCount(count('ready'))} of ${formatNoun(provisions.length, 'mailbox', 'mailboxes')} ready`,
    ...(count('waiting') > 0 ? [`${formatCount(count('waiting'))} not there yet`] : []),
    ...(count('failed') > 0 ? [`${formatCount(count('failed'))} failed`] : []),
  ]
  const passwords = made > 0 && passwordsFile !== undefined ? [`  Initial passwords are in ${toTerminalText(passwordsFile)}; each has to be changed at the first sign-in.`] : []
  const again = count('failed') + count('waiting') > 0 ? ['  Run the same command again to go on: what is done is not done twice.'] : []
  return sections([rows.length === 0 ? [] : tableLines(columns, rows, style, cellsOf(environment)), failureLines(failures, style), [`${sign} ${parts.join(', ')}.`, ...passwords, ...again]])
}

function workOf({ user, needsLicence, usageLocation }: PersonPlan, licence: string | undefined): string {
  const steps = [
    ...(user === undefined ? [usageLocation === undefined ? 'make the user' : `make the user in ${toTerminalText(usageLocation)}`] : []),
    ...(user === undefined || usageLocation === undefined ? [] : [`usage location ${toTerminalText(usageLocation)}`]),
    ...(needsLicence && licence !== undefined ? [`give ${toTerminalText(licence)}`] : []),
  ]
  return steps.length === 0 ? 'nothing, wait for the mailbox' : steps.join(', ')
}

function doneText(provided: Provision['provided']): string {
  const steps = [...(provided?.wasMade === true ? ['user made'] : []), ...(provided?.wasLicensed === true ? ['licence given'] : [])]
  return steps.length === 0 ? 'nothing was lacking' : steps.join(', ')
}

/** What stands in the way of each, and each advice once. */
export function failureLines(failures: readonly MigrationError[], style: Style): readonly string[] {
  const hints = new Map<string, MigrationError[]>()
  for (const error of failures) hints.set(error.hint, [...(hints.get(error.hint) ?? []), error])
  return [...hints].flatMap(([hint, errors]) => [
    ...errors.map(({ message }) => `${style.paint('red', style.signs.failed)} ${toTerminalText(message)}`),
    `  ${style.paint('dim', toTerminalText(hint))}`,
  ])
}

/** Blocks of lines, empty ones left out, with a line between them. */
export function sections(blocks: readonly (readonly string[])[]): string {
  return `${blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** How wide a table may be. */
export function cellsOf({ output }: Environment): number {
  return output.isTTY === true ? output.columns || 80 : 160
}
