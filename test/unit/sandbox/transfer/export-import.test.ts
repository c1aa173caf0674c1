import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readFastTransfer } from '../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { type Property, tagged } from '../../../../src/formats/mapi/property.ts'
import { corpusNote, corpusRoot } from '../../../corpus/corpus.ts'
import { plainMessage } from '../../formats/fast-transfer/any-message.ts'
import { container } from '../../formats/fast-transfer/stream-bytes.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { everyKind } from './every-kind.ts'
import { codeOf, mail, toData, TransferRig, valueOf } from './transfer-rig.ts'

let source: TransferRig
let target: TransferRig

beforeEach(() => {
  source = new TransferRig()
  target = new TransferRig()
})

interface ExportAnswer {
  readonly itemId: string
  readonly changeKey: string
  readonly data?: string
  readonly error?: { readonly code: string; readonly message: string }
}

const hasAttachmentsFlag = 0x10

/** What the store itself says of an item (exchange.md 8.5), and the dates that it sets when it stores one. */
const ofTheStore: readonly Property[] = [
  0x0fff, 0x0ff9, 0x0ffa, 0x0ff6, 0x0e05, 0x0e09, 0x6709, 0x674a, 0x6748, 0x674d, 0x67a4, 0x0e08, 0x0e02, 0x0e03,
  0x0e04,
].map((id) => tagged(id, 'binary'))

/** All that a message holds but what the store adds or says anew, in a form that can be compared. */
function essence(message: MapiMessage): unknown {
  const properties = message.properties.copy()
  for (const property of [...ofTheStore, known.lastModificationTime, known.hasAttachments]) properties.delete(property)
  properties.set(known.messageFlags, (properties.get(known.messageFlags) ?? 0) & ~hasAttachmentsFlag)
  const sorted = new PropertyBag()
  const byKey = [...properties.entries()].toSorted((a, b) => (a.property.key < b.property.key ? -1 : 1))
  for (const { property, value } of byKey) sorted.set(property, value as never)
  return plainMessage({ ...message, properties: sorted })
}

describe('export and import (exchange.md 2.3, 8.3 to 8.5)', () => {
  it.each(everyKind.map((one) => [one.kind, one] as const))(
    'carry %s into another tenant, property by property',
    async (_, { folder, message }) => {
      const imported = await source.create(message, folder)
      expect(imported.status).toBe(200)
      const stream = await source.exported(imported.body.itemId)
      expect(essence(readFastTransfer(stream))).toEqual(essence(message))
      const url = await target.importUrl()
      const body = {
        FolderId: target.folderId(folder),
        Mode: 'create',
        Data: stream.toString('base64'),
      }
      const again = await target.post(url, body)
      expect(again.status).toBe(200)
      const copied = await target.exported(again.body.itemId)
      expect(essence(readFastTransfer(copied))).toEqual(essence(message))
      // A stream that was built and one that was exported are the same item, byte for byte but for the date of storing.
      expect(copied.equals(stream)).toBe(true)
      const [listed] = valueOf(await target.call('GET', `/folders/${folder}/items`))
      expect(listed).toMatchObject({
        id: again.body.itemId,
        changeKey: again.body.changeKey,
        type: message.properties.get(known.messageClass),
      })
      expect(target.store.outbox.count + source.store.outbox.count).toBe(0)
      expect([...source.defects, ...target.defects]).toEqual([])
    },
  )

  it('keep what the flags say: drafts, read and unread', async () => {
    for (const flags of [0, 1, 8, 9]) {
      const { body } = await source.create(mail(`flags ${flags}`, (bag) => bag.set(known.messageFlags, flags)))
      const message = readFastTransfer(await source.exported(body.itemId))
      expect(message.properties.get(known.messageFlags)).toBe(flags)
    }
  })

  it('leave out what the store works out itself', async () => {
    const { body } = await source.create(
      mail('x', (bag) => bag.set(known.displayTo, 'Somebody').set(known.messageSizeBytes, 7)),
    )
    const { properties } = readFastTransfer(await source.exported(body.itemId))
    expect([properties.has(known.displayTo), properties.has(known.messageSizeBytes)]).toEqual([false, false])
  })

  it('take a folder’s own settings in as associated, which no list shows', async () => {
    const { body } = await source.create(mail('settings', (bag) => bag.set(known.messageFlags, 0x41)))
    expect(valueOf(await source.call('GET', '/folders/inbox/items'))).toEqual([])
    expect((await source.call('GET', '/folders/inbox')).body['totalItemCount']).toBe(0)
    expect(readFastTransfer(await source.exported(body.itemId)).properties.get(known.subject)).toBe('settings')
  })

  it('carry an item of several megabytes, whose answer is sent in pieces', async () => {
    const data = Buffer.alloc(3_000_001, 'abc')
    const attachments = [
      {
        properties: new PropertyBag().set(attachmentProperties.method, 1).set(attachmentProperties.data, data),
      },
    ]
    const { body } = await source.create({ ...mail('large'), attachments })
    const answer = await source.call('POST', '/exportItems', {
      body: { itemIds: [body.itemId, 'nothing', body.itemId] },
    })
    const [first, second, third] = valueOf<ExportAnswer>(answer)
    expect(second?.error?.code).toBe('ErrorInvalidIdMalformed')
    expect(first).toEqual(third)
    const [attachment] = readFastTransfer(Buffer.from(first!.data!, 'base64')).attachments
    expect(Buffer.from(attachment!.properties.get(attachmentProperties.data)!).equals(data)).toBe(true)
  })

  const pages = join(corpusRoot, 'ews/ms-exchange-docs/web-service-reference')
  it.skipIf(!existsSync(pages))(`take the items of Microsoft's samples${corpusNote}`, async () => {
    const samples = ['exportitems-operation.02.xml', 'uploaditems-operation.01.xml'].flatMap((page) =>
      [...readFileSync(join(pages, page), 'utf8').matchAll(/<[mt]:Data>(.*?)</gs)].map((match) =>
        Buffer.from(match[1]!, 'base64'),
      ),
    )
    const whole = samples.flatMap((sample) => wholeBeginning(sample))
    expect(whole.length).toBeGreaterThanOrEqual(3)
    const url = await target.importUrl()
    for (const stream of whole) {
      const { status, body } = await target.post(url, {
        FolderId: target.folderId('inbox'),
        Mode: 'create',
        Data: stream.toString('base64'),
      })
      expect(status).toBe(200)
      const [given, taken] = [readFastTransfer(stream), readFastTransfer(await target.exported(body.itemId))]
      for (const { property, value } of given.properties.entries()) {
        if (
          property.key === known.messageFlags.key ||
          [...ofTheStore, known.lastModificationTime].some(({ key }) => key === property.key)
        )
          continue
        expect(taken.properties.get(property), property.key).toEqual(value)
      }
    }
  })
})

/** The documentation has cut its samples: what is whole of one, up to the last property, in Microsoft's own container. */
function wholeBeginning(sample: Buffer): readonly Buffer[] {
  const stream = sample.subarray(62 + 8)
  for (let length = stream.length; length > 100; length--) {
    const bytes = container(stream.subarray(0, length))
    try {
      readFastTransfer(bytes)
      return [bytes]
    } catch {
      // Cut within a property.
    }
  }
  return []
}

describe('exportItems (exchange.md 2.3)', () => {
  it('answers each item by itself, what is wrong beside what is right', async () => {
    const good = source.addItem(mail('good'))
    const gone = source.addItem(mail('gone'))
    await source.call('DELETE', `/folders/inbox/items/${gone}?disposalType=hardDelete`)
    const answer = await source.call('POST', '/exportItems', {
      body: { itemIds: [gone, good, 'xyz', target.addItem(mail('elsewhere'))] },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.body['@odata.context']).toBe(
      'https://graph.test/v1.0/$metadata#Collection(microsoft.graph.exportItemResponse)',
    )
    const items = valueOf<ExportAnswer>(answer)
    expect(items.map(({ itemId, error }) => [itemId, error?.code])).toEqual([
      [gone, 'ErrorItemNotFound'],
      [good, undefined],
      ['xyz', 'ErrorInvalidIdMalformed'],
      [expect.any(String), 'ErrorInvalidIdMalformed'],
    ])
    expect(items[1]?.data).toMatch(/^AQAAAAgAAAAAAAAAAQAAAAMAAAAYAAAA/)
    if (hasCsdl)
      for (const item of items) expect(answerDifferences(item, 'microsoft.graph.exportItemResponse')).toEqual([])
  })

  it('takes 1 to 20 ids', async () => {
    const id = source.addItem(mail('one'))
    const ask = (count: number) =>
      source.call('POST', '/exportItems', {
        body: { itemIds: Array.from({ length: count }, () => id) },
      })
    expect(valueOf(await ask(20))).toHaveLength(20)
    for (const count of [0, 21])
      expect([(await ask(count)).status, codeOf(await ask(count))]).toEqual([400, 'ErrorInvalidArgument'])
    expect((await source.call('POST', '/exportItems', { body: { itemIds: [id], mode: 'x' } })).status).toBe(400)
    expect((await source.call('POST', '/exportItems', { body: { itemIds: id } })).status).toBe(400)
    expect(valueOf(await source.call('POST', '/exportItems', { body: { ItemIds: [id] } }))).toHaveLength(1)
  })
})

describe('the same item by either way', () => {
  it('is what was built and what was exported', async () => {
    const [{ message } = everyKind[0]!] = everyKind
    const { body } = await source.create(message)
    const exported = await source.exported(body.itemId)
    const url = await target.importUrl()
    const post = (Data: string) => target.post(url, { FolderId: target.folderId('inbox'), Mode: 'create', Data })
    const [built, carried] = [await post(toData(message)), await post(exported.toString('base64'))]
    expect((await target.exported(built.body.itemId)).equals(await target.exported(carried.body.itemId))).toBe(true)
    expect(built.body.itemId).not.toBe(carried.body.itemId)
  })
})
