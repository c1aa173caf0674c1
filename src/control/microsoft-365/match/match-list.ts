import { m365UrlOf, parseM365Url } from '../../../connectors/kit/microsoft/m365-url.ts'
import { toCsvLines, withoutFormulaMark } from '../../pairs/csv-text.ts'
import { parseListRows } from '../../pairs/list-rows.ts'
import type { Match } from './match-people.ts'

const columns = ['name', 'source', 'target', 'match', 'reason', 'first_name', 'last_name', 'display_name', 'address'] as const

/** The column in which `migrate` looks for the password of a source. */
const passwordTitle = 'source_password'

/** Columns that people have added to a list, and what they wrote there, by source and by address. */
export interface AddedColumns {
  readonly titles: readonly string[]
  readonly cells: ReadonlyMap<string, readonly string[]>
}

/** Of a list to which nobody has added anything. */
export const noAddedColumns: AddedColumns = { titles: [], cells: new Map() }

/**
 * The matches as a list that people edit and `migrate --mailboxes` and `provision` read. Without a target a row waits for
 * somebody to write one. What people have added to the list before stays, as they wrote it.
 */
export function toMatchList(matches: readonly Match[], endpoint: string, added: AddedColumns = noAddedColumns): string {
  const hasPasswords = matches.some(({ person }) => person.password !== undefined)
  const titles = hasPasswords && !added.titles.some(isPasswordTitle) ? [...added.titles, passwordTitle] : added.titles
  const rows = matches.map(({ person, state, target, reason }) => {
    const address = person.addresses[0] ?? ''
    const before = added.cells.get(person.source) ?? added.cells.get(address) ?? []
    return {
      made: [
        address === '' ? person.source : address,
        person.source,
        target === undefined ? '' : m365UrlOf({ endpoint, mailbox: target }),
        state,
        reason,
        person.firstName ?? '',
        person.lastName ?? '',
        person.displayName ?? '',
        address,
      ],
      asWritten: titles.map((title, index) => (isPasswordTitle(title) ? (person.password ?? before[index]) : before[index]) ?? ''),
    }
  })
  return toCsvLines([{ made: columns, asWritten: titles }, ...rows])
}

/** What people have added to a list that `toMatchList` wrote. */
export function readAddedColumns(listText: string): AddedColumns {
  const [header, ...rows] = parseListRows(listText, { delimiter: undefined, delimitersToGuess: [',', ';', '\t'] })
  const names = (header?.cells ?? []).map((cell) => cell.toLowerCase())
  const [source, address] = [names.indexOf('source'), names.indexOf('address')]
  if (source < 0 || !names.includes('target') || !names.includes('match')) return noAddedColumns
  const added = names.flatMap((name, index) => (name === '' || columns.some((column) => column === name) ? [] : [index]))
  const cells = new Map<string, readonly string[]>()
  for (const row of rows) {
    for (const key of [row.cells[address] ?? '', row.cells[source] ?? '']) {
      if (key !== '') cells.set(withoutFormulaMark(key), added.map((index) => row.cells[index] ?? ''))
    }
  }
  return { titles: added.map((index) => header?.cells[index] ?? ''), cells }
}

function isPasswordTitle(title: string): boolean {
  return title.toLowerCase().replace(/[^a-z]/g, '') === 'sourcepassword'
}

/** Targets that somebody chose by hand, by source; undefined for one that was cleared. */
export type Choices = ReadonlyMap<string, string | undefined>

/**
 * What somebody chose in a list that `toMatchList` wrote: rows that say `manual`, and those that had no target and have one
 * now.
 */
export function readChoices(listText: string): Choices {
  const [header, ...rows] = parseListRows(listText, { delimiter: undefined, delimitersToGuess: [',', ';', '\t'] })
  const at = (name: (typeof columns)[number]): number => (header?.cells ?? []).findIndex((cell) => cell.toLowerCase() === name)
  const [source, target, state] = [at('source'), at('target'), at('match')]
  if (source < 0 || target < 0 || state < 0) return new Map()
  return new Map(
    rows.flatMap(({ cells }) => {
      const written = cells[target] ?? ''
      const was = (cells[state] ?? '').toLowerCase()
      const isChosen = was === 'manual' || ((was === 'none' || was === 'ambiguous') && written !== '')
      return isChosen ? [[cells[source] ?? '', written === '' ? undefined : toAddress(written)] as const] : []
    }),
  )
}

/** Puts what was chosen by hand in place of what was found; a target so chosen is nobody else's. */
export function withChoices(matches: readonly Match[], choices: Choices): readonly Match[] {
  const taken = new Set([...choices.values()].flatMap((target) => target?.toLowerCase() ?? []))
  return matches.map((match) => {
    const { person, target } = match
    if (choices.has(person.source)) {
      const chosen = choices.get(person.source)
      return { person, state: 'manual', user: undefined, target: chosen, reason: chosen === undefined ? 'left out by hand' : 'chosen by hand' }
    }
    if (target === undefined || !taken.has(target.toLowerCase())) return match
    return { person, state: 'ambiguous', user: undefined, target: undefined, reason: `chosen by hand for somebody else: ${target}` }
  })
}

/** A cell may hold the URL or the address alone. */
function toAddress(cell: string): string {
  return /^m365:/i.test(cell) ? parseM365Url(cell).mailbox : cell
}
