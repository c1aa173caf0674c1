import { m365UrlOf, parseM365Url } from '../../../connectors/kit/microsoft/m365-url.ts'
import { toCsvText } from '../../pairs/csv-text.ts'
import { parseListRows } from '../../pairs/list-rows.ts'
import type { Match } from './match-people.ts'

const columns = ['name', 'source', 'target', 'match', 'reason', 'first_name', 'last_name', 'display_name', 'address'] as const

/**
 * The matches as a list that people edit and `migrate --mailboxes` and `provision` read. Without a target a row waits for
 * somebody to write one.
 */
export function toMatchList(matches: readonly Match[], endpoint: string): string {
  const rows = matches.map(({ person, state, target, reason }) => [
    person.addresses[0] ?? person.source,
    person.source,
    target === undefined ? '' : m365UrlOf({ endpoint, mailbox: target }),
    state,
    reason,
    person.firstName ?? '',
    person.lastName ?? '',
    person.displayName ?? '',
    person.addresses[0] ?? '',
  ])
  return toCsvText([columns, ...rows])
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
