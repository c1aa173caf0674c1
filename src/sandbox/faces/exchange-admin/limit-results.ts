import type { CmdletScope } from './cmdlet.ts'

/** What a cmdlet gives out where nothing is said; it warns of what it leaves out. */
const resultsDefault = 1_000

/** The first results, as many as `ResultSize` says. */
export function limitResults<T>(results: readonly T[], resultSize: number | undefined, { warn }: CmdletScope): readonly T[] {
  const limit = resultSize ?? resultsDefault
  if (results.length <= limit) return results
  warn(
    resultSize === undefined
      ? `By default, only the first ${resultsDefault} items are returned. Use the ResultSize parameter to specify the number of items returned. To return all items, specify "-ResultSize Unlimited".`
      : 'There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.',
  )
  return results.slice(0, limit)
}
