import type { ExtraRecord } from '../model/extra.ts'
import { markdownCode, markdownText } from './markdown-text.ts'
import { extraKindText, reportedExtras } from './reported-extras.ts'

const sentenceCharsMax = 2_000

/**
 * What a person has to do for a mailbox, as a list in Markdown to be ticked off, with the commands. Undefined when there is
 * nothing. Foreign text makes no markup, and ends no block of commands.
 */
export function toHandworkList(facts: { readonly source: string; readonly target: string; readonly extras: readonly ExtraRecord[] }): string | undefined {
  const work = reportedExtras(facts.extras).filter(({ handwork }) => handwork !== undefined)
  if (work.length === 0) return undefined
  const lines = [
    '# Work by hand for a mailbox',
    '',
    `- Source: ${markdownText({ foreign: facts.source })}`,
    `- Target: ${markdownText({ foreign: facts.target })}`,
    '',
    'No program can carry the following, or none should. Words in capitals in the commands stand for what you find at the source.',
    'What the next pass sees to be done is not listed again.',
  ]
  let kind: string | undefined
  for (const { kind: kindNow, name, handwork } of work) {
    if (kindNow !== kind) lines.push('', `## ${extraKindText(kindNow)}`)
    kind = kindNow
    const subject = name === '' ? '' : `**${markdownText({ foreign: name })}**: `
    lines.push('', `- [ ] ${subject}${markdownText({ foreign: handwork!.sentence }, sentenceCharsMax)}`)
    if (handwork!.commands.length > 0) lines.push('', ...markdownCode(handwork!.commands, '  '))
  }
  return `${lines.join('\n')}\n`
}
