import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFastTransfer } from '../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import { writeFastTransfer } from '../../../../src/formats/fast-transfer/write-fast-transfer.ts'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { objectEssence } from '../../../../src/formats/mapi/object-essence.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { named, type Property, tagged } from '../../../../src/formats/mapi/property.ts'
import { recipientProperties } from '../../../../src/formats/mapi/recipient-properties.ts'
import { anyMessage } from '../fast-transfer/any-message.ts'

function mirrored(bag: PropertyBag): PropertyBag {
  const other = new PropertyBag()
  for (const { property, value } of [...bag.entries()].toReversed()) other.set(property, value as never)
  return other
}

const withProperties = (message: MapiMessage, set: (bag: PropertyBag) => void): MapiMessage => {
  const properties = message.properties.copy()
  set(properties)
  return { ...message, properties }
}

const appointment = withProperties({ properties: new PropertyBag(), recipients: [], attachments: [] }, (bag) =>
  bag.set(known.messageClass, 'IPM.Appointment').set(known.subject, 'Offer').set(known.messageFlags, 0).set(known.reminderSet, true),
)
const task = withProperties(appointment, (bag) => bag.set(known.messageClass, 'IPM.Task').set(known.taskStatus, 1))

/** What a store makes anew, with a value that it may have made. */
const stores: readonly (readonly [Property, unknown])[] = [
  [known.lastModificationTime, 133_000_000_000_000_000n],
  [known.messageSizeBytes, 12_345],
  [known.displayTo, 'Anna; Ben'],
  [known.hasAttachments, true],
  [known.searchKey, Buffer.alloc(16, 7)],
  [tagged(0x0fff, 'binary'), Buffer.alloc(70, 1)],
  [tagged(0x65e2, 'binary'), Buffer.alloc(22, 1)],
  [tagged(0x3ffa, 'string'), 'Service'],
]

const states: readonly (readonly [Property, unknown])[] = [
  [known.flagStatus, 2],
  [known.lastVerbExecuted, 102],
  [known.iconIndex, 261],
  [known.keywords, ['Blue']],
  [known.reminderSet, false],
  [known.messageFlags, 1],
]

describe('the essence of an object', () => {
  it('survives a stream, whatever the object, and the order of its parts', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const essence = objectEssence(message)
        expect(objectEssence(readFastTransfer(writeFastTransfer(message)))).toEqual(essence)
        expect(
          objectEssence({
            properties: mirrored(message.properties),
            recipients: message.recipients.map(mirrored).toReversed(),
            attachments: message.attachments.map((one) => ({ ...one, properties: mirrored(one.properties) })).toReversed(),
          }),
        ).toEqual(essence)
      }),
      { numRuns: 200 },
    )
  })

  it('is the same whatever a store makes anew', () => {
    fc.assert(
      fc.property(anyMessage, fc.constantFrom(...stores), (message, [property, value]) => {
        expect(objectEssence(withProperties(message, (bag) => bag.set(property, value as never)))).toEqual(
          objectEssence(withProperties(message, (bag) => bag.delete(property))),
        )
      }),
    )
    const attached = (number: number, sizeBytes: number): MapiMessage => ({
      ...appointment,
      attachments: [{ properties: new PropertyBag().set(attachmentProperties.number, number).set(attachmentProperties.sizeBytes, sizeBytes) }],
    })
    expect(objectEssence(attached(0, 10))).toEqual(objectEssence(attached(4, 99)))
    const received = (rowId: number): MapiMessage => ({ ...appointment, recipients: [new PropertyBag().set(recipientProperties.rowId, rowId)] })
    expect(objectEssence(received(0))).toEqual(objectEssence(received(1)))
  })

  it('tells an item that was read, flagged, filed or dismissed from the same item that was not', () => {
    for (const [property, value] of states) {
      const changed = objectEssence(withProperties(appointment, (bag) => bag.set(property, value as never)))
      expect(changed.item, property.key).toBe(objectEssence(appointment).item)
      expect(changed.state, property.key).not.toBe(objectEssence(appointment).state)
    }
  })

  it('counts a task\'s progress as the task itself, and the follow-up of anything else as its state', () => {
    const [progressed, followed] = [task, appointment].map((one) => objectEssence(withProperties(one, (bag) => bag.set(known.taskStatus, 2))))
    expect(progressed?.item).not.toBe(objectEssence(task).item)
    expect(progressed?.state).toBe(objectEssence(task).state)
    expect(followed?.item).toBe(objectEssence(appointment).item)
  })

  it('is another one for whatever else differs: any property, recipient, attachment, or a draft', () => {
    fc.assert(
      fc.property(anyMessage, fc.string(), (message, text) => {
        const property = named('00020329-0000-0000-c000-000000000046', 'Something', 'string')
        const without = objectEssence(withProperties(message, (bag) => bag.delete(property))).item
        const one = objectEssence(withProperties(message, (bag) => bag.set(property, text))).item
        const other = objectEssence(withProperties(message, (bag) => bag.set(property, `${text}.`))).item
        expect(new Set([without, one, other]).size).toBe(3)
        const twice = { ...message, recipients: [...message.recipients, new PropertyBag()] }
        const attached = { ...message, attachments: [...message.attachments, { properties: new PropertyBag() }] }
        const plain = objectEssence(message).item
        expect(objectEssence(twice).item).not.toBe(plain)
        expect(objectEssence(attached).item).not.toBe(plain)
      }),
    )
    const draft = objectEssence(withProperties(appointment, (bag) => bag.set(known.messageFlags, 8))).item
    expect(draft).not.toBe(objectEssence(appointment).item)
    const typed = (type: 'integer32' | 'boolean', value: unknown) =>
      objectEssence(withProperties(appointment, (bag) => bag.set(tagged(0x6001, type), value as never))).item
    expect(typed('integer32', 1)).not.toBe(typed('boolean', true))
  })
})
