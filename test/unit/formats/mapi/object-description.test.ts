import { describe, expect, it } from 'vitest'
import { describeObject, objectFacts } from '../../../../src/formats/mapi/object-description.ts'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'

const facts = {
  messageClass: 'IPM.Note',
  subject: 'Offer',
  sender: 'Anna@Example.org',
  sentAtMs: Date.UTC(2026, 1, 3, 4, 5, 6, 789),
  messageId: '<1@example.org>',
  searchKey: undefined,
}

describe('how an object is recognised', () => {
  it('by class and search key, whatever else changed', () => {
    const searchKey = Buffer.from('0123456789abcdef')
    const { identity } = describeObject({ ...facts, searchKey })
    expect(describeObject({ ...facts, searchKey: Buffer.from(searchKey), subject: 'edited', sentAtMs: undefined }).identity).toBe(identity)
    expect(describeObject({ ...facts, searchKey: Buffer.from('0123456789abcdeg') }).identity).not.toBe(identity)
    expect(describeObject({ ...facts, searchKey, messageClass: 'IPM.Task' }).identity).not.toBe(identity)
  })

  it('without one by class, subject, sender, date to the second, and Message-ID', () => {
    const { identity } = describeObject(facts)
    expect(identity).toMatch(/^[\w-]{22}$/)
    expect(describeObject({ ...facts, sender: 'anna@example.org', sentAtMs: Date.UTC(2026, 1, 3, 4, 5, 6), searchKey: new Uint8Array(0) }).identity).toBe(identity)
    for (const other of [{ subject: 'offer' }, { sender: 'b@example.org' }, { sentAtMs: undefined }, { messageId: '' }, { messageClass: 'IPM.Post' }]) {
      expect(describeObject({ ...facts, ...other }).identity).not.toBe(identity)
    }
  })

  it('is found by texts that are safe to show', () => {
    const properties = new PropertyBag()
      .set(known.messageClass, 'IPM.Note')
      .set(known.subject, `Gr\u00fc\u00dfe\u0007${'x'.repeat(400)}`)
      .set(known.senderName, 'Anna')
      .set(known.senderAddress, '/O=CONTOSO/CN=ANNA')
      .set(known.senderSmtpAddress, 'anna@example.org')
      .set(known.clientSubmitTime, toFileTime(facts.sentAtMs))
      .set(known.internetMessageId, facts.messageId)
    const told = objectFacts(properties)
    expect(told).toMatchObject({ sender: 'anna@example.org', sentAtMs: facts.sentAtMs, messageId: facts.messageId })
    const { subject, from, messageId } = describeObject(told)
    expect([subject.length, subject.includes('\u0007'), from, messageId]).toEqual([300, false, 'anna@example.org', '<1@example.org>'])
    expect(objectFacts(new PropertyBag())).toMatchObject({ messageClass: '', subject: '', sender: '', sentAtMs: undefined })
  })
})
