import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64Pieces } from '../../../../src/formats/base64-pieces.ts'
import { decodeBase64InPlace } from '../../../../src/formats/decode-base64-in-place.ts'
import { findTexts } from '../../../../src/formats/json-text-span.ts'
import { readImportBody } from '../../../../src/sandbox/faces/transfer/import-body.ts'

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc.integer({ min: 40_000, max: 250_000 }).map((length) => new Uint8Array(length).map((_, index) => index * 7)),
)

describe('base64 in place', () => {
  it('decodes what Node encodes, wherever it stands', () => {
    fc.assert(
      fc.property(bytes, fc.nat(5), fc.nat(5), (data, before, after) => {
        const text = Buffer.from(data).toString('base64')
        const held = Buffer.from(`${'x'.repeat(before)}${text}${'y'.repeat(after)}`)
        expect(decodeBase64InPlace(held, before, before + text.length)?.equals(data)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it.each(['A', 'AAA', 'AA=A', 'A===', 'AAAA=', 'AA A', 'AA-_', 'AAA\n', 'ä===', '====', 'AA==AAAA'])(
    'refuses %j',
    (text) => {
      const held = Buffer.from(text)
      expect(decodeBase64InPlace(held, 0, held.length)).toBeUndefined()
    },
  )

  it('is written in pieces that make up the whole', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), (chunks) => {
        expect([...base64Pieces(chunks)].join('')).toBe(Buffer.concat(chunks).toString('base64'))
      }),
      { numRuns: 40 },
    )
  })
})

describe('the text of a member', () => {
  it('is found in the JSON of any object, and only at the level asked for', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.nat(4), (object, text, space) => {
        const { Data: _, ...rest } = object as Record<string, unknown>
        const json = Buffer.from(
          JSON.stringify(
            { nested: { Data: 'wrong', a: ['Data', 'x'] }, ...rest, Data: text, last: 'Data' },
            null,
            space,
          ),
        )
        const spans = findTexts(json, 'Data', 1)
        expect(spans).toHaveLength(1)
        expect(JSON.parse(`"${json.toString('utf8', spans[0]!.start, spans[0]!.end)}"`)).toBe(text)
      }),
    )
  })
})

describe('the body of an import (exchange.md 2.3)', () => {
  const data = Buffer.from('fbfffefbffbfabff3f', 'hex')
  const body = (members: object) =>
    Buffer.from(JSON.stringify({ FolderId: 'f', Mode: 'create', Data: data.toString('base64'), ...members }))

  it('names a folder, a mode and the data', () => {
    expect(readImportBody(body({}))).toEqual({ mode: 'create', folderId: 'f', data })
    expect(readImportBody(body({ Mode: 'update', ItemId: 'i', ChangeKey: 'c' }))).toMatchObject({
      mode: 'update',
      itemId: 'i',
      changeKey: 'c',
    })
  })

  it('may have its data escaped, as other writers of JSON do', () => {
    const escaped = data.toString('base64').replaceAll('+', '\\u002B').replaceAll('/', '\\/')
    expect(escaped).toContain('\\')
    const read = readImportBody(Buffer.from(`{"Data":"${escaped}","Mode":"create","FolderId":"f"}`))
    expect(Buffer.from(read.data).equals(data)).toBe(true)
  })

  it.each([
    ['no JSON', Buffer.from('FolderId=f'), 'ErrorInvalidRequest'],
    ['no object', Buffer.from('["create"]'), 'ErrorInvalidRequest'],
    ['cut JSON', body({}).subarray(0, -1), 'ErrorInvalidRequest'],
    ['two data', Buffer.from('{"FolderId":"f","Mode":"create","Data":"AAAA","Data":"AAAA"}'), 'ErrorInvalidRequest'],
    ['no folder', body({ FolderId: undefined }), 'ErrorInvalidRequest'],
    ['no mode', body({ Mode: undefined }), 'ErrorInvalidRequest'],
    ['no data', body({ Data: undefined }), 'ErrorInvalidRequest'],
    ['empty data', body({ Data: '' }), 'ErrorInvalidRequest'],
    ['data that are no text', body({ Data: 7 }), 'ErrorInvalidRequest'],
    ['another mode', body({ Mode: 'append' }), 'ErrorInvalidRequest'],
    ['an unknown member', body({ folderId: 'f' }), 'ErrorInvalidRequest'],
    ['create with an item', body({ ItemId: 'i' }), 'ErrorInvalidRequest'],
    ['create with a change key', body({ ChangeKey: 'c' }), 'ErrorInvalidRequest'],
    ['update without an item', body({ Mode: 'update', ChangeKey: 'c' }), 'ErrorInvalidRequest'],
    ['update without a change key', body({ Mode: 'update', ItemId: 'i' }), 'ErrorInvalidRequest'],
    ['no base64', body({ Data: 'not base64!' }), 'ErrorCorruptData'],
  ])('is refused with %s', (_, bad, code) => {
    expect(() => readImportBody(Buffer.from(bad))).toThrow(
      expect.objectContaining({ status: 400, body: { error: expect.objectContaining({ code }) } }),
    )
  })
})
