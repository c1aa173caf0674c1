import type { AddressOutcome } from '../../control/microsoft-365/old-addresses/carry-old-addresses.ts'
import { smtpDomainOf } from '../../control/microsoft-365/old-addresses/plan-addresses.ts'
import type { Environment } from '../environment.ts'
import { formatCount, formatNoun } from './format-units.ts'
import { cellsOf, failureLines, sections } from './provision-text.ts'
import type { Style } from './style.ts'
import { tableLines } from './table.ts'
import { toTerminalText } from './terminal-text.ts'

/** What became of a mailbox's old addresses as `--json` gives it. */
export function oldAddressesObject({ mailbox, state, present, added, lacking, foreign, handwork, errors }: AddressOutcome): object {
  const problems = errors.map(({ code, message, hint }) => ({ code, message, hint }))
  return { type: 'oldAddresses', line: mailbox.line, address: mailbox.address, state, present, added, lacking, foreign, handwork, errors: problems }
}

/** The same for a person. Beforehand each address in full: nothing else shows them. */
export function toOldAddressesText(outcomes: readonly AddressOutcome[], isDryRun: boolean, style: Style, environment: Environment): string {
  return sections([
    isDryRun ? plannedLines(outcomes, style) : doneLines(outcomes, style, environment),
    failureLines(outcomes.flatMap(({ errors }) => errors), style),
    ...handworkBlocks(outcomes, style),
    foreignLines(outcomes),
    [isDryRun ? plannedVerdict(outcomes) : doneVerdict(outcomes, style)],
  ])
}

function plannedLines(outcomes: readonly AddressOutcome[], style: Style): readonly string[] {
  return outcomes
    .filter(({ present, lacking, foreign }) => present.length + lacking.length + foreign.length > 0)
    .flatMap(({ mailbox, present, lacking, foreign }) => [
      toTerminalText(mailbox.address),
      ...lacking.map((address) => `  ${style.paint('green', '+')} ${toTerminalText(address)}`),
      ...present.map((address) => `    ${toTerminalText(address)} ${style.paint('dim', '(is there)')}`),
      ...foreign.map((address) => `  ${style.paint('yellow', '-')} ${toTerminalText(address)} ${style.paint('dim', '(no domain of the tenant)')}`),
    ])
}

function doneLines(outcomes: readonly AddressOutcome[], style: Style, environment: Environment): readonly string[] {
  const columns = [
    { title: 'address', align: 'left' },
    { title: 'there already', align: 'right' },
    { title: 'added', align: 'right' },
    { title: 'not added', align: 'right' },
  ] as const
  const rows = outcomes
    .filter(({ present, added, lacking, foreign }) => present.length + added.length + lacking.length + foreign.length > 0)
    .map(({ mailbox, present, added, lacking, foreign }) => {
      const counts = [present.length, added.length, lacking.length + foreign.length]
      return [toTerminalText(mailbox.address), ...counts.map(formatCount)]
    })
  return rows.length === 0 ? [] : tableLines(columns, rows, style, cellsOf(environment))
}

/** Each sentence once, with the commands of all mailboxes that it is about. */
function handworkBlocks(outcomes: readonly AddressOutcome[], style: Style): readonly (readonly string[])[] {
  const commands = new Map<string, string[]>()
  for (const { sentence, commands: own } of outcomes.flatMap(({ handwork }) => handwork)) {
    commands.set(sentence, [...(commands.get(sentence) ?? []), ...own])
  }
  return [...commands].map(([sentence, own]) => [
    `${style.paint('yellow', style.signs.warning)} ${toTerminalText(sentence)}`,
    ...own.map((command) => `  ${toTerminalText(command)}`),
  ])
}

function foreignLines(outcomes: readonly AddressOutcome[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const address of outcomes.flatMap(({ foreign }) => foreign)) {
    const domain = smtpDomainOf(address) ?? ''
    counts.set(domain, (counts.get(domain) ?? 0) + 1)
  }
  if (counts.size === 0) return []
  return [
    'SMTP addresses of domains that are not the tenant\'s stay behind. Once a domain has moved here, run this again:',
    ...[...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([domain, count]) => `  ${toTerminalText(domain)}: ${formatNoun(count, 'address', 'addresses')}`),
  ]
}

function plannedVerdict(outcomes: readonly AddressOutcome[]): string {
  const lacking = outcomes.filter(({ state }) => state === 'lacking')
  const count = lacking.reduce((sum, one) => sum + one.lacking.length, 0)
  return `${formatNoun(count, 'address', 'addresses')} would be added to ${formatNoun(lacking.length, 'mailbox', 'mailboxes')}. Nothing was changed.`
}

function doneVerdict(outcomes: readonly AddressOutcome[], style: Style): string {
  const count = (wanted: AddressOutcome['state']): number => outcomes.filter(({ state }) => state === wanted).length
  const added = outcomes.reduce((sum, one) => sum + one.added.length, 0)
  const isWhole = count('complete') === outcomes.length
  const parts = [
    `${formatNoun(added, 'address', 'addresses')} added`,
    `${formatCount(count('complete'))} of ${formatNoun(outcomes.length, 'mailbox', 'mailboxes')} with all that they can have`,
    ...(count('handwork') > 0 ? [`${formatCount(count('handwork'))} left to a person`] : []),
    ...(count('lacking') > 0 ? [`${formatCount(count('lacking'))} without some`] : []),
    ...(count('failed') > 0 ? [`${formatCount(count('failed'))} failed`] : []),
  ]
  return `${isWhole ? style.paint('green', style.signs.done) : style.paint('yellow', style.signs.warning)} ${parts.join(', ')}.`
}
