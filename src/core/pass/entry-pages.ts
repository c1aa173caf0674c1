import type { Entry, EntryId } from '../model/entry.ts'
import type { Context } from '../ports/context.ts'

/**
 * All that `pageAfter` gives, page by page, in order of key: a page is asked for once the one before is done with, so what
 * was settled meanwhile is not met again. Throws the signal's reason between two pages.
 */
export async function* entryPages(
  { signal }: Context,
  pageAfter: (after: EntryId) => Promise<readonly Entry[]>,
): AsyncGenerator<readonly Entry[]> {
  for (let after: EntryId = 0; ; ) {
    signal.throwIfAborted()
    const page = await pageAfter(after)
    const last = page.at(-1)
    if (last === undefined) return
    after = last.key
    yield page
  }
}
