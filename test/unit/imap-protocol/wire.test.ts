import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../src/core/errors.ts'
import { ResponseReader, wireLimitsDefault } from '../../../src/connectors/imap/protocol/wire.ts'

/** What a reader gave: texts with their literals, and for each literal that was taken as a stream its bytes. */
interface Heard {
  readonly responses: { text: string; literals: string[] }[]
  readonly streamed: string[]
}

function listen(streams: (text: string, sizeBytes: number) => boolean, limits = wireLimitsDefault) {
  const heard: Heard = { responses: [], streamed: [] }
  let bytes = ''
  const taker = {
    takeLiteral: (chunk: Uint8Array) => void (bytes += Buffer.from(chunk).toString('latin1')),
    endLiteral: () => {
      heard.streamed.push(bytes)
      bytes = ''
    },
  }
  const reader = new ResponseReader(
    {
      onLiteral: (text, sizeBytes) => (streams(text, sizeBytes) ? taker : undefined),
      onResponse: (text, literals) => {
        heard.responses.push({ text, literals: literals.map((one) => Buffer.from(one).toString('latin1')) })
      },
    },
    limits,
  )
  return { reader, heard }
}

const never = () => false
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
/** Text of a line; what ends like a literal's size is one, so that the last character is none of those. */
const lineText = fc
  .string({ unit: byte.filter((char) => char !== '\n' && char !== '\r'), maxLength: 40 })
  .map((text) => `${text}.`)
const literal = fc.string({ unit: byte, maxLength: 300 })
const response = fc.record({ first: lineText, parts: fc.array(fc.record({ literal, text: lineText }), { maxLength: 3 }) })
const splits = fc.array(fc.nat(50), { maxLength: 60 })

function write({ first, parts }: { first: string; parts: { literal: string; text: string }[] }): string {
  return `* ${first}${parts.map((part) => ` {${part.literal.length}}\r\n${part.literal}${part.text}`).join('')}\r\n`
}

function pushSplit(reader: ResponseReader, stream: string, lengths: readonly number[]): void {
  const bytes = Buffer.from(stream, 'latin1')
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const length = lengths.length === 0 ? bytes.length : (lengths[index % lengths.length] as number) + 1
    reader.push(Buffer.from(bytes.subarray(at, at + length)))
    at += length
  }
}

describe('a stream of responses', () => {
  it('is the same however it was split', () => {
    fc.assert(
      fc.property(fc.array(response, { maxLength: 6 }), splits, fc.boolean(), (responses, lengths, isStreamed) => {
        const { reader, heard } = listen(() => isStreamed)
        pushSplit(reader, responses.map(write).join(''), lengths)
        const texts = responses.map(({ first, parts }) =>
          [`* ${first}`, ...parts.map((part) => part.text)].reduce((all, text, index) =>
            `${all} {${parts[index - 1]?.literal.length}}\n${text}`,
          ),
        )
        const literals = responses.map(({ parts }) => parts.map((part) => part.literal))
        expect(heard.responses.map(({ text }) => text)).toEqual(texts)
        expect(heard.streamed).toEqual(isStreamed ? literals.flat() : [])
        expect(heard.responses.map((one) => one.literals)).toEqual(
          isStreamed ? literals.map((all) => all.map(() => '')) : literals,
        )
        expect(reader.isBetweenResponses).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('takes no other word for a status', () => {
    const { reader, heard } = listen(never)
    pushSplit(reader, '* ok. {3}\r\nabc.\r\n', [1])
    expect(heard.responses.map(({ text, literals }) => [text, literals])).toEqual([['* ok. {3}\n.', ['abc']]])
  })

  it('never takes the end of a human-readable text for a literal', () => {
    const { reader, heard } = listen(never)
    pushSplit(reader, '* OK see {5}\r\nA1 NO {3}\r\n+ {2}\r\n* BYE {1}\r\n', [3])
    expect(heard.responses.map(({ text }) => text)).toEqual(['* OK see {5}', 'A1 NO {3}', '+ {2}', '* BYE {1}'])
  })

  it('takes bare line feeds and literal8', () => {
    const { reader, heard } = listen(never)
    pushSplit(reader, '* a\n* b ~{3}\n\0\r\n c\n', [])
    expect(heard.responses).toEqual([
      { text: '* a', literals: [] },
      { text: '* b ~{3}\n c', literals: ['\0\r\n'] },
    ])
  })

  it('keeps nothing of a chunk but copies', () => {
    const { reader, heard } = listen(never)
    for (const part of ['* SEARCH 1 2', ' 3\r\n* x {4}\r\nab', 'cd y\r\n']) {
      const chunk = Buffer.from(part)
      reader.push(chunk)
      chunk.fill('#')
    }
    expect(heard.responses).toEqual([
      { text: '* SEARCH 1 2 3', literals: [] },
      { text: '* x {4}\n y', literals: ['abcd'] },
    ])
  })

  it('stops where it is told and gives the rest back', () => {
    const texts: string[] = []
    const reader = new ResponseReader({
      onLiteral: () => undefined,
      onResponse: (text) => {
        texts.push(text)
        if (text === 'A1 OK') reader.stop()
      },
    })
    expect(reader.push(Buffer.from('* x\r\nA1 OK\r\nother bytes'))?.toString()).toBe('other bytes')
    expect(texts).toEqual(['* x', 'A1 OK'])
  })
})

describe('limits', () => {
  const tooLong = expect.objectContaining({ kind: 'transient', code: 'imap.protocol.garbage' })

  it('end a line that does not', () => {
    const { reader } = listen(never)
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let pushed = 0
    expect(() => {
      for (;;) {
        reader.push(chunk)
        pushed += chunk.length
      }
    }).toThrow(tooLong)
    expect(pushed).toBeLessThanOrEqual(wireLimitsDefault.textBytesMax)
  })

  it.each(['* SEARCH', '* ESEARCH (TAG "A1") UID ALL', '* VANISHED (EARLIER)', '* FLAGS (x'])('let %s be long', (start) => {
    const { reader, heard } = listen(never)
    const text = `${start} ${'1234567890,'.repeat(400_000)}`
    pushSplit(reader, `${text}\r\n`, [65_535])
    expect(heard.responses[0]?.text).toHaveLength(text.length)
  })

  it('end a list that never ends', () => {
    const { reader } = listen(never, { ...wireLimitsDefault, listTextBytesMax: 3 * 1024 * 1024 })
    reader.push(Buffer.from('* SEARCH '))
    const chunk = Buffer.alloc(64 * 1024, '1 ')
    expect(() => {
      for (let count = 0; count < 100; count++) reader.push(chunk)
    }).toThrow(tooLong)
  })

  it('end a response made of endless literals', () => {
    const { reader } = listen(never)
    expect(() => {
      for (let count = 0; count < 100_000; count++) reader.push(Buffer.from(`* x {100000}\r\n${'y'.repeat(100_000)}`))
    }).toThrow(MigrationError)
    const empties = listen(never).reader
    expect(() => {
      empties.push(Buffer.from('* x'))
      for (let count = 0; count < 10_000; count++) empties.push(Buffer.from(' {0}\r\n'.repeat(100)))
    }).toThrow(MigrationError)
  })

  it('refuse a large literal that nobody streams', () => {
    const { reader } = listen(never)
    expect(() => reader.push(Buffer.from('* LIST () "/" {300000}\r\n'))).toThrow(
      expect.objectContaining({ code: 'imap.protocol.literal-too-large' }),
    )
    expect(() => listen(never).reader.push(Buffer.from('* x {999999999999999}\r\n'))).toThrow(MigrationError)
  })

  it('let a literal of any size be streamed', () => {
    const { reader, heard } = listen(() => true)
    reader.push(Buffer.from('* 1 FETCH (BODY[] {3000000}\r\n'))
    for (let count = 0; count < 30; count++) reader.push(Buffer.alloc(100_000, 'z'))
    reader.push(Buffer.from(')\r\n'))
    expect(heard.streamed[0]).toHaveLength(3_000_000)
    expect(heard.responses).toHaveLength(1)
  })
})

it('ends on any bytes, with responses or with a typed error', () => {
  const valid = fc.array(response, { maxLength: 4 }).map((all) => all.map(write).join(''))
  const mutated = fc.tuple(valid, fc.nat(), fc.nat(12), fc.string({ unit: byte, maxLength: 8 })).map(([text, at, removed, added]) => {
    const place = text.length === 0 ? 0 : at % text.length
    return text.slice(0, place) + added + text.slice(place + removed)
  })
  const crafted = fc.string({ unit: fc.constantFrom('* ', '{', '}', '9', '1', '~', '+', '\r\n', '\n', '(', 'BODY[]', '\0', 'A1 OK'), maxLength: 60 })
  fc.assert(
    fc.property(fc.oneof(mutated, crafted), splits, fc.boolean(), (stream, lengths, isStreamed) => {
      const { reader } = listen(() => isStreamed)
      try {
        pushSplit(reader, stream, lengths)
      } catch (error) {
        expect(error).toBeInstanceOf(MigrationError)
      }
    }),
    { numRuns: 1_500 },
  )
})
