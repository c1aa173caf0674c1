import type { Buffer } from 'node:buffer'
import type { MapiMessage } from '../mapi/message.ts'
import { messageProperties as message } from '../mapi/message-properties.ts'
import type { AttachedPart } from './body-parts.ts'
import { decodeCharset } from './charset-text.ts'
import { decodedBody } from './part-tree.ts'

/**
 * A mail with its calendar part made into properties: the mail's own stay, the class is the item's, and the part is no
 * attachment any more. The first text/calendar that is no file counts; without one, or when `convert` gives nothing,
 * the mail is as it was.
 */
export function mergeCalendar(
  bytes: Buffer,
  mail: MapiMessage,
  attached: readonly AttachedPart[],
  convert: (ics: string) => MapiMessage | undefined,
): MapiMessage {
  const index = attached.findIndex(
    ({ part, disposition }) => part.contentType.value === 'text/calendar' && disposition?.value !== 'attachment',
  )
  const part = attached[index]?.part
  if (part === undefined) return mail
  const charset = part.contentType.parameters.get('charset') ?? 'utf-8'
  const item = convert(decodeCharset(decodedBody(bytes, part), charset))
  if (item === undefined) return mail
  const properties = mail.properties.copy()
  for (const { property, value } of item.properties.entries()) {
    if (property.key === message.messageClass.key || !properties.has(property)) properties.set(property, value)
  }
  const files = mail.attachments.filter((_, at) => at !== index)
  return { properties, recipients: mail.recipients, attachments: [...files, ...item.attachments] }
}
