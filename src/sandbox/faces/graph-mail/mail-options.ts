import type { MapiToMimeOptions } from '../../../formats/mime/mapi-to-mime.ts'
import type { MimeToMapiOptions } from '../../../formats/mime/mime-to-mapi.ts'
import type { EmbeddedMaker } from '../../graph-mailbox/attachment-input.ts'
import type { EmbeddedJson } from '../../graph-mailbox/attachment-source.ts'
import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'

/** What the mail face is made of: the mailboxes, and the conversions of other kinds of items where there are any. */
export interface MailOptions {
  readonly stores: MailboxStores
  /** Meeting messages in MIME. */
  readonly convertCalendar?: MimeToMapiOptions['convertCalendar']
  readonly writeCalendar?: MapiToMimeOptions['writeCalendar']
  /** Appointments and contacts inside attachments. */
  readonly embeddedJson?: EmbeddedJson
  readonly makeEmbedded?: EmbeddedMaker
}
