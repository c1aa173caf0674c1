import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare } from '../../../src/core/verify/compare.ts'
import { DecodedForm } from '../../../src/core/verify/decoded-form.ts'
import { fingerprint } from '../../../src/core/verify/fingerprint.ts'

function decoded(chunks: readonly Uint8Array[]): string {
  const out: Uint8Array[] = []
  const form = new DecodedForm((bytes) => out.push(Buffer.from(bytes)))
  for (const chunk of chunks) form.push(chunk)
  form.end()
  return Buffer.concat(out).toString('latin1')
}

const whole = (content: Buffer) => ({ content, sizeBytes: content.byteLength })
const compared = async (original: Buffer, copy: Buffer) => compare(await fingerprint(whole(original), { decodes: true }), await fingerprint(whole(copy), { decodes: true }))

/** A part between two boundaries, as whoever writes it would. */
function multipart(encoding: string, body: Buffer): Buffer {
  const head = `Content-Type: multipart/mixed;\r\n\tboundary="=_1"\r\n\r\n--=_1\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n--=_1--\r\n')])
}

const inLines = (bytes: Uint8Array): Buffer =>
  Buffer.from(Buffer.from(bytes).toString('base64').replace(/.{76}(?=.)/g, '$&\r\n'), 'latin1')

describe('the decoded form', () => {
  it('takes a message that Dovecot 2.3.19 stored as base64 for what it was', async () => {
    const head = 'Content-Type: multipart/mixed; boundary="1"\r\nMIME-Version: 1.0\r\n\r\n--1\r\n'
    const type = 'Content-Type: text/plain; charset=utf-16le\r\n\r\n'
    const sent = `${head}Content-Transfer-Encoding: binary\r\n${type}T\0e\0s\0t\0\r\n\0\r\n--1\r\nContent-Transfer-Encoding: binary\r\n\r\nend--1--\r\n`
    const stored =
      `${head}Content-Transfer-Encoding: base64\r\n${type}VABlAHMAdAANCgA=\r\n` +
      '--1\r\nContent-Transfer-Encoding: base64\r\n\r\nZW5kLS0xLS0NCg==\r\n'
    expect(await compared(Buffer.from(sent), Buffer.from(stored))).toEqual({ type: 'altered', altered: 'transfer-encoding' })
    expect(await compared(Buffer.from(sent), Buffer.from(stored.replace('VABl', 'VABm')))).toEqual({ type: 'different' })
  })

  it('is the same for binary and base64 parts, and for no other content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(299), async (bytes, at) => {
        const body = Buffer.from(bytes)
        fc.pre(!/(?:^|\n)--=_1/.test(body.toString('latin1')))
        expect((await compared(multipart('binary', body), multipart('base64', inLines(body)))).type).toBe('altered')
        if (at >= body.length || [10, 13].includes(body[at] as number)) return
        const other = Buffer.from(body)
        other[at] = (body[at] as number) ^ 0x20
        expect((await compared(multipart('binary', body), multipart('base64', inLines(other)))).type).toBe('different')
      }),
    )
  })

  it('does not depend on how the bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.integer({ min: 1, max: 50 })), (bytes, cuts) => {
        const whole = multipart('binary', Buffer.from(bytes))
        const chunks: Buffer[] = []
        let at = 0
        for (const length of cuts) chunks.push(whole.subarray(at, (at += length)))
        expect(decoded([...chunks, whole.subarray(at)])).toBe(decoded([whole]))
      }),
    )
  })

  it('changes nothing but the encoded parts', () => {
    const text = 'Subject: x\r\nContent-Type: text/plain\r\n\r\nQUJD\r\n--a\r\n\r\n'
    expect(decoded([Buffer.from(text)])).toBe(text)
    const nested = 'Content-Type: message/rfc822\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n'
    expect(decoded([Buffer.from(nested)])).toBe(nested.replace('base64', 'decoded').replace('QUJD\r\n', 'ABC'))
  })

  it('holds no more than a line', () => {
    const longLine = Buffer.alloc(1_000_000, 'a')
    expect(decoded([Buffer.from('\r\n'), longLine, longLine])).toHaveLength(2_000_002)
  })
})
