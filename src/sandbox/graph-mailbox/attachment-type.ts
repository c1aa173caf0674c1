import { type Structure, binary, complex, dateTimeOffset, flag, int32, text } from '../http/json/kinds.ts'
import { eventType } from './event-type.ts'
import { messageType } from './message-type.ts'
import { outlookItemProperties } from './outlook-types.ts'

const common = {
  id: text,
  contentType: text,
  isInline: flag,
  lastModifiedDateTime: dateTimeOffset,
  name: text,
  size: int32,
} as const

/** A file. */
export const fileAttachmentType = {
  name: 'microsoft.graph.fileAttachment',
  properties: { ...common, contentBytes: binary, contentId: text, contentLocation: text },
} as const satisfies Structure

/** The item inside an attachment; `@odata.type` says what it is. */
export const outlookItemType = {
  name: 'microsoft.graph.outlookItem',
  properties: outlookItemProperties,
  derived: (): readonly Structure[] => [messageType, eventType],
} as const satisfies Structure

/** An item of Outlook. */
export const itemAttachmentType = {
  name: 'microsoft.graph.itemAttachment',
  properties: { ...common, item: complex(() => outlookItemType) },
} as const satisfies Structure

const referenceAttachmentType = {
  name: 'microsoft.graph.referenceAttachment',
  properties: common,
} as const satisfies Structure

/** An attachment as clients give it: `@odata.type` names one of the three kinds. */
export const attachmentType = {
  name: 'microsoft.graph.attachment',
  properties: common,
  derived: (): readonly Structure[] => [fileAttachmentType, itemAttachmentType, referenceAttachmentType],
} as const satisfies Structure
