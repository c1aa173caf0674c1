import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBudget } from '../../../src/connectors/graph/byte-budget.ts'
import { readExportAnswer } from '../../../src/connectors/graph/exchange/export-answer.ts'
import { importBody } from '../../../src/connectors/graph/exchange/import-body.ts'
import type { Content, Delivery } from '../../../src/core/model/item.ts'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import { delivery } from '../../conformance/reading.ts'

const item = (data: Uint8Array, number: number) => ({ itemId: `id-${number}"\\`, changeKey: `ck${number}`, data: Buffer.from(data).toString('base64') })

async function bytesOf(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body)
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function* cutAt(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const size of sizes) yield bytes.subarray(at, (at += size))
  yield bytes.subarray(at)
}

const to = (content: Content, sizeBytes: number): Delivery => delivery(content, sizeBytes, {}, 'folder"1' as FolderId, 1)

describe('an answer of exportItems', () => {
  it('is decoded where it stands, whatever the data and however it is spaced', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), fc.constantFrom(0, 2), fc.boolean(), (all, space, escapes) => {
        const json = JSON.stringify({ value: [...all.map(item), { itemId: 'bad', error: { code: 'ErrorItemNotFound', message: 'data "data":' } }] }, undefined, space)
        const text = escapes ? json.replaceAll('/', '\\/').replaceAll('+', '\\u002B') : json
        const read = readExportAnswer(Buffer.from(text))
        expect(read.slice(0, -1).map((one) => one.type === 'data' && [one.itemId, one.changeKey, Buffer.from(one.data).toString('hex')])).toEqual(
          all.map((data, number) => [`id-${number}"\\`, `ck${number}`, Buffer.from(data).toString('hex')]),
        )
        expect(read.at(-1)).toEqual({ type: 'error', itemId: 'bad', code: 'ErrorItemNotFound', text: 'data "data":' })
      }),
    )
  })

  it('is asked for again when it ends anywhere before its end', () => {
    const whole = Buffer.from(JSON.stringify({ value: [item(Buffer.alloc(40, 1), 1), item(Buffer.alloc(5, 2), 2)] }))
    for (let end = 0; end < whole.length; end++) {
      expect(() => readExportAnswer(Buffer.from(whole.subarray(0, end)))).toThrow(expect.objectContaining({ code: 'graph.answer.cut-short', kind: 'transient' }))
    }
  })

  it.each(['A', 'AA-_', '\\q', '\\u00e4AAA'])('is asked for again when its data are %j', (data) => {
    const answer = Buffer.from(`{"value":[{"itemId":"i","changeKey":"k","data":"${data}"}]}`)
    expect(() => readExportAnswer(answer)).toThrow(expect.objectContaining({ code: 'graph.answer.cut-short', kind: 'transient' }))
  })
})

describe('the body of an import', () => {
  it('is the same JSON, as long as it says, however the content comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 300_000 }), fc.array(fc.nat({ max: 90_000 }), { maxLength: 6 }), async (some, more, sizes) => {
        const content = Buffer.concat([some, Buffer.alloc(more, 'content')])
        const expected = { FolderId: 'folder"1', Mode: 'create', Data: content.toString('base64') }
        for (const one of [content, cutAt(content, sizes)]) {
          const { body, sizeBytes, isWhole } = importBody(to(one, content.length))
          const bytes = await bytesOf(body)
          expect(JSON.parse(bytes.toString())).toEqual(expected)
          expect([bytes.length, isWhole]).toEqual([sizeBytes, one === content])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('names the copy that it takes the place of', async () => {
    const { body } = importBody({ ...to(Buffer.from('x'), 1), replaces: { id: 'item' as ItemId, version: 'key' } })
    expect(JSON.parse((await bytesOf(body)).toString())).toEqual({ FolderId: 'folder"1', Mode: 'update', ItemId: 'item', ChangeKey: 'key', Data: 'eA==' })
  })

  it('does not end well when the content is shorter or longer than it says', async () => {
    const content = Buffer.alloc(500_000, 'content')
    for (const claimed of [content.length - 1, content.length + 1, 0]) {
      await expect(bytesOf(importBody(to(cutAt(content, [1, 200_000]), claimed)).body)).rejects.toMatchObject({ code: 'graph.import.wrong-length' })
    }
  })
})

describe('a budget of bytes', () => {
  const { signal } = new AbortController()
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('is shared in the order of asking, and lets one alone take more than all of it', async () => {
    const budget = new ByteBudget(() => 100)
    const first = await budget.take(60, signal)
    const taken: string[] = []
    const second = budget.take(1_000, signal).then((release) => (taken.push('large'), release))
    const third = budget.take(10, signal).then((release) => (taken.push('small'), release))
    await settled()
    expect(taken).toEqual([])
    first()
    first()
    await settled()
    expect(taken).toEqual(['large'])
    ;(await second)()
    await settled()
    expect(taken).toEqual(['large', 'small'])
    ;(await third)()
  })

  it('forgets who gives up', async () => {
    const budget = new ByteBudget(() => 100)
    const first = await budget.take(60, signal)
    const stop = new AbortController()
    const given = budget.take(90, stop.signal).catch((error: unknown) => error)
    let isTaken = false
    void budget.take(30, signal).then(() => (isTaken = true))
    stop.abort(new Error('enough'))
    expect(await given).toMatchObject({ message: 'enough' })
    await settled()
    expect(isTaken).toBe(true)
    first()
  })

  it('keeps the others in line when one gives up at the moment it is let in', async () => {
    const budget = new ByteBudget(() => 100)
    const first = await budget.take(100, signal)
    const stop = new AbortController()
    const letIn = budget.take(100, stop.signal)
    let isTaken = false
    void budget.take(100, signal).then(() => (isTaken = true))
    first()
    stop.abort(new Error('enough'))
    ;(await letIn)()
    await settled()
    expect(isTaken).toBe(true)
  })
})
