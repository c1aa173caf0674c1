import { attachmentProperties } from '../mapi/attachment-properties.ts'
import type { MapiAttachment } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import type { CalendarComponent, CalendarProperty } from './icalendar-components.ts'
import { allOf } from './icalendar-components.ts'
import type { JcalProperty } from './jcal.ts'

const method = { byValue: 1, embedded: 5, webReference: 7 } as const
const nowhere = -1

/**
 * The attachments of an entry: those with their bytes inside by value, those with a URL by reference. A `cid:` points
 * into a mail that is not there. `lost` learns of what cannot be kept.
 */
export function attachmentsOf(entry: CalendarComponent, lost: Set<string>): readonly MapiAttachment[] {
  return allOf(entry, 'attach').flatMap((property, n) => {
    const [value] = property.values
    const isInline = property.type === 'binary' || /^base64$/i.test(property.parameters['encoding'] ?? '')
    if (typeof value !== 'string' || value === '' || (!isInline && /^cid:/i.test(value))) {
      lost.add('attach')
      return []
    }
    return [{ properties: isInline ? inlineAttachment(property, value, n) : linkAttachment(property, value, n) }]
  })
}

function inlineAttachment({ parameters }: CalendarProperty, base64: string, n: number): PropertyBag {
  const name = parameters['x-filename'] ?? parameters['filename'] ?? parameters['x-apple-filename'] ?? `attachment-${n + 1}`
  return base(n, name, parameters['fmttype'])
    .set(attachmentProperties.method, method.byValue)
    .set(attachmentProperties.data, Buffer.from(base64, 'base64'))
}

function linkAttachment({ parameters }: CalendarProperty, url: string, n: number): PropertyBag {
  const name = parameters['filename'] ?? parameters['x-filename'] ?? (url.split(/[?#]/)[0]?.split('/').at(-1) || url)
  return base(n, name, parameters['fmttype'])
    .set(attachmentProperties.method, method.webReference)
    .set(attachmentProperties.longPathName, url)
}

function base(n: number, name: string, mimeType: string | undefined): PropertyBag {
  return new PropertyBag()
    .set(attachmentProperties.number, n)
    .set(attachmentProperties.longFileName, name)
    .set(attachmentProperties.displayName, name)
    .set(attachmentProperties.extension, /\.\w{1,10}$/.exec(name)?.[0])
    .set(attachmentProperties.mimeType, mimeType)
    .set(attachmentProperties.renderingPosition, nowhere)
    .set(attachmentProperties.flags, 0)
}

/** The ATTACHes of an item: its files and links, without exceptions and embedded items. */
export function attachProperties(attachments: readonly MapiAttachment[]): readonly JcalProperty[] {
  return attachments.flatMap(({ properties }): JcalProperty[] => {
    const name = properties.get(attachmentProperties.longFileName) ?? properties.get(attachmentProperties.fileName)
    const mimeType = properties.get(attachmentProperties.mimeType)
    const type: Record<string, string> = mimeType === undefined ? {} : { fmttype: mimeType }
    const url = properties.get(attachmentProperties.longPathName)
    const data = properties.get(attachmentProperties.data)
    const how = properties.get(attachmentProperties.method)
    if (how === method.webReference && url !== undefined) {
      const isOwnName = name === undefined || url.split(/[?#]/)[0]?.split('/').at(-1) === name || name === url
      return [['attach', { ...type, ...(!isOwnName && { filename: name }) }, 'uri', url]]
    }
    if (how !== method.byValue || data === undefined) return []
    const parameters = { ...type, encoding: 'BASE64', ...(name !== undefined && { 'x-filename': name }) }
    return [['attach', parameters, 'binary', Buffer.from(data).toString('base64')]]
  })
}
