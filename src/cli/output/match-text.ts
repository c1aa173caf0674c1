import type { Match, MatchState } from '../../control/microsoft-365/match/match-people.ts'
import { nameOf } from '../../control/microsoft-365/match/source-person.ts'
import type { Environment } from '../environment.ts'
import { formatCount } from './format-units.ts'
import type { Style } from './style.ts'
import { fittedTableLines, type OptionalColumn } from './table.ts'
import { toTerminalText } from './terminal-text.ts'

const settledTitles = { matched: 'matched', manual: 'by hand', new: 'to be made by "mailvan provision"' } as const
/** So many archives are named. */
const archivesShown = 10
const openTitles = { ambiguous: 'for you to decide', none: 'without a user' } as const

/** Who was matched with whom, by the reason, then who is left, each with the reason. Ends with an empty line. */
export function toMatchText(matches: readonly Match[], style: Style, { output }: Environment): string {
  if (matches.length === 0) return 'The source has no mailbox.\n'
  const cells = output.isTTY === true ? output.columns || 80 : 160
  const of = (state: MatchState): readonly Match[] => matches.filter((match) => match.state === state)
  const settled = (['matched', 'manual', 'new'] as const).flatMap((state) =>
    [...Map.groupBy(of(state), ({ reason }) => reason)].map(([reason, some]) => [
      `${sign(state, style)} ${formatCount(some.length)} ${settledTitles[state]}: ${toTerminalText(reason)}`,
      ...fittedTableLines(columnsOf(some), style, cells),
    ]),
  )
  const open = (['ambiguous', 'none'] as const).flatMap((state) => {
    const some = of(state)
    const title = `${style.paint('yellow', style.signs.warning)} ${formatCount(some.length)} ${openTitles[state]}`
    return some.length === 0 ? [] : [[title, ...some.flatMap((match) => openLines(match, style))]]
  })
  return `${[...settled, ...open, ...archiveLines(matches, style)].map((lines) => lines.join('\n')).join('\n\n')}\n\n`
}

/** Archives are no part of the mailboxes that were matched. */
function archiveLines(matches: readonly Match[], style: Style): readonly (readonly string[])[] {
  const some = matches.filter(({ person, target }) => person.hasArchive === true && target !== undefined)
  if (some.length === 0) return []
  const have = some.length === 1 ? '1 of them has an in-place archive, which does not come along' : `${formatCount(some.length)} of them have in-place archives, which do not come along`
  const title = `${style.paint('yellow', style.signs.warning)} ${have}: an archive moves by a list of its own, whose sources and targets end in ?archive=1`
  return [[title, ...some.slice(0, archivesShown).map((match) => `  ${sourceText(match)}`), ...(some.length > archivesShown ? [`  and ${formatCount(some.length - archivesShown)} more: "mailvan discover" shows them`] : [])]]
}

function sign(state: 'matched' | 'manual' | 'new', { paint, signs }: Style): string {
  return state === 'new' ? paint('cyan', '+') : paint('green', signs.done)
}

function columnsOf(matches: readonly Match[]): readonly OptionalColumn[] {
  return [
    { title: 'line', align: 'right', cellsWanted: 6, dropRank: 1, texts: matches.map(({ person }) => formatCount(person.line)) },
    { title: 'source', align: 'left', cellsWanted: 32, texts: matches.map(sourceText) },
    { title: 'name', align: 'left', cellsWanted: 16, dropRank: 2, texts: matches.map(({ person }) => toTerminalText(nameOf(person) ?? '')) },
    { title: 'target', align: 'left', cellsWanted: 32, texts: matches.map(({ target }) => toTerminalText(target ?? 'left out')) },
  ]
}

function openLines({ person, reason }: Match, style: Style): readonly string[] {
  const name = nameOf(person)
  const who = [`line ${formatCount(person.line)}`, sourceText({ person }), ...(name === undefined ? [] : [toTerminalText(name)])]
  return [`  ${who.join('  ')}`, `    ${style.paint('dim', toTerminalText(reason))}`]
}

function sourceText({ person }: Pick<Match, 'person'>): string {
  return toTerminalText(person.addresses[0] ?? person.source)
}
