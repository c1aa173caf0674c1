import { describe, expect, it } from 'vitest'
import type { FolderId, ItemId } from '../../../../src/core/model/ids.ts'
import type { Delivery } from '../../../../src/core/model/item.ts'
import { toFiles } from '../../../../src/connectors/graph/mail/json/attached-files.ts'
import { ByteBudget } from '../../../../src/connectors/graph/byte-budget.ts'
import type { MailAccess } from '../../../../src/connectors/graph/mail/mail-access.ts'
import { wholeOf } from '../../../../src/connectors/graph/mail/mail-streams.ts'
import { writeByCalls } from '../../../../src/connectors/graph/mail/write-by-calls.ts'
import { calendarConversion } from '../../../../src/formats/calendar/calendar-conversion.ts'
import { mimeToMapi } from '../../../../src/formats/mime/mime-to-mapi.ts'

const folderId = 'folder' as FolderId

function delivery(number: number, content: AsyncIterable<Uint8Array>): Delivery {
  const description = { identity: '', messageId: '', from: '', subject: '' }
  const ref = { id: String(number) as ItemId, folderId, version: '', keywords: [], receivedAt: { epochMs: 0, offsetMinutes: 0 }, sizeBytes: 3 }
  const item = { ref, sizeBytes: 3, description, content }
  return { into: folderId, item, keywords: [], receivedAt: ref.receivedAt, group: 1 } as unknown as Delivery
}

/** As an archive does: a file is open until the next one is asked for. */
async function* fromFiles(): AsyncGenerator<Delivery> {
  for (let number = 0; number < 6; number++) {
    let isOpen = true
    const content = async function* (): AsyncGenerator<Uint8Array> {
      await Promise.resolve()
      if (!isOpen) throw new Error(`file ${number} is closed`)
      yield Buffer.from('abc')
    }
    yield delivery(number, content())
    isOpen = false
  }
}

describe('mail that Graph creates', () => {
  it('is read before the next message is asked for, although several are under way', async () => {
    const access = { requestsAtOnce: 4, signal: new AbortController().signal } as MailAccess
    const created: number[] = []
    const parts = {
      access,
      room: new ByteBudget(() => 1_000),
      make: ({ item }: Delivery) => wholeOf(item.content, item.sizeBytes),
      create: async (made: Uint8Array, { item }: Delivery) => {
        await new Promise((resolve) => setImmediate(resolve))
        created.push(made.byteLength)
        return item.ref.id
      },
      alteredOf: () => 'rebuilt',
    }
    const results: string[] = []
    for await (const result of writeByCalls(parts, fromFiles())) results.push(result.type)
    expect([created, new Set(results)]).toEqual([[3, 3, 3, 3, 3, 3], new Set(['written'])])
  })

  it('has a name for every file, also for a message without a subject', () => {
    const message = ['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: message/rfc822', '', 'From: a@example.org', '', 'text', '--b--', '']
    expect(toFiles(mimeToMapi(Buffer.from(message.join('\r\n'))).attachments).map(({ name }) => name)).toEqual(['message-1.eml'])
  })

  it.each([
    ['REQUEST', 'IPM.Schedule.Meeting.Request'],
    ['PUBLISH', undefined],
    [undefined, undefined],
  ])('with a calendar of method %s is %s', (method, messageClass) => {
    const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', ...(method === undefined ? [] : [`METHOD:${method}`]), 'BEGIN:VEVENT', 'UID:1', 'DTSTAMP:20240101T090000Z', 'DTSTART:20240108T090000Z', 'END:VEVENT', 'END:VCALENDAR', '']
    const item = calendarConversion.convertCalendar(lines.join('\r\n'))
    expect([...(item?.properties.entries() ?? [])].find(({ property }) => property.key === '001a')?.value).toBe(messageClass)
  })
})
