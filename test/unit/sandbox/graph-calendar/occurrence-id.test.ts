import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromOccurrenceId, toOccurrenceId } from '../../../../src/sandbox/faces/graph-calendar/occurrence-id.ts'
import { toImmutableItemId, toItemId } from '../../../../src/sandbox/mailbox/ids.ts'

const guid = '66f5a359-4659-4830-9070-00047ec6ac6e'

describe('the id of an occurrence', () => {
  it('names the series and the day, whichever kind of id the series has', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.integer({ min: -134_774, max: 924_000 }), (id, folderId, uid, day) => {
        for (const seriesId of [toItemId(guid, { id, folderId, uid }), toImmutableItemId(guid, id)]) {
          expect(fromOccurrenceId(toOccurrenceId(seriesId, day))).toEqual({ seriesId, dayNumber: day })
          expect(fromOccurrenceId(seriesId)).toBeUndefined()
        }
      }),
    )
  })

  it('is not made up', () => {
    const id = toOccurrenceId(toImmutableItemId(guid, 7), 20_000)
    expect(fromOccurrenceId(`${id.slice(0, 30)}${id[30] === 'A' ? 'B' : 'A'}${id.slice(31)}`)).toBeUndefined()
    expect(fromOccurrenceId('not an id')).toBeUndefined()
  })
})
