import assert from 'node:assert'
import { hash } from 'node:crypto'
import type { Form } from '../../core/model/form.ts'
import { travelsWhole } from '../../core/model/form.ts'
import type { ItemRef } from '../../core/model/item.ts'
import type { Essence } from '../../core/ports/connector.ts'
import { type MemoryMessage, type StoredFolder, type StoredMessage, toRef } from './mailbox.ts'

const lineEnd = 0x0a

/** The bytes of a message in a form: with its date and keywords in a line before them where they travel whole. */
export function contentOf({ bytes, keywords, receivedAt }: StoredMessage, form: Form): Uint8Array {
  if (!travelsWhole({ form })) return bytes
  return Buffer.concat([Buffer.from(`${JSON.stringify({ receivedAt, keywords })}\n`), bytes])
}

/** What `contentOf` was made of. Throws on anything else. */
export function fromWhole(content: Uint8Array): MemoryMessage {
  const end = content.indexOf(lineEnd)
  assert(end > 0, 'a whole item begins with a line of its own')
  const line = JSON.parse(Buffer.from(content.subarray(0, end)).toString('utf8')) as Omit<MemoryMessage, 'bytes'>
  return { ...line, bytes: content.subarray(end + 1) }
}

/** The item as an enumeration gives it in a form. */
export function refOf(folder: StoredFolder, message: StoredMessage, form: Form): ItemRef {
  const ref = toRef(folder, message)
  if (!travelsWhole({ form })) return ref
  return { ...ref, sizeBytes: contentOf(message, form).byteLength, keywords: [], version: String(message.modseq) }
}

/** Of items that travel whole. */
export const wholeEssence: Essence = {
  altered: undefined,
  of(content) {
    const { bytes, receivedAt, keywords } = fromWhole(content)
    return { item: `${hash('sha256', bytes, 'hex')} ${receivedAt?.epochMs}`, state: JSON.stringify(keywords) }
  },
}
