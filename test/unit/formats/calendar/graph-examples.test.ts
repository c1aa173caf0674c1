import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fromPatternedRecurrence, toPatternedRecurrence } from '../../../../src/formats/calendar/patterned-recurrence.ts'
import { blobOfPattern, patternOfBlob } from '../../../../src/formats/calendar/recurrence-of-blob.ts'
import { corpusRoot } from '../../../corpus/corpus.ts'

const folder = join(corpusRoot, 'graph/graph-docs')
const examples = existsSync(folder) ? recurrencesIn(folder) : []

describe.skipIf(examples.length === 0)("a recurrence of Graph's documentation", () => {
  it('is in a request and in its answer', () => {
    expect(examples.map(({ name }) => name)).toHaveLength(2)
  })

  it.each(examples)('$name is read, stored and answered again', ({ json }) => {
    const recurrence = fromPatternedRecurrence(json)
    expect(patternOfBlob(blobOfPattern(recurrence))).toEqual(recurrence)
    const { pattern, range } = toPatternedRecurrence(recurrence, json.range.recurrenceTimeZone ?? 'UTC')
    // An example may leave out what a type does not use, and has its days in any case.
    expect(pattern).toMatchObject(lowerCased(json.pattern))
    expect(range).toMatchObject(json.range)
  })
})

describe('a recurrence in a request', () => {
  const good = {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['Monday'] },
    range: { type: 'noEnd', startDate: '2024-01-01' },
  }
  it.each([
    ['another type', { ...good, pattern: { type: 'hourly', interval: 1 } }],
    ['no days', { ...good, pattern: { type: 'weekly', interval: 1 } }],
    ['an interval of none', { ...good, pattern: { ...good.pattern, interval: 0 } }],
    ['a property that there is not', { ...good, pattern: { ...good.pattern, colour: 'blue' } }],
    ['a date that there is not', { ...good, range: { type: 'noEnd', startDate: '2024-02-30' } }],
    ['an end before its start', { ...good, range: { type: 'endDate', startDate: '2024-02-01', endDate: '2024-01-01' } }],
    ['no number', { ...good, range: { type: 'numbered', startDate: '2024-02-01' } }],
    ['nothing', null],
  ])('with %s is refused', (_, json) => {
    expect(() => fromPatternedRecurrence(json)).toThrow(expect.objectContaining({ code: 'calendar.recurrence-unsupported' }))
  })

  it('is read whatever the case of its days', () => {
    expect(fromPatternedRecurrence(good).pattern).toEqual({
      type: 'weekly',
      interval: 1,
      daysOfWeek: ['monday'],
      firstDayOfWeek: 'sunday',
    })
  })
})

interface RecurrenceJson {
  readonly pattern: Readonly<Record<string, unknown>>
  readonly range: Readonly<Record<string, unknown>> & { readonly recurrenceTimeZone?: string }
}

function recurrencesIn(root: string): readonly { readonly name: string; readonly json: RecurrenceJson }[] {
  return readdirSync(root)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => {
      const found: RecurrenceJson[] = []
      try {
        JSON.parse(readFileSync(join(root, name), 'utf8'), (key, value: unknown) => {
          if (key === 'recurrence' && value !== null && typeof value === 'object' && 'pattern' in value)
            found.push(value as RecurrenceJson)
          return value
        })
      } catch (error) {
        // Some examples are cut short by their authors.
        if (!(error instanceof SyntaxError)) throw error
      }
      return found.map((json) => ({ name, json }))
    })
}

function lowerCased(pattern: RecurrenceJson['pattern']): object {
  const { daysOfWeek, ...others } = pattern
  return Array.isArray(daysOfWeek) ? { ...others, daysOfWeek: daysOfWeek.map((day) => String(day).toLowerCase()) } : others
}
