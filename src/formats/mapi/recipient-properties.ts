import { tagged } from './property.ts'

/** Properties of a recipient (MS-OXOABK, MS-OXOMSG section 2.2.3). */
export const recipientProperties = {
  rowId: tagged(0x3000, 'integer32'),
  /** 1 to, 2 cc, 3 bcc; 0 is the organizer of a meeting. */
  recipientType: tagged(0x0c15, 'integer32'),
  displayName: tagged(0x3001, 'string'),
  addressType: tagged(0x3002, 'string'),
  emailAddress: tagged(0x3003, 'string'),
  smtpAddress: tagged(0x39fe, 'string'),
  objectType: tagged(0x0ffe, 'integer32'),
  displayType: tagged(0x3900, 'integer32'),
  responsibility: tagged(0x0e0f, 'boolean'),
  entryId: tagged(0x0fff, 'binary'),
  searchKey: tagged(0x300b, 'binary'),
  recipientEntryId: tagged(0x5ff7, 'binary'),
  recipientDisplayName: tagged(0x5ff6, 'string'),
  /** Bits: 1 sendable, 2 organizer (MS-OXOCAL 2.2.4.10.1). */
  recipientFlags: tagged(0x5ffd, 'integer32'),
  /** 0 none, 1 organized, 2 tentative, 3 accepted, 4 declined, 5 not responded (MS-OXOCAL 2.2.4.10.2). */
  trackStatus: tagged(0x5fff, 'integer32'),
  trackStatusTime: tagged(0x5ffb, 'time'),
} as const
