import type { Essence } from '../../../core/ports/connector.ts'
import { essenceDigest, mailEssence as essenceOf } from '../../../formats/mime/mail-essence.ts'
import { mimeToMapi } from '../../../formats/mime/mime-to-mapi.ts'

/** Exchange keeps properties, and writes MIME anew from them each time somebody asks (exchange.md 8.1). */
export const mailEssence: Essence & { readonly altered: string } = {
  altered: 'rebuilt',
  of: (content) => ({ item: essenceDigest(essenceOf(mimeToMapi(content))), state: '' }),
}
