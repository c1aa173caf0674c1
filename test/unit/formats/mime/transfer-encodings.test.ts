import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinPieces } from '../../../../src/formats/mime/mime-pieces.ts'
import { decodeTransfer } from '../../../../src/formats/mime/transfer-decoding.ts'
import { encodeText } from '../../../../src/formats/mime/transfer-encoding.ts'

describe('transfer encodings', () => {
  it('base64: what Node writes is read, and what is written is what Node reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 80 }), (data, width) => {
        const lines = Buffer.from(data)
          .toString('base64')
          .replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n')
        expect(decodeTransfer(Buffer.from(lines), 'base64').equals(data)).toBe(true)
        const written = joinPieces([{ base64: data }]).toString('latin1')
        expect(Buffer.from(written, 'base64').equals(data)).toBe(true)
        expect(written.split('\r\n').every((line) => line.length <= 76)).toBe(true)
      }),
    )
  })

  it('text comes back from the encoding that was chosen', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 90 }),
      fc.constantFrom('', ' ', 'x ', '=', '.', '\t', 'From x', '\r', '\n', 'a'.repeat(1200)),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n'), (lines, end) => {
        const bytes = Buffer.from(lines.join(end), 'utf8')
        const { encoding, body } = encodeText(bytes)
        const written = joinPieces([body])
        expect(decodeTransfer(written, encoding).equals(bytes)).toBe(true)
        expect(written.every((byte) => byte < 0x7f)).toBe(true)
        expect(
          written
            .toString('latin1')
            .split('\r\n')
            .every((line) => line.length <= (encoding === '7bit' ? 998 : 76)),
        ).toBe(true)
      }),
    )
  })

  it.each([
    ['quoted-printable', 'a=\r\nb =\nc  \r\nd=20 \r\n=3d=3D=zz=', 'ab c\r\nd \r\n===zz'],
    ['x-uuencode', 'hello\nbegin 644 cat.txt\n#0V%T\n`\nend\n', 'Cat'],
    ['x-uuencode', 'no file in it', 'no file in it'],
    ['base64', 'QUJD\r\nREU=\r\n-- \r\nfooter', 'ABCDE'],
    ['base64', 'QUI', 'AB'],
    ['base64', 'QUJD \r\n REVG\r\n', 'ABCDEF'],
    // enmime's ctype-bug: a text that only says that it was encoded, all of its letters digits of base64.
    ['base64', 'what was never encoded at all\r\nstays', 'what was never encoded at all\r\nstays'],
    ['8bit', '\xff=41', '\xff=41'],
  ])('%s: %j', (encoding, written, expected) => {
    expect(decodeTransfer(Buffer.from(written, 'latin1'), encoding).toString('latin1')).toBe(expected)
  })
})
