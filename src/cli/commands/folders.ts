import { parseEndpoint } from '../../control/endpoint.ts'
import { itemNounAt, itemNounBetween } from '../../control/item-noun.ts'
import { listFolders, listMappedFolders } from '../../control/list-folders.ts'
import type { ItemNoun } from '../../core/model/form.ts'
import type { ListedFolder } from '../../control/list-folders.ts'
import { realContext } from '../../control/real-context.ts'
import { explainNameChange, explainRule } from '../../control/words.ts'
import { parseRules } from '../../control/settings/parse-rules.ts'
import type { Environment } from '../environment.ts'
import { findAccessFor } from '../find-access.ts'
import { exitCodes } from '../exit-codes.ts'
import type { MigrateOptions } from '../options.ts'
import { formatCount, formatNoun } from '../output/format-units.ts'
import { styleFor } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { tableLines } from '../output/table.ts'
import { toTerminalPath, toTerminalText } from '../output/terminal-text.ts'
import { withSidePassword } from '../passwords.ts'
import { givenPair } from './given-pair.ts'

/** `mailvan folders`. Gives the exit code. */
export async function foldersCommand(
  given: { readonly source: string; readonly target: string | undefined; readonly options: MigrateOptions },
  environment: Environment,
): Promise<number> {
  const { options, source, target } = given
  const context = realContext(environment.signal)
  const rules = parseRules(options, context.clock.now(), false)
  const folders =
    target === undefined
      ? await listFolders(await withSidePassword('source', await parseEndpoint(source, 'URL', { findAccess: findAccessFor(options, environment) }), options, environment), context)
      : await listMappedFolders(await givenPair(source, target, options, environment), rules, context)
  if (options.json === true) {
    for (const folder of folders) environment.output.write(`${JSON.stringify({ type: 'folder', ...folder })}\n`)
  } else {
    environment.output.write(toText(folders, { isMapped: target !== undefined, noun: target === undefined ? itemNounAt(source) : itemNounBetween(source, target) }, styleFor(environment.output, environment.env), environment))
  }
  return exitCodes.complete
}

function toText(
  folders: readonly ListedFolder[],
  { isMapped, noun }: { readonly isMapped: boolean; readonly noun: ItemNoun },
  style: Style,
  environment: Environment,
): string {
  const rows = folders.map((folder) => [
    toTerminalPath(folder.path),
    folder.role ?? '',
    ...(isMapped ? [placeOf(folder, style)] : []),
    folder.holdsItems ? (folder.items === undefined ? '?' : formatCount(folder.items)) : '',
  ])
  const columns = [
    { title: 'folder', align: 'left' },
    { title: 'role', align: 'left' },
    ...(isMapped ? [{ title: 'at the target', align: 'left' } as const] : []),
    { title: `${noun}s`, align: 'right' },
  ] as const
  const cells = environment.output.isTTY === true ? environment.output.columns || 80 : 160
  const items = folders.reduce((sum, folder) => sum + (folder.items ?? 0), 0)
  const lines = tableLines(columns, rows, style, cells)
  return `${[...lines, '', `${formatNoun(folders.length, 'folder')}, ${formatNoun(items, noun)}`].join('\n')}\n`
}

function placeOf(folder: ListedFolder, style: Style): string {
  if (folder.skippedBy !== undefined) return `left out: ${toTerminalText(explainRule(folder.skippedBy))}`
  const targetPath = toTerminalPath(folder.targetPath ?? [])
  const name = targetPath === toTerminalPath(folder.path) ? style.signs.same : targetPath
  const reasons = folder.reasons ?? []
  return reasons.length === 0 ? name : `${name} (${reasons.map(explainNameChange).join(', ')})`
}
