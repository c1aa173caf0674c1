import type { Entry, Settlement } from '../model/entry.ts'
import type { Engine } from '../pass/engine.ts'
import { tellFailure } from '../pass/tell-failure.ts'

/** What a look at a copy can find wrong. */
const failures = {
  missing: {
    code: 'verify.missing',
    message: 'The copy is not at the target any more.',
    hint: 'It was deleted at the target since; use retry to write it again.',
  },
  different: {
    code: 'verify.content-mismatch',
    message: 'The copy at the target differs from the original.',
    hint: 'Remove the copy at the target, then use retry; if it comes again, the target alters this item.',
  },
  noOriginal: {
    code: 'verify.no-original',
    message: 'The copy differs and the original is gone at the source.',
    hint: 'The source no longer has it, so only its digest is known; look at the item at the target.',
  },
  unreadable: {
    code: 'verify.unreadable',
    message: 'The copy is at the target and cannot be read there.',
    hint: 'Look at it at the target; when it is damaged there, remove it and use retry.',
  },
} as const

/** Tells that something is wrong with a copy, and fails its entry. */
export async function failCopy(engine: Engine, entry: Entry, failure: keyof typeof failures): Promise<Settlement> {
  const { code, message, hint } = failures[failure]
  await tellFailure(engine, entry, { code, message, hint })
  return { type: 'failed', key: entry.key, code, hint }
}
