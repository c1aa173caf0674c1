import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../src/core/errors.ts'
import { parseFetch } from '../../../src/connectors/imap/protocol/fetch-response.ts'

const line =
  '* 12 FETCH (UID 5 FLAGS (\\Seen $x) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 123 MODSEQ (12))'

describe('FETCH', () => {
  it('reads what a migration asks for', () => {
    expect(parseFetch(line)).toEqual({
      sequence: 12,
      uid: 5,
      flags: ['\\Seen', '$x'],
      receivedAt: { epochMs: Date.UTC(1996, 6, 17, 9, 44, 25), offsetMinutes: -420 },
      sizeBytes: 123,
      modseq: 12n,
      body: undefined,
      others: undefined,
    })
  })

  it('reads any order, spelling and spacing alike', () => {
    const parts = ['UID 5', 'FLAGS (\\Seen $x)', 'INTERNALDATE "17-Jul-1996 02:44:25 -0700"', 'RFC822.SIZE 123', 'MODSEQ (12)']
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: 5 }), fc.boolean(), (shuffled, isLower) => {
        const text = shuffled.map((part) => (isLower ? part.replace(/^[^ ]+/, (name) => name.toLowerCase()) : part)).join(' ')
        expect(parseFetch(`* 12 FETCH (${text})`)).toEqual(parseFetch(line))
      }),
    )
  })

  it('gives equal flags as one array', () => {
    expect(parseFetch('* 1 FETCH (FLAGS (\\Seen))')?.flags).toBe(parseFetch('* 2 FETCH (FLAGS (\\Seen))')?.flags)
  })

  it('reads empty flags, unknown items, quoted numbers, and dates that are none', () => {
    const data = parseFetch('* 1 FETCH (FLAGS () EMAILID (M1) X-GM-LABELS ("\\\\Important" a) UID "7" INTERNALDATE NIL)')
    expect(data?.flags).toEqual([])
    expect(data?.uid).toBe(7)
    expect(data?.receivedAt).toBeUndefined()
    expect(data?.others?.get('EMAILID')).toEqual(['M1'])
    expect(parseFetch('* 1 FETCH (INTERNALDATE "soon" UID 3)')).toMatchObject({ receivedAt: undefined, uid: 3 })
  })

  it('stops at the literal of a body', () => {
    expect(parseFetch('* 1 FETCH (UID 9 BODY[] {12}')).toMatchObject({ uid: 9, body: { section: '' } })
    expect(parseFetch('* 1 FETCH (BODY[HEADER.FIELDS (DATE)] ~{12}')).toMatchObject({
      uid: undefined,
      body: { section: 'HEADER.FIELDS (DATE)' },
    })
  })

  it('reads a body in every form', () => {
    expect(parseFetch('* 1 FETCH (UID 9 BODY[] NIL)')?.body).toEqual({ section: '', content: null })
    expect(parseFetch('* 1 FETCH (BODY[] "a\\"b" UID 9)')).toMatchObject({ uid: 9, body: { content: Buffer.from('a"b') } })
    expect(parseFetch('* 1 FETCH (BODY[] {2}\n UID 9)', [Buffer.from('hi')])).toMatchObject({
      uid: 9,
      body: { content: Buffer.from('hi') },
    })
  })

  it.each(['* 1 EXPUNGE', '* OK FETCH (', '* FETCH (UID 1)', 'A1 OK FETCH (', '* x FETCH (UID 1)'])('leaves %j alone', (text) => {
    expect(parseFetch(text)).toBeUndefined()
  })

  it('ends on any mutation, with data or with garbage', () => {
    const mutation = fc.tuple(fc.nat(line.length), fc.nat(8), fc.string({ maxLength: 4 }))
    fc.assert(
      fc.property(mutation, ([at, removed, inserted]) => {
        const text = line.slice(0, at) + inserted + line.slice(at + removed)
        try {
          parseFetch(text)
        } catch (error) {
          expect(error).toBeInstanceOf(MigrationError)
        }
      }),
      { numRuns: 5_000 },
    )
  })
})
