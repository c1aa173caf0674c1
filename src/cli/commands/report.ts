import { openHomeStore } from '../../control/home-store.ts'
import { toListedItem } from '../../control/listed-item.ts'
import { selectLedgers, standingOf } from '../../control/mailbox-standing.ts'
import type { MailboxStanding } from '../../control/mailbox-standing.ts'
import { summarize } from '../../control/summary.ts'
import type { Environment } from '../environment.ts'
import { exitCodes, failuresOf } from '../exit-codes.ts'
import { homeOf } from '../home-of.ts'
import type { ReportOptions } from '../options.ts'
import { formatInstant, formatNoun } from '../output/format-units.ts'
import { styleFor } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { toConflictLines, toExtraLines, toFateLines, toFileLines } from '../output/summary-text.ts'
import { toPlaceText, toTerminalText } from '../output/terminal-text.ts'
import { givenSides } from './given-pair.ts'

/** `mailvan report`. Gives the exit code: 1 when an item of a mailbox shown has failed. */
export async function reportCommand(
  given: { readonly source: string | undefined; readonly target: string | undefined; readonly options: ReportOptions },
  environment: Environment,
): Promise<number> {
  const { options, source, target } = given
  const named = source === undefined ? undefined : await givenSides(source, target)
  const home = homeOf(options, environment)
  const isJson = options.json === true
  const style = styleFor(environment.output, environment.env)
  const write = (text: string): void => void environment.output.write(text)
  const store = await openHomeStore(home, { mustExist: true })
  let failed = 0
  try {
    const ledgers = await selectLedgers(store, named)
    for (const ledger of ledgers) {
      const standing = await standingOf(ledger, home)
      failed += failuresOf(standing.tally)
      write(isJson ? `${JSON.stringify(toJson(standing))}\n` : toText(standing, style))
      if (options.failed !== true) continue
      for await (const listed of ledger.listAll('failed')) {
        const { entry, place } = toListedItem(ledger, listed)
        const { reason, hint, ref, description } = entry
        if (isJson) write(`${JSON.stringify({ type: 'failed', ...place, sourceId: ref.id, code: reason, hint, subject: description?.subject })}\n`)
        else {
          const what = `${toPlaceText(place)}, item ${toTerminalText(ref.id)}, ${formatInstant(ref.receivedAt.epochMs)}`
          write(`  ${style.paint('red', style.signs.failed)} ${what}: ${toTerminalText(reason ?? '')}. ${toTerminalText(hint ?? '')}\n`)
        }
      }
    }
    if (!isJson && ledgers.length === 0) write('No mailbox was migrated with this home yet.\n')
    if (options.items !== undefined) {
      const { writeItems } = await import('../../control/write-items.ts')
      const items = await writeItems(ledgers, options.items, environment.signal)
      write(isJson ? `${JSON.stringify({ type: 'itemsWritten', file: options.items, items })}\n` : `${formatNoun(items, 'item')} written to ${toTerminalText(options.items)}\n`)
    }
  } finally {
    await store.close()
  }
  return failed > 0 ? exitCodes.failedItems : exitCodes.complete
}

function toJson({ tally, passes, ...standing }: MailboxStanding): object {
  const last = passes.at(-1)
  return {
    type: 'mailbox',
    ...standing,
    passes: passes.map(({ number, startedAtMs, endedAtMs, result }) => ({
      number,
      startedAt: new Date(startedAtMs).toISOString(),
      ...(endedAtMs === undefined ? {} : { endedAt: new Date(endedAtMs).toISOString() }),
      ...(result === undefined ? {} : { result }),
    })),
    ...(tally === undefined || last === undefined ? {} : { ...summarize(tally), type: 'mailbox' }),
  }
}

const resultWords: Readonly<Record<string, string>> = { done: 'complete', interrupted: 'interrupted', stopped: 'stopped by an error' }

function toText({ source, target, passes, tally, ...records }: MailboxStanding, style: Style): string {
  const last = passes.at(-1)
  const lines = [style.paint('bold', `${toTerminalText(source)} ${style.signs.arrow} ${toTerminalText(target)}`)]
  if (last === undefined) lines.push('  no pass yet')
  else {
    const result = last.result === undefined ? 'running, or ended without a word' : (resultWords[last.result] ?? last.result)
    lines.push(`  ${formatNoun(passes.length, 'pass', 'passes')}, the last one on ${formatInstant(last.startedAtMs)}: ${result}`)
  }
  if (tally !== undefined) lines.push('', ...toFateLines(tally), ...toConflictLines(tally), ...toExtraLines(tally), '')
  lines.push(...toFileLines(records))
  return `${lines.join('\n').trimEnd()}\n\n`
}
