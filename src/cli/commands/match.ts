import { existsSync } from 'node:fs'
import { noAddedColumns, readAddedColumns, readChoices, toMatchList } from '../../control/microsoft-365/match/match-list.ts'
import type { Match } from '../../control/microsoft-365/match/match-people.ts'
import { matchTenant } from '../../control/microsoft-365/match/match-tenant.ts'
import type { SourceList } from '../../control/microsoft-365/match/parse-source-list.ts'
import { discoverPeople, readPeople } from '../../control/microsoft-365/match/read-people.ts'
import { readListText } from '../../control/pairs/read-list-text.ts'
import { parseRecipientMap } from '../../control/settings/parse-recipient-map.ts'
import { UsageError } from '../../control/usage-error.ts'
import { writeWholeFile } from '../../control/write-whole-file.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { openNamedTenant } from '../open-named-tenant.ts'
import type { CommonOptions } from '../options.ts'
import { formatCount, formatNoun } from '../output/format-units.ts'
import { toMatchText } from '../output/match-text.ts'
import { StatusLine } from '../output/status-line.ts'
import { styleFor } from '../output/style.ts'
import { toTerminalText } from '../output/terminal-text.ts'
import { tellFaultyRows } from '../tell-faulty-rows.ts'

/** Options of `match`. */
export interface MatchOptions extends CommonOptions {
  readonly delimiter?: string
  readonly column?: readonly string[]
  readonly sourceUrl?: string
  readonly mapDomain?: readonly string[]
  readonly mapAddresses?: string
  /** False with `--no-names`. */
  readonly names: boolean
  readonly csv?: string
}

/** `mailvan match`. Gives the exit code: 2 when people are left for whom somebody has to decide. */
export async function matchCommand(source: string, endpoint: string, options: MatchOptions, environment: Environment): Promise<number> {
  const maps = parseRecipientMap(options.mapDomain ?? [], options.mapAddresses) ?? { domains: {}, addresses: {} }
  const before = options.csv !== undefined && existsSync(options.csv) ? await readListText(options.csv) : undefined
  const choices = before === undefined ? new Map<string, string | undefined>() : readChoices(before)
  const isJson = options.json === true
  const status = new StatusLine(environment, !isJson)
  const tenant = await openNamedTenant(endpoint, options, environment)
  let list: SourceList
  let matches: readonly Match[]
  try {
    status.show('Reading the source ...', true)
    list = await readSource(source, options, environment)
    for (const { password } of list.people) if (password !== undefined) environment.secrets.add(password)
    status.show(`Matching ${formatNoun(list.people.length, 'mailbox', 'mailboxes')} ...`, true)
    matches = await matchTenant(tenant, { people: list.people, maps, byName: options.names, choices })
  } finally {
    status.end()
    tenant.close()
  }
  tellFaultyRows(source, list.faulty, isJson, environment)
  if (isJson) for (const match of matches) environment.output.write(`${JSON.stringify(toJson(match))}\n`)
  else environment.output.write(toMatchText(matches, styleFor(environment.output, environment.env), environment))
  if (options.csv !== undefined) {
    const added = before === undefined ? noAddedColumns : readAddedColumns(before)
    await writeWholeFile(options.csv, [toMatchList(matches, endpoint, added)])
    if (!isJson) environment.output.write(`${savedText(options.csv, matches)}\n`)
    if (!isJson && list.passwordColumn !== undefined) environment.output.write(`${passwordsText(list.passwordColumn)}\n`)
  }
  const isOpen = list.faulty.length > 0 || matches.some(({ state }) => state === 'ambiguous' || state === 'none')
  return isOpen ? exitCodes.needsPerson : exitCodes.complete
}

/** A file of that name, else an endpoint. */
async function readSource(source: string, options: MatchOptions, environment: Environment): Promise<SourceList> {
  const { delimiter, column = [], sourceUrl } = options
  const isEndpoint = !existsSync(source) && /^[a-z0-9-]+$/i.test(source)
  if (!isEndpoint) return readPeople(source, { delimiter, columns: column, sourceUrl })
  if (delimiter !== undefined || column.length > 0 || sourceUrl !== undefined) {
    throw new UsageError('source-list', `There is no file ${source}, and --column, --delimiter and --source-url go with a file.`, 'Check the path, or leave the options out to match an endpoint\'s mailboxes.')
  }
  const name = source.toLowerCase()
  const tenant = await openNamedTenant(name, options, environment)
  try {
    return await discoverPeople(tenant, name)
  } finally {
    tenant.close()
  }
}

function toJson({ person, state, target, reason, user }: Match): object {
  return { type: 'match', line: person.line, source: person.source, state, target, reason, userId: user?.id }
}

function savedText(file: string, matches: readonly Match[]): string {
  const open = matches.filter(({ state }) => state === 'ambiguous' || state === 'none').length
  const made = matches.filter(({ state }) => state === 'new').length
  const next = [
    ...(open > 0 ? [`write a target into ${open === 1 ? 'the row' : `the ${formatCount(open)} rows`} without one and run this again: what you write stays`] : []),
    ...(made > 0 ? ['"mailvan provision" makes who is not there'] : []),
    ...(matches.some(({ person }) => !/^[a-z][a-z0-9+.-]*:/i.test(person.source)) ? ['before "mailvan migrate" reads it, give the sources their URLs: --source-url imaps://{login}@HOST'] : []),
  ]
  return `Saved to ${toTerminalText(file)}${next.length === 0 ? '.' : `; ${next.join('; ')}.`}`
}

function passwordsText(column: string): string {
  const safe = toTerminalText(column)
  return `The column "${safe}" was left out: --column password="${safe}" takes it along, for "mailvan migrate" to read.`
}
