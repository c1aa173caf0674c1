import { findItems } from '../../control/find-items.ts'
import { openHomeStore } from '../../control/home-store.ts'
import type { ListedItem } from '../../control/listed-item.ts'
import { parseWholeNumber } from '../../control/settings/parse-size.ts'
import { UsageError } from '../../control/usage-error.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { homeOf } from '../home-of.ts'
import type { CommonOptions } from '../options.ts'
import { formatBytes, formatInstant, formatNoun } from '../output/format-units.ts'
import { styleFor } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { toTerminalPath, toTerminalText } from '../output/terminal-text.ts'

const limitMax = 1_000_000

/** `mailvan find`. Gives the exit code: finding nothing is no failure. */
export async function findCommand(
  text: string,
  options: CommonOptions & { readonly limit: string },
  environment: Environment,
): Promise<number> {
  if (text.trim() === '') throw new UsageError('find', 'There is nothing to look for.', 'Give a part of a subject, a sender or a Message-ID.')
  const limit = parseWholeNumber(options.limit, '--limit', 1, limitMax)
  const store = await openHomeStore(homeOf(options, environment), { mustExist: true })
  const style = styleFor(environment.output, environment.env)
  let found = 0
  let isCut = false
  try {
    for await (const item of findItems(store, text, environment.signal)) {
      if (found === limit) {
        isCut = true
        break
      }
      found++
      environment.output.write(options.json === true ? `${JSON.stringify(toJson(item))}\n` : toText(item, style))
    }
  } finally {
    await store.close()
  }
  if (options.json !== true) {
    environment.output.write(isCut ? `The first ${formatNoun(limit, 'item')}; --limit shows more.\n` : `${formatNoun(found, 'item')} found.\n`)
  }
  return exitCodes.complete
}

function toJson({ source, target, entry, sourcePath, targetPath }: ListedItem): object {
  const { description, ref } = entry
  return {
    type: 'found',
    subject: description?.subject,
    from: description?.from,
    messageId: description?.messageId,
    receivedAt: new Date(ref.receivedAt.epochMs).toISOString(),
    sizeBytes: ref.sizeBytes,
    source,
    sourcePath,
    sourceId: ref.id,
    target,
    targetPath,
    targetId: entry.targetId,
    fate: entry.fate,
    reason: entry.reason,
    hint: entry.hint,
    proof: entry.proof,
    digest: entry.digest,
    fatePass: entry.fatePass,
    updatePass: entry.updatePass,
    seenPass: entry.seenPass,
  }
}

function toText({ source, target, entry, sourcePath, targetPath }: ListedItem, style: Style): string {
  const { description, ref } = entry
  const subject = description?.subject === undefined || description.subject === '' ? '(no subject)' : toTerminalText(description.subject)
  const facts = [toTerminalText(description?.from ?? ''), formatInstant(ref.receivedAt.epochMs), formatBytes(ref.sizeBytes)]
  const place = targetPath === undefined ? 'no copy at the target' : `${toTerminalPath(targetPath)}, item ${toTerminalText(entry.targetId ?? '')}`
  return [
    style.paint('bold', subject),
    `  ${style.paint('dim', facts.filter((fact) => fact !== '').join('  '))}`,
    ...(description?.messageId ? [`  ${style.paint('dim', toTerminalText(description.messageId))}`] : []),
    `  source  ${toTerminalText(source)}  ${toTerminalPath(sourcePath)}, item ${toTerminalText(ref.id)}`,
    `  target  ${toTerminalText(target)}  ${place}`,
    `  fate    ${fateText(entry, style)}`,
    '',
    '',
  ].join('\n')
}

const fateWords = { migrated: 'migrated', alreadyThere: 'already there', skipped: 'skipped', failed: 'failed', gone: 'gone at the source' } as const
const fateColours = { migrated: 'green', alreadyThere: 'green', skipped: 'yellow', failed: 'red', gone: 'dim' } as const

function fateText(entry: ListedItem['entry'], style: Style): string {
  const { fate } = entry
  if (fate === undefined) return 'not migrated yet'
  const parts = [style.paint(fateColours[fate], fateWords[fate])]
  if (entry.fatePass !== undefined) parts.push(`in pass ${entry.fatePass}`)
  if (entry.updatePass !== undefined && entry.updatePass !== entry.fatePass) parts.push(`updated in pass ${entry.updatePass}`)
  parts.push(`last seen in pass ${entry.seenPass}`)
  if (entry.reason !== undefined) parts.push(toTerminalText(entry.reason))
  if (entry.hint !== undefined) parts.push(toTerminalText(entry.hint))
  return parts.join(', ')
}
