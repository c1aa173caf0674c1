import { describe, expect, it } from 'vitest'
import {
  fromAttachmentId,
  fromFolderId,
  fromItemId,
  toAttachmentId,
  toChangeKey,
  toFolderId,
  toImmutableItemId,
  toItemId,
} from '../../../../src/sandbox/mailbox/ids.ts'

const guid = '0f8fad5b-d9cb-469f-a165-70867728950e'
const otherGuid = '0f8fad5b-d9cb-469f-a165-70867728950f'
const uidMax = 2 ** 48 - 1

// Clients keep ids beyond the life of a process, and kept tenants beyond that of a release.
const folderId = 'AAMkAA-PrVvZy0afoWVwhncolQ4BAAAAAAAHAgTh1Q=='
const itemId = 'AAMkAA-PrVvZy0afoWVwhncolQ4CAAAAAAABAAAAAAAH________bbXhkg=='
const immutableId = 'AAkALg-PrVvZy0afoWVwhncolQ4DAAAAAAABwLwjeQ=='
const attachmentId = 'AAMkAA-PrVvZy0afoWVwhncolQ4EAAAAAAABAAAAAAACtcKU4Q=='

describe('ids of a mailbox', () => {
  it('stay what they are from release to release', () => {
    expect(toFolderId(guid, 7)).toBe(folderId)
    expect(toItemId(guid, { id: 1, folderId: 7, uid: uidMax })).toBe(itemId)
    expect(toImmutableItemId(guid, 1)).toBe(immutableId)
    expect(toAttachmentId(guid, 1, 2)).toBe(attachmentId)
    expect(toChangeKey(guid, 65_537)).toBe('CQAAFgAAAA+PrVvZy0afAAAAAQABAA==')
  })

  it('name what they were made of', () => {
    expect(fromFolderId(guid, folderId)).toBe(7)
    expect(fromItemId(guid, itemId)).toEqual({ itemId: 1, place: { folderId: 7, uid: uidMax } })
    expect(fromItemId(guid, immutableId)).toEqual({ itemId: 1 })
    expect(fromAttachmentId(guid, attachmentId)).toEqual({ itemId: 1, number: 2 })
  })

  it('are none with any character changed, of another mailbox or of another kind', () => {
    for (const id of [folderId, itemId, immutableId, attachmentId]) {
      const changed = Array.from(id.replaceAll('=', ''), (character, at) => id.slice(0, at) + (character === 'B' ? 'C' : 'B') + id.slice(at + 1))
      // The last character before the padding has bits that mean nothing.
      for (const text of [...changed.slice(0, -1), id.slice(4), `${id}A`, id.replace('-', '+'), '']) {
        expect([text, fromFolderId(guid, text), fromItemId(guid, text), fromAttachmentId(guid, text)]).toEqual([text, undefined, undefined, undefined])
      }
      expect([fromFolderId(otherGuid, id), fromItemId(otherGuid, id), fromAttachmentId(otherGuid, id)]).toEqual([undefined, undefined, undefined])
    }
    expect([fromFolderId(guid, itemId), fromItemId(guid, attachmentId), fromAttachmentId(guid, itemId)]).toEqual([undefined, undefined, undefined])
  })
})
