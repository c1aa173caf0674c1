/** Servers take command lines of 8 kB (RFC 7162 section 4); this leaves room for the rest of the command. */
const setLengthMax = 8000

/**
 * Numbers as a compact RFC 9051 sequence set (`1:3,7`), in the order given: only neighbours that ascend by one become a
 * range. Sort first for the shortest text.
 */
export function formatSequenceSet(numbers: readonly number[]): string {
  return chunkSequenceSet(numbers, Number.POSITIVE_INFINITY)[0]?.set ?? ''
}

/** A part of a long list, and the set that names exactly it. */
export interface SequenceSetChunk {
  readonly set: string
  readonly numbers: readonly number[]
}

/** Cuts a list into sets of at most `lengthMax` characters each. */
export function chunkSequenceSet(numbers: readonly number[], lengthMax: number = setLengthMax): SequenceSetChunk[] {
  const chunks: SequenceSetChunk[] = []
  let set = ''
  let start = 0
  for (let at = 0; at < numbers.length; ) {
    const first = numbers[at] as number
    let end = at + 1
    while (end < numbers.length && numbers[end] === first + end - at) end++
    const range = end - at === 1 ? `${first}` : `${first}:${first + end - at - 1}`
    if (set !== '' && set.length + 1 + range.length > lengthMax) {
      chunks.push({ set, numbers: numbers.slice(start, at) })
      set = ''
      start = at
    }
    set = set === '' ? range : `${set},${range}`
    at = end
  }
  if (set !== '') chunks.push({ set, numbers: numbers.slice(start) })
  return chunks
}

/**
 * The numbers of a set as servers send it, in its order; a range may run either way. Undefined when it is no set, holds
 * `*`, or names more than `countMax` numbers: a short text can name billions.
 */
export function parseSequenceSet(set: string, countMax: number): number[] | undefined {
  const numbers: number[] = []
  for (const range of set.split(',')) {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(range)
    if (match === null) return undefined
    const first = Number(match[1])
    const last = match[2] === undefined ? first : Number(match[2])
    const count = Math.abs(last - first) + 1
    if (numbers.length + count > countMax) return undefined
    const step = last < first ? -1 : 1
    for (let index = 0; index < count; index++) numbers.push(first + index * step)
  }
  return numbers
}
