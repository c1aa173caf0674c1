import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FastTransferError } from '../../../../src/formats/fast-transfer/fast-transfer-error.ts'
import { readFastTransfer } from '../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import { fromFileTime } from '../../../../src/formats/mapi/file-time.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { tagged } from '../../../../src/formats/mapi/property.ts'
import { recipientProperties } from '../../../../src/formats/mapi/recipient-properties.ts'
import { corpusNote, corpusRoot } from '../../../corpus/corpus.ts'
import { container, head, uint32 } from './stream-bytes.ts'

const pages = join(corpusRoot, 'ews/ms-exchange-docs/web-service-reference')

/** The items on a page of Microsoft's documentation, each cut at some place by its writers. */
function samplesOn(page: string): readonly Buffer[] {
  return [...readFileSync(join(pages, page), 'utf8').matchAll(/<[mt]:Data>(.*?)</gs)].map((match) =>
    Buffer.from(match[1]!, 'base64'),
  )
}

/** The message up to the last property that is whole. */
function readCut(sample: Buffer): MapiMessage {
  const stream = sample.subarray(62 + 8)
  for (let length = stream.length; length > 0; length--) {
    const message = readIfWhole(container(stream.subarray(0, length)))
    if (message !== undefined) return message
  }
  throw new Error('no property of the sample is whole')
}

function readIfWhole(bytes: Buffer): MapiMessage | undefined {
  try {
    return readFastTransfer(bytes)
  } catch (error) {
    if (error instanceof FastTransferError && error.fault === 'truncated') return undefined
    throw error
  }
}

const at = (message: MapiMessage, property: typeof messageProperties.clientSubmitTime) =>
  new Date(fromFileTime(message.properties.get(property)!)).toISOString()

describe.skipIf(!existsSync(pages))(`Microsoft's samples of exported items${corpusNote}`, () => {
  it('an item exported by Exchange 2010', () => {
    const sample = samplesOn('exportitems-operation.02.xml')[2]!
    expect(sample.subarray(0, head.length).equals(head)).toBe(true)
    expect(() => readFastTransfer(sample)).toThrow(
      expect.objectContaining({ code: 'fast-transfer.truncated', offset: 62 }),
    )
    const message = readCut(sample)
    expect(message.properties.get(messageProperties.messageClass)).toBe('IPM.Note')
    expect(message.properties.get(messageProperties.subject)).toBe('Interesting - from EWSMA')
    expect(message.properties.get(messageProperties.subjectPrefix)).toBe('')
    expect(message.properties.get(messageProperties.importance)).toBe(1)
    expect(message.properties.get(messageProperties.deliveryReportRequested)).toBe(false)
    expect(message.properties.get(messageProperties.readReceiptRequested)).toBe(false)
    expect(message.properties.get(messageProperties.sensitivity)).toBe(0)
    expect(at(message, messageProperties.clientSubmitTime)).toBe('2010-03-31T21:14:04.000Z')
    expect(Buffer.from(message.properties.get(messageProperties.representingSearchKey)!).toString('latin1')).toBe(
      'EX:/O=FIRST ORGANIZATION/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=USERONE\0',
    )
    // The address book prefix before them is none of its properties.
    expect([...message.properties.entries()].map(({ property }) => property.key)[0]).toBe('0017')
  })

  it('items to be uploaded', () => {
    const [created, updated] = samplesOn('uploaditems-operation.01.xml').map(readCut) as [MapiMessage, MapiMessage]
    expect(created.properties.get(messageProperties.messageClass)).toBe('IPM.Note')
    expect(created.properties.get(messageProperties.priority)).toBe(0)
    expect([...created.properties.entries()].map(({ property }) => property.key)).toEqual([
      '0017',
      '001a',
      '0023',
      '0026',
      '0029',
      '002e',
      '0036',
    ])
    expect(updated.properties.get(messageProperties.subject)).toBe('Interesting - from EWSMA')
    expect(at(updated, messageProperties.clientSubmitTime)).toBe('2010-05-07T20:11:51.000Z')
  })

  it('the end of one item and the middle of another, put together to a message in a message', () => {
    const [end, middle] = samplesOn('exportitems-operation.02.xml') as [Buffer, Buffer]
    // From the last recipient of a message to its last attachment and some way into what is embedded there.
    const wholeUntil = middle.indexOf(Buffer.from('b0844200', 'hex'))
    // The last properties of a recipient in an embedded message, and all the markers after it.
    const recipient = end.subarray(end.indexOf(Buffer.from('b084fe39', 'hex')))
    const message = readFastTransfer(
      container(Buffer.concat([uint32(0x40030003), middle.subarray(48, wholeUntil), uint32(0x40030003), recipient])),
    )
    expect(message.recipients).toHaveLength(1)
    const [attachment] = message.attachments
    expect(attachment?.properties.get(attachmentProperties.method)).toBe(5)
    expect(attachment?.properties.get(attachmentProperties.mimeType)).toBe('message/rfc822')
    expect(attachment?.properties.get(attachmentProperties.displayName)).toBe('Most fascinating')
    expect(attachment?.properties.get(attachmentProperties.contentId)).toBe('2ab16166-ae5d-42ef-a559-c89087d23d84')
    expect(attachment?.properties.get(attachmentProperties.renderingPosition)).toBe(-1)
    expect(attachment?.properties.get(attachmentProperties.sizeBytes)).toBe(0x464)
    expect(attachment?.embedded?.properties.get(messageProperties.subject)).toBe('Most fascinating')
    expect(attachment?.embedded?.properties.get(tagged(0x674a, 'integer64'))).toBe(
      BigInt.asIntN(64, 0xa65d640000002b74n),
    )
    const [embeddedRecipient] = attachment?.embedded?.recipients ?? []
    expect(embeddedRecipient?.get(recipientProperties.smtpAddress)).toBe('User2@aujing-dom.extest.microsoft.com')
    expect(embeddedRecipient?.get(recipientProperties.objectType)).toBe(6)
  })
})
