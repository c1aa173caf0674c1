import type { PropertyBag } from './property-bag.ts'

/** A message object with what it contains: mail, appointment, contact, task, note, anything of class `IPM.*`. */
export interface MapiMessage {
  readonly properties: PropertyBag
  readonly recipients: readonly PropertyBag[]
  readonly attachments: readonly MapiAttachment[]
}

/** An attachment; its data are the property `attachData`, or the message inside it when it has method 5. */
export interface MapiAttachment {
  readonly properties: PropertyBag
  readonly embedded?: MapiMessage
}
