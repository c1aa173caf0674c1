import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFirstFromLine, scanMbox, type ByteSource, type MboxMessage } from '../../../../src/formats/mbox/scanner.ts'

/** A source that counts what is read of it. */
function sourceOf(bytes: Uint8Array): ByteSource & { bytesRead: number } {
  return {
    sizeBytes: bytes.byteLength,
    bytesRead: 0,
    async read(position, lengthBytes) {
      const part = bytes.slice(position, position + lengthBytes)
      this.bytesRead += part.byteLength
      return part
    },
  }
}

async function scan(text: string, usesContentLength = true): Promise<(MboxMessage & { text: string })[]> {
  const bytes = Buffer.from(text, 'latin1')
  const messages = []
  for await (const message of scanMbox(sourceOf(bytes), { usesContentLength })) {
    messages.push({ ...message, text: bytes.toString('latin1', message.start, message.end) })
  }
  return messages
}

const texts = async (mbox: string, usesContentLength = true) =>
  (await scan(mbox, usesContentLength)).map((one) => one.text)

const first = 'From ada@example.org Tue Mar  3 10:00:00 2026\n'
const second = 'From bob@example.org Wed Mar  4 11:00:00 2026\n'

describe('scanMbox', () => {
  it('gives each message without the empty line after it', async () => {
    const mbox = `${first}Subject: a\n\none\n\n${second}Subject: b\n\ntwo\n\n`
    expect(await texts(mbox)).toEqual(['Subject: a\n\none\n', 'Subject: b\n\ntwo\n'])
    expect(await texts(mbox.replaceAll('\n', '\r\n'))).toEqual([
      'Subject: a\r\n\r\none\r\n',
      'Subject: b\r\n\r\ntwo\r\n',
    ])
    const [one, two] = await scan(mbox)
    expect(one).toMatchObject({ offset: 0, fromLine: first.trimEnd(), isCut: false })
    expect(two?.from.receivedAt?.epochMs).toBe(Date.UTC(2026, 2, 4, 11))
  })

  it('keeps empty lines that belong to the message', async () => {
    expect(await texts(`${first}Subject: a\n\n\n\n\n${second}Subject: b\n\n`)).toEqual([
      'Subject: a\n\n\n\n',
      'Subject: b\n\n',
    ])
    expect(await texts(`${first}Subject: a\n${second}Subject: b\n\nx\n`)).toEqual(['Subject: a\n', 'Subject: b\n\nx\n'])
  })

  it('is not misled by text that begins with From', async () => {
    const body = 'Subject: a\n\nFrom Russia with love\n\nFrom Russia with love\nYear: 1963\n\n>From quoted\nFrom: x\n'
    expect(await texts(`${first}${body}\n${second}Subject: b\n\nx\n\n`)).toEqual([body, 'Subject: b\n\nx\n'])
    const quoted = `Subject: a\n\ntext\n${second}without an empty line before and no header after\n`
    expect(await texts(`${first}${quoted}\n`)).toEqual([quoted])
  })

  it('finds From_ lines without an empty line before them by the header after them', async () => {
    expect(await texts(`${first}Subject: a\n\none\n${second}Subject: b\n\ntwo\n`)).toEqual([
      'Subject: a\n\none\n',
      'Subject: b\n\ntwo\n',
    ])
    const exported =
      'From - \nSubject: a\n\none\nFrom - \nSubject: b\n\nFrom Russia with love\n\nFrom - \nSubject: c\n\nx\n'
    expect(await texts(exported)).toHaveLength(3)
    expect(await texts(`${first}Subject: a\n\none\n\nFrom -\nSubject: text\n\n`)).toHaveLength(1)
  })

  it('passes over a byte order mark and empty lines before the first message', async () => {
    expect(await texts(`\xef\xbb\xbf\r\n\n${first}Subject: a\n\nx\n\n`)).toEqual(['Subject: a\n\nx\n'])
    expect(await findFirstFromLine(sourceOf(new Uint8Array()))).toBe(0)
    expect(await findFirstFromLine(sourceOf(Buffer.from('Subject: no mbox\n\nFrom me\n')))).toBeUndefined()
    expect(await texts('From Russia with love\n\nx\n')).toEqual([])
  })

  it('believes Content-Length where it leads to the next message, and only there', async () => {
    const body = `one\n\n${second}Subject: not one\n\n`
    const message = (length: number) => `Content-Length: ${length}\nSubject: a\n\n${body}`
    const mbox = (length: number) => `${first}${message(length)}\n${second}Subject: b\n\ntwo\n\n`
    expect(await texts(mbox(body.length))).toEqual([message(body.length), 'Subject: b\n\ntwo\n'])
    expect(await texts(mbox(body.length), false)).toHaveLength(3)
    for (const wrong of [0, 3, body.length - 3, body.length + 5, 1_000_000])
      expect(await texts(mbox(wrong))).toHaveLength(3)
  })

  it('tells a file that ends in the middle of a message', async () => {
    const isLastCut = async (mbox: string) => (await scan(mbox)).at(-1)?.isCut
    const whole = `${first}Subject: a\n\none\n\n${second}Subject: b\n\ntwo two\n\n`
    expect(await isLastCut(whole)).toBe(false)
    for (const lost of [3, 5, 8, 12, 20]) expect(await isLastCut(whole.slice(0, -lost))).toBe(true)
    // The end of a line: nothing tells.
    expect(await isLastCut(whole.slice(0, -2))).toBe(true)
    expect(await isLastCut(whole.slice(0, -1))).toBe(false)
    const measured = (size: number) => `${first}Content-Length: 4\n\none\n\n${second}Content-Length: ${size}\n\ntwo\n`
    expect(await isLastCut(measured(4))).toBe(false)
    expect(await isLastCut(measured(40))).toBe(true)
    // A message alone in its file may simply lack the last line end; a length that never held proves nothing.
    expect(await isLastCut(`${first}Subject: a\n\none`)).toBe(false)
    expect(await isLastCut(`${first}Content-Length: 99\n\none\n`)).toBe(false)
    expect(await isLastCut(`${first}Content-Length: 99\n\none`)).toBe(true)
  })

  it('gives the same wherever the windows of reading fall', async () => {
    const body = 'x'.repeat(99) + '\n'
    for (const lines of [2610, 2615, 2620, 2621, 2622, 5240]) {
      for (let more = 0; more < 60; more += 7) {
        const long = `Subject: a\n\n${body.repeat(lines)}${'y'.repeat(more)}\n`
        const sizes = (await texts(`${first}${long}\n${second}Subject: b\n\ntwo\n\n`)).map((text) => text.length)
        expect(sizes).toEqual([long.length, 16])
      }
    }
  })

  it('reads each byte a bounded number of times, whatever the bytes', async () => {
    for (const hostile of [
      'From a\n',
      '\nFrom ',
      second,
      `${second}\n`,
      `${second}A: b\n`,
      `${second}Content-Length: 9\n\n`,
      'From - \nA: b\n\n',
    ]) {
      const bytes = Buffer.from(first + 'Subject: a\n\n' + hostile.repeat(Math.ceil(600_000 / hostile.length)))
      const source = sourceOf(bytes)
      let covered = 0
      for await (const message of scanMbox(source, { usesContentLength: true })) {
        expect(message.offset).toBeGreaterThanOrEqual(covered)
        covered = message.end
      }
      expect(covered).toBeGreaterThan(bytes.length - 5)
      expect(source.bytesRead).toBeLessThan(bytes.length * 4 + 1_000_000)
    }
  })

  it('gives back generated mboxrd files', async () => {
    const line = fc.constantFrom('Subject: x', 'From: a', '>From b', 'text', '', 'Content-Length: 3', 'From', ' folded')
    const message = fc
      .array(line, { minLength: 1, maxLength: 8 })
      .map((lines) => ['X-Any: 1', ...lines].map((one) => `${one}\n`).join(''))
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 6 }), async (messages) => {
        const mbox = messages.map((one) => `${second}${one}\n`).join('')
        const found = await texts(mbox, false)
        // A header without a body keeps the empty line: nothing tells whose it is.
        expect(found.map((one) => one.replace(/\n$/, ''))).toEqual(
          messages.map((one, index) => (one.includes('\n\n') ? one.slice(0, -1) : found[index]!.replace(/\n$/, ''))),
        )
        expect(found).toHaveLength(messages.length)
      }),
    )
  })

  it('never fails on mutated files, and places messages in order without overlap', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        first,
        second,
        'From - \n',
        '\n',
        '\r\n',
        'Subject: a\n',
        'Content-Length: 12\n',
        'From ',
        '>',
        '\0',
        '\xef\xbb\xbf',
      ),
      fc.string({ maxLength: 12 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.boolean(), async (pieces, usesContentLength) => {
        const mbox = first + pieces.join('')
        let previousEnd = 0
        for (const { offset, start, end } of await scan(mbox, usesContentLength)) {
          expect(offset).toBeGreaterThanOrEqual(previousEnd)
          expect(start).toBeGreaterThan(offset)
          expect(end).toBeGreaterThanOrEqual(start)
          // Between two messages there is nothing but the empty line.
          expect(mbox.slice(previousEnd, offset).replace(/[\r\n]/g, '')).toBe('')
          previousEnd = end
        }
        expect(mbox.slice(previousEnd).replace(/[\r\n]/g, '')).toBe('')
      }),
      { numRuns: 400 },
    )
  })
})
