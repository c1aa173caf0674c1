import type { PropertyBag, ReadonlyPropertyBag } from '../../../formats/mapi/property-bag.ts'
import type { PropertyValue } from '../../../formats/mapi/property-type.ts'
import { recipientProperties } from '../../../formats/mapi/recipient-properties.ts'
import type { PropertyReader } from '../../graph-json/extended-properties.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'

/** PidTagDisplayTo, PidTagDisplayCc and PidTagDisplayBcc, and the type of the recipients that each names. */
const displayLists: Readonly<Record<string, number>> = { '0e04': 1, '0e03': 2, '0e02': 3 }

/** An item's extended properties, those included that no item is stored with (exchange.md 8.5, "computed by the store"). */
export function itemReader(mailbox: Mailbox, item: ItemRow): PropertyReader {
  const { properties, recipients } = mailbox.items.head(item.id)
  return {
    bag: properties,
    computed: ({ key, type }): PropertyValue | undefined => {
      if (key === '0e08')
        return type === 'integer64' ? BigInt(item.sizeBytes) : type === 'integer32' ? item.sizeBytes : undefined
      const kind = displayLists[key]
      return kind === undefined || type !== 'string' ? undefined : displayNames(recipients, kind)
    },
  }
}

function displayNames(recipients: readonly PropertyBag[], kind: number): string {
  return recipients
    .filter((recipient) => recipient.get(recipientProperties.recipientType) === kind)
    .map(nameOf)
    .join('; ')
}

function nameOf(recipient: ReadonlyPropertyBag): string {
  return recipient.get(recipientProperties.displayName) ?? recipient.get(recipientProperties.emailAddress) ?? ''
}
