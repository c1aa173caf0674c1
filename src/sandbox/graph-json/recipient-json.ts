import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { recipientProperties } from '../../formats/mapi/recipient-properties.ts'
import { fromRecipient, recipientTypes, toRecipient } from '../../formats/mime/address-properties.ts'
import type { MailAddress } from '../../formats/mime/mail-addresses.ts'
import { JsonRefusal } from './refusal.ts'

/** Graph's `recipient`. */
export interface RecipientJson {
  readonly emailAddress: { readonly name: string; readonly address: string }
}

/** What may come in as one. */
export interface RecipientInput {
  readonly emailAddress?: { readonly name?: string | null; readonly address?: string | null } | null
}

/** The three lists of a message. */
export type RecipientKind = keyof typeof recipientTypes

/** An address; one without a name shows its address, as Exchange does. */
export function toRecipientJson({ name, address }: MailAddress): RecipientJson {
  return { emailAddress: { name: name === '' ? address : name, address } }
}

/** Throws a JsonRefusal, `ErrorInvalidRecipients`, for nobody. */
export function fromRecipientJson({ emailAddress }: RecipientInput): MailAddress {
  const name = emailAddress?.name ?? ''
  const address = (emailAddress?.address ?? '').trim()
  if (name === '' && address === '')
    throw new JsonRefusal(400, 'ErrorInvalidRecipients', "At least one recipient isn't valid.")
  return { name: name === address ? '' : name, address }
}

/** The rows of one list; rows of an address that is not SMTP show their name. */
export function recipientsJson(rows: readonly ReadonlyPropertyBag[], kind: RecipientKind): readonly RecipientJson[] {
  const wanted = recipientTypes[kind]
  return rows.filter((row) => ((row.get(recipientProperties.recipientType) ?? 1) & 0xf) === wanted).map(rowJson)
}

/** The rows with one list put in the place of what they had of it, numbered anew. */
export function withRecipients(
  rows: readonly PropertyBag[],
  kind: RecipientKind,
  recipients: readonly RecipientInput[],
): readonly PropertyBag[] {
  const type = recipientTypes[kind]
  const others = rows.filter((row) => ((row.get(recipientProperties.recipientType) ?? 1) & 0xf) !== type)
  const own = recipients.map((recipient) => toRecipient(fromRecipientJson(recipient), type, 0))
  return [...others, ...own].map((row, index) => row.set(recipientProperties.rowId, index))
}

function rowJson(row: ReadonlyPropertyBag): RecipientJson {
  const who = fromRecipient(row) ?? {
    name: row.get(recipientProperties.displayName) ?? '',
    address: row.get(recipientProperties.emailAddress) ?? '',
  }
  return toRecipientJson(who)
}
