import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { pictureSize } from '../../../../src/sandbox/faces/graph-people/picture-size.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { type Entity, PeopleRig } from './people-rig.ts'

/** The smallest PNG: 1 by 1. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
/** The head of a JPEG of 240 by 120 behind an application segment. */
const jpeg = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
  Buffer.from('ffc0001108007800f003012200021101031101', 'hex'),
  Buffer.from('ffd9', 'hex'),
])

describe('the photo of a contact (exchange.md 3.5)', () => {
  it('comes back as it was put, with its size', async () => {
    const people = new PeopleRig()
    const contact = await people.ok<Entity>(201, 'POST', '/contacts', { surname: 'A' })
    const photo = `/contacts/${contact.id}/photo`
    expect(await people.refusal('GET', `${photo}/$value`)).toEqual([404, 'ErrorItemNotFound'])
    expect(await people.refusal('GET', photo)).toEqual([404, 'ErrorItemNotFound'])
    for (const [method, bytes, type, id] of [
      ['PUT', png, 'image/png', '1X1'],
      ['PATCH', jpeg, 'image/jpeg', '240X120'],
    ] as const) {
      expect((await people.call(method, `${photo}/$value`, new Uint8Array(bytes), { 'Content-Type': 'image/jpeg' })).status).toBe(200)
      const answer = await people.call('GET', `${photo}/$value`)
      expect(answer.headers.get('content-type')).toBe(type)
      expect(Buffer.from(answer.bytes).equals(bytes)).toBe(true)
      const described = await people.ok(200, 'GET', photo)
      expect(described).toMatchObject({ id, '@odata.mediaContentType': type })
      if (hasCsdl) expect(answerDifferences(described, 'microsoft.graph.profilePhoto')).toEqual([])
    }
    const after = await people.ok<Entity>(200, 'PATCH', `/contacts/${contact.id}`, { surname: 'B' })
    expect(after['changeKey']).not.toBe(contact['changeKey'])
    expect(Buffer.from((await people.call('GET', `${photo}/$value`)).bytes).equals(jpeg)).toBe(true)
    await people.ok(200, 'GET', `/contactFolders/contacts/contacts/${contact.id}/photo`)
  })

  it('is a picture of at most 4 MB', async () => {
    const people = new PeopleRig()
    const { id } = await people.ok<Entity>(201, 'POST', '/contacts', { surname: 'A' })
    const put = async (bytes: Uint8Array, type: string) => people.refusal('PUT', `/contacts/${id}/photo/$value`, bytes, { 'Content-Type': type })
    expect(await put(png, 'text/plain')).toEqual([415, 'UnsupportedMediaType'])
    expect(await put(new Uint8Array([1, 2, 3]), 'image/jpeg')).toEqual([400, 'ErrorInvalidArgument'])
    const large = new Uint8Array(4 * 1024 * 1024 + 1)
    large.set(png)
    expect(await put(large, 'image/png')).toEqual([413, 'RequestEntityTooLarge'])
    expect((await people.call('PUT', `/contacts/${id}/photo/$value`, large.subarray(0, -1), { 'Content-Type': 'image/png' })).status).toBe(200)
  })
})

describe('the size of a picture', () => {
  it.each([
    ['gif', Buffer.from('474946383961020003000000', 'hex'), { width: 2, height: 3 }],
    ['bmp', Buffer.concat([Buffer.from('424d', 'hex'), Buffer.alloc(16), Buffer.from('05000000faffffff', 'hex')]), { width: 5, height: 6 }],
    ['a torn JPEG', jpeg.subarray(0, 24), undefined],
    ['a JPEG that is none inside', Buffer.from('ffd8ff00000000000000000000000000', 'hex'), undefined],
    ['nothing', Buffer.alloc(0), undefined],
  ])('is read off %s', (_, bytes, size) => {
    expect(pictureSize(bytes)).toEqual(size)
  })
})
