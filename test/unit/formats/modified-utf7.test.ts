import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../../src/formats/modified-utf7.ts'

describe('modified UTF-7', () => {
  it.each([
    // RFC 3501 section 5.1.3
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['Entwürfe', 'Entw&APw-rfe'],
    ['R&D', 'R&-D'],
    ['📬', '&2D3c7A-'],
    ['', ''],
  ])('%s is written %s', (name, written) => {
    expect(encodeModifiedUtf7(name)).toBe(written)
    expect(decodeModifiedUtf7(written)).toBe(name)
  })

  it.each(['R&D', '&', '&AGE-', 'a&U,B', '&@@-', 'é', '&U,BTFw', '&ZeVnLIqe-&U,BTFw-'])(
    '%s is no modified UTF-7',
    (text) => {
      expect(decodeModifiedUtf7(text)).toBeUndefined()
    },
  )

  it('is reversible for every string and decodes nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeModifiedUtf7(encodeModifiedUtf7(text))).toBe(text)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        const decoded = decodeModifiedUtf7(text)
        if (decoded !== undefined) expect(encodeModifiedUtf7(decoded)).toBe(text)
      }),
    )
  })
})
