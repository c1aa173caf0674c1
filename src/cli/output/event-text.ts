import type { ItemNoun } from '../../core/model/form.ts'
import type { RunEvent } from '../../control/run-event.ts'
import { explainConflict, explainNameChange, explainRule } from '../../control/words.ts'
import { formatDuration, formatNoun } from './format-units.ts'
import type { Style } from './style.ts'
import { toPlaceText, toTerminalPath, toTerminalText } from './terminal-text.ts'

const waitShownMsMin = 1_000
/** What a person asked for is no news to them. */
const reasonsAskedFor: ReadonlySet<string> = new Set(['prefix', 'folder-map'])

/** A line for an event that a person should see at once; undefined for those that progress and summary tell. */
export function toEventText(event: RunEvent, noun: ItemNoun, style: Style): string | undefined {
  switch (event.type) {
    case 'itemFailed':
      return `${style.paint('red', style.signs.failed)} ${placeOf(event)}: ${sentence(event.message)} ${sentence(event.hint)}`
    case 'conflict':
      return `${style.paint('yellow', style.signs.warning)} ${placeOf(event)}: ${sentence(explainConflict(event.reason))}`
    case 'extra': {
      const subject = event.name === '' ? event.kind : `${event.kind} "${toTerminalText(event.name)}"`
      const why = event.reason === undefined ? '' : `: ${toTerminalText(explainConflict(event.reason))}`
      if (event.fate === 'failed') return `${style.paint('red', style.signs.failed)} ${subject} failed${why}`
      return event.fate === 'kept' ? `${style.paint('yellow', style.signs.warning)} ${subject} stays as it is at the target${why}` : undefined
    }
    case 'notice':
      return `${style.paint('yellow', style.signs.warning)} ${sentence(event.message)}`
    case 'waiting':
      // A broken session is opened again within moments: that is no news.
      if (event.delayMs < waitShownMsMin) return undefined
      return `${style.paint('yellow', style.signs.warning)} waiting ${formatDuration(event.delayMs)} for the ${event.side}: ${sentence(event.reason)}`
    case 'folderSkipped':
      if (event.items === 0) return undefined
      return `${style.paint('dim', style.signs.dot)} ${toTerminalPath(event.path)} is left out, ${toTerminalText(explainRule(event.rule))}: ${formatNoun(event.items, noun)}`
    case 'folderMapped': {
      const reasons = event.reasons.filter((reason) => !reasonsAskedFor.has(reason))
      if (reasons.length === 0) return undefined
      const places = `${toTerminalPath(event.from)} ${style.signs.arrow} ${toTerminalPath(event.to)}`
      return `${style.paint('dim', style.signs.dot)} ${places} (${reasons.map(explainNameChange).join(', ')})`
    }
    default:
      return undefined
  }
}

/** Where an item is. */
function placeOf(event: Extract<RunEvent, { readonly type: 'itemFailed' | 'conflict' }>): string {
  return `${toPlaceText(event)}, item ${toTerminalText(event.sourceId)}`
}

/** Escaped, and ended like a sentence. */
function sentence(text: string): string {
  const safe = toTerminalText(text.trim())
  return safe === '' || /[.!?]$/.test(safe) ? safe : `${safe}.`
}
