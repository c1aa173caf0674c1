import type { Store } from '../store/open-store.ts'
import type { ListedItem } from './listed-item.ts'
import { toListedItem } from './listed-item.ts'

/**
 * Items of all mailboxes whose subject, sender or Message-ID contains `text`, whatever the letter case, in the order in which
 * the ledger met them. Throws the signal's reason when aborted.
 */
export async function* findItems(store: Store, text: string, signal: AbortSignal): AsyncGenerator<ListedItem> {
  const wanted = fold(text)
  for (const ledger of await store.mailboxes()) {
    for await (const listed of ledger.listAll('all')) {
      signal.throwIfAborted()
      const item = toListedItem(ledger, listed)
      const { description } = item.entry
      if (description === undefined) continue
      const texts = [description.subject, description.from, description.messageId]
      if (texts.some((one) => fold(one).includes(wanted))) yield item
    }
  }
}

/** Composed, and without regard to letter case. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
