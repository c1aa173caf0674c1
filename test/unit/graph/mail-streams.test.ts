import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { dropContent } from '../../../src/connectors/graph/content-pieces.ts'
import { toMessage, toStream } from '../../../src/connectors/graph/mail/mail-streams.ts'
import type { FolderId } from '../../../src/core/model/ids.ts'
import type { Content, Delivery } from '../../../src/core/model/item.ts'
import { attachmentProperties } from '../../../src/formats/mapi/attachment-properties.ts'
import { delivery } from '../../conformance/reading.ts'

const fileBytes = 3_000_000
const file = Buffer.alloc(fileBytes, 'All of a file.\r\n')

function mailWith(encoding: string, data: Buffer): Buffer {
  const head = `From: a@example.org\r\nSubject: A file\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b\r\n`
  const part = `Content-Type: application/octet-stream; name=file.bin\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
  return Buffer.concat([Buffer.from(head + part), data, Buffer.from('\r\n--b--\r\n')])
}

const mails = {
  base64: mailWith('base64', Buffer.from(file.toString('base64').replace(/(.{76})/g, '$1\r\n'))),
  '8bit': mailWith('8bit', file),
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

async function bytesOf(content: Content): Promise<Buffer> {
  if (content instanceof Uint8Array) return Buffer.from(content)
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}

const given = (content: Content, sizeBytes: number): Delivery => delivery(content, sizeBytes, {}, 'inbox' as FolderId, 1)
const same = (address: string): string => address

describe.each(['base64', '8bit'] as const)('a large mail with a file in %s', (encoding) => {
  const mail = mails[encoding]

  it('becomes the same message whether it came whole or as a stream', async () => {
    for (const content of [mail, chunksOf(mail)]) {
      const { attachments } = await toMessage(given(content, mail.length), same, {})
      expect(Buffer.compare(attachments[0]?.properties.get(attachmentProperties.data) ?? Buffer.alloc(0), file)).toBe(0)
    }
  })

  it('becomes a stream that can be sent again until it is dropped, and leaves the bytes that it came as alone', async () => {
    const before = Buffer.from(mail)
    const { item } = await toStream(given(mail, mail.length), same)
    const [first, second] = [await bytesOf(item.content), await bytesOf(item.content)]
    expect([first.length, first.equals(second)]).toEqual([item.sizeBytes, true])
    dropContent(item.content)
    expect((await bytesOf(item.content)).length).toBeLessThan(item.sizeBytes)
    expect(mail.equals(before)).toBe(true)
  })
})
