import { badArguments } from './refusal.ts'

/** Ranges of message numbers or UIDs, both ends included and in order; `Infinity` is the last one. */
export type SequenceSet = readonly (readonly [first: number, last: number])[]

const rangesMax = 10_000

/** Reads a set (RFC 3501 section 9, `sequence-set`); throws `badArguments`. */
export function parseSequenceSet(text: string): SequenceSet {
  const ranges = text.split(',')
  if (ranges.length > rangesMax) throw badArguments()
  return ranges.map((range) => {
    const [, first, last] = /^(\*|[1-9]\d{0,9})(?::(\*|[1-9]\d{0,9}))?$/.exec(range) ?? []
    if (first === undefined) throw badArguments()
    const one = toNumber(first)
    const other = last === undefined ? one : toNumber(last)
    return one <= other ? [one, other] : [other, one]
  })
}

/** A set of rising numbers as COPYUID and APPENDUID write it. */
export function formatSequenceSet(numbers: readonly number[]): string {
  const ranges: string[] = []
  for (let at = 0; at < numbers.length; ) {
    let end = at
    while (numbers[end + 1] === numbers[end]! + 1) end++
    ranges.push(end === at ? String(numbers[at]) : `${numbers[at]}:${numbers[end]}`)
    at = end + 1
  }
  return ranges.join(',')
}

function toNumber(text: string): number {
  return text === '*' ? Number.POSITIVE_INFINITY : Number(text)
}
