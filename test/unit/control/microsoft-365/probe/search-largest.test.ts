import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchLargest } from '../../../../../src/control/microsoft-365/probe/search-largest.ts'

const range = { firstBytes: 35, maxBytes: 110, precisionBytes: 4, totalBytesMax: 1_000 }

async function search(limitBytes: number, change: Partial<typeof range> = {}) {
  const tried: number[] = []
  const found = await searchLargest(async (sizeBytes) => {
    tried.push(sizeBytes)
    return sizeBytes <= limitBytes
  }, { ...range, ...change })
  return { tried, found }
}

describe('the search for the largest size', () => {
  it('is over with the largest that is tried', async () => {
    expect(await search(200)).toEqual({ tried: [35, 110], found: { takenBytes: 110, refusedBytes: undefined, sentBytes: 145, isCutShort: false } })
  })

  it('goes by halves', async () => {
    expect((await search(60)).tried).toEqual([35, 110, 72, 53, 62, 57, 59])
    expect((await search(20)).tried).toEqual([35, 17, 26, 21])
  })

  it('encloses the limit as closely as was wanted, or as may be sent, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(150), fc.integer({ min: 1, max: 400 }), async (limitBytes, totalBytesMax) => {
        const { tried, found } = await search(limitBytes, { totalBytesMax })
        const sum = tried.reduce((total, one) => total + one, 0)
        expect(found.sentBytes).toBe(sum)
        expect(sum).toBeLessThanOrEqual(totalBytesMax)
        expect(found.takenBytes).toBeLessThanOrEqual(limitBytes)
        if (found.refusedBytes !== undefined) expect(found.refusedBytes).toBeGreaterThan(limitBytes)
        if (!found.isCutShort && found.refusedBytes !== undefined) expect(found.refusedBytes - found.takenBytes).toBeLessThanOrEqual(range.precisionBytes)
        if (!found.isCutShort && found.refusedBytes === undefined) expect(found.takenBytes).toBe(range.maxBytes)
      }),
    )
  })
})
