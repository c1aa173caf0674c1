import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { ContentPieces, dropContent, toGiven } from '../../../src/connectors/graph/content-pieces.ts'
import type { FolderId } from '../../../src/core/model/ids.ts'
import type { Content, Item } from '../../../src/core/model/item.ts'
import { delivery } from '../../conformance/reading.ts'

const largeBytes = 5_000_001

async function bytesOf(content: Content): Promise<Buffer> {
  if (content instanceof Uint8Array) return Buffer.from(content)
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}

const itemOf = (content: Content, sizeBytes: number): Item => delivery(content, sizeBytes, {}, 'inbox' as FolderId, 1).item
const filled = (sizeBytes: number): Buffer => Buffer.allocUnsafeSlow(sizeBytes).fill('content')

describe('a large content', () => {
  it('may be read again until it is dropped; its memory is then gone, and what was read of it is not', async () => {
    const bytes = filled(largeBytes)
    const expected = Buffer.from(bytes)
    const { content } = toGiven(itemOf(bytes, bytes.length), true)
    expect(content).toBeInstanceOf(ContentPieces)
    const [first, second] = [await bytesOf(content), await bytesOf(content)]
    dropContent(content)
    dropContent(content)
    expect([first.equals(expected), second.equals(expected)]).toEqual([true, true])
    expect((await bytesOf(content)).length).toBe(0)
    expect([bytes.length, bytes.buffer.byteLength]).toEqual([0, 0])
  })

  it('ends early for who reads it while it is dropped', async () => {
    const content = new ContentPieces([filled(largeBytes), filled(largeBytes)], () => true)
    let seenBytes = 0
    for await (const piece of content) {
      seenBytes += piece.byteLength
      content.drop()
    }
    expect(seenBytes).toBeGreaterThan(0)
    expect(seenBytes).toBeLessThan(content.sizeBytes)
  })

  it('leaves memory alone in which something else lies', async () => {
    const answer = filled(largeBytes + 100)
    const { content } = toGiven(itemOf(answer.subarray(100), largeBytes), false)
    dropContent(content)
    expect(answer.length).toBe(largeBytes + 100)
  })
})

describe('a small content', () => {
  it('is given as it is, and never dropped', () => {
    const bytes = filled(1_000)
    const { content } = toGiven(itemOf(bytes, bytes.length), true)
    dropContent(content)
    expect([content, bytes.length]).toEqual([bytes, 1_000])
  })
})
